"""Many small matrices at once: on one thread, because handing each to several takes longer than multiplying it."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = RLock()
"""The limit is the process's: who comes second would otherwise put back what the first had set."""


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Have NumPy's linear algebra use one thread inside; one at a time may be inside."""
    from threadpoolctl import threadpool_limits

    with _LOCK, threadpool_limits(limits=1, user_api="blas"):
        yield
