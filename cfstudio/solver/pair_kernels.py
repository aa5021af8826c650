"""Predictions of rated pairs and their gradients, compiled, without the interpreter's lock.

Pairs come in the order of their users, which keeps one row of user factors in the processor's cache; `places` are
those that the pairs have elsewhere. Importing this module compiles
its functions, or loads them from numba's cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from numba import float64, int32, njit, void

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Codes = NDArray[np.int32]

F = TypeVar("F", bound="Callable[..., Any]")

# Everything but the assumption that there are no NaN and no infinities, which are outcomes of a search.
FAST = {"reassoc", "contract", "arcp", "afn", "nsz"}
OPTIONS = {"nogil": True, "fastmath": FAST, "error_model": "numpy"}

CODES, NUMBERS, ROWS = int32[::1], float64[::1], float64[:, ::1]


def _compiled(signature: object) -> Callable[[F], F]:
    """Compile at once and keep the result for the next start, where there is a place to keep it."""

    def compile_now(function: F) -> F:
        try:
            compiled: F = njit(signature, cache=True, **OPTIONS)(function)
        except RuntimeError:  # numba found no folder that it may write to
            compiled = njit(signature, **OPTIONS)(function)
        return compiled

    return compile_now


@_compiled(void(CODES, CODES, CODES, ROWS, ROWS, NUMBERS))
def dot_products(places: Codes, users: Codes, items: Codes, user_rows: Floats, item_rows: Floats, sums: Floats) -> None:
    """Write the dot product of each pair's rows to its place of `sums` (n_pairs,)."""
    width = user_rows.shape[1]
    for pair in range(len(users)):
        user, item = user_rows[users[pair]], item_rows[items[pair]]
        total = 0.0
        for j in range(width):
            total += user[j] * item[j]
        sums[places[pair]] = total


@_compiled(void(CODES, CODES, CODES, NUMBERS, ROWS, ROWS))
def add_other_rows(
    places: Codes, owners: Codes, others: Codes, slopes: Floats, other_rows: Floats, gradient: Floats
) -> None:
    """Add to the row of each pair's owner in `gradient` its other side's row times the pair's slope (n_pairs,)."""
    width = other_rows.shape[1]
    for pair in range(len(owners)):
        own, other, slope = gradient[owners[pair]], other_rows[others[pair]], slopes[places[pair]]
        for j in range(width):
            own[j] += slope * other[j]
