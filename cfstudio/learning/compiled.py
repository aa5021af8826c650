"""How the training kernels are compiled: without the interpreter's lock, in float32, once per machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from numba import float32, int32, njit

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

LANES = 16
"""Floats per row are a multiple of this: one AVX-512 register."""

# Everything but the assumption that there are no NaN and no infinities: a diverged run must be seen.
FAST = {"reassoc", "contract", "arcp", "afn", "nsz"}
OPTIONS = {"nogil": True, "fastmath": FAST, "error_model": "numpy"}

ROWS = float32[:, ::1]
CODES = int32[::1]
NUMBERS = float32[::1]
PAIRS = (CODES, CODES, NUMBERS)


def padded_width(n_factors: int) -> int:
    """Floats of a row: the factors and two biases, rounded up to whole registers."""
    return -(-(n_factors + 2) // LANES) * LANES


def compiled(signature: object) -> Callable[[F], F]:
    """Compile at once and keep the result for the next start, where there is a place to keep it.

    Numba compiles anew when the function's own file changes, not when another does: what a compiled function calls
    stands in the same file.
    """

    def compile_now(function: F) -> F:
        try:
            made: F = njit(signature, cache=True, **OPTIONS)(function)
        except RuntimeError:  # numba found no folder that it may write to
            made = njit(signature, **OPTIONS)(function)
        return made

    return compile_now


def part(function: F) -> F:
    """Compile as a part of what calls it."""
    made: F = njit(**OPTIONS)(function)
    return made


def part_in_place(function: F) -> F:
    """Compile as a part of what calls it, copied to where it is called: saves a call per row."""
    made: F = njit(inline="always", **OPTIONS)(function)
    return made
