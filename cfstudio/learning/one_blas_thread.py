"""Matrix products in one thread: on tables of a few dozen columns a second one only waits, and spins while it does."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from threadpoolctl import ThreadpoolController


class _Inside:
    """How many threads are inside, for the limit is the process's: the first sets it, the last puts it back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._limit: AbstractContextManager[object] | None = None

    def enter(self) -> None:
        with self._lock:
            if self._count == 0:
                self._limit = _controller().limit(limits=1, user_api="blas")
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0 and self._limit is not None:
                self._limit.__exit__(None, None, None)
                self._limit = None


_INSIDE = _Inside()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Have NumPy's matrix products and decompositions use one thread inside, in the whole process."""
    _INSIDE.enter()
    try:
        yield
    finally:
        _INSIDE.leave()


@cache
def _controller() -> ThreadpoolController:
    """Knows the libraries that are loaded; finding them takes milliseconds, so it is done once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
