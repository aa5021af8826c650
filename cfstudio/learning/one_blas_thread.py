"""Matrix products in one thread: on tables of a few dozen columns a second one only waits, and spins while it does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    """Knows the libraries that are loaded; finding them takes milliseconds, so it is done once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[object]:
    """A context in which NumPy's matrix products and decompositions use one thread, in the whole process."""
    limited: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limited
