"""Compiled loops over rated cells and rows that change no model: batch order, errors, lengths of factors.

Importing this module compiles its public functions, or loads them from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float32, float64, int64, uint64, void

from cfstudio.learning.compiled import PAIRS, ROWS, compiled, part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]


@part
def _other(place: int, n: int, key: np.uint64) -> int:
    """A random place from `place` to before `n`; depends on the place and `key` alone (SplitMix64, Steele 2014)."""
    mixed = key + uint64(place + 1) * uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> uint64(27))) * uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> uint64(31))
    other: int = place + int64(float64(mixed >> uint64(11)) * 2.0**-53 * (n - place))
    return other


@part
def _swap(users: Codes, items: Codes, ratings: Floats, one: int, other: int) -> None:
    users[one], users[other] = users[other], users[one]
    items[one], items[other] = items[other], items[one]
    ratings[one], ratings[other] = ratings[other], ratings[one]


@compiled(void(*PAIRS, int64, int64, uint64))
def shuffle_ahead(users: Codes, items: Codes, ratings: Floats, begin: int, end: int, key: np.uint64) -> None:
    """Draw the pairs of the places `begin` to `end` from all that come after them: a Fisher-Yates shuffle in pieces.

    The random number of a place depends on the place and `key` alone, so that the result does not depend on the
    pieces.
    """
    n = len(users)
    for place in range(begin, end):
        _swap(users, items, ratings, place, _other(place, n, key))


@compiled(void(*PAIRS, int64, int64, uint64))
def shuffle_back(users: Codes, items: Codes, ratings: Floats, begin: int, end: int, key: np.uint64) -> None:
    """Undo `shuffle_ahead` of the places `begin` to `end`, where nothing after `end` has been drawn yet."""
    n = len(users)
    for place in range(end - 1, begin - 1, -1):
        _swap(users, items, ratings, place, _other(place, n, key))


@compiled(float64(ROWS, ROWS, int64, *PAIRS, float32, float32, float32))
def squared_error(
    user_rows: Floats,
    item_rows: Floats,
    width: int,
    users: Codes,
    items: Codes,
    ratings: Floats,
    low: np.float32,
    span: np.float32,
    mean: np.float32,
) -> float:
    """Sum of squared errors over pairs, in squared rating points."""
    one = np.float32(1.0)
    error_sum = 0.0
    for n in range(len(ratings)):
        u = user_rows[users[n]]
        i = item_rows[items[n]]
        total = mean
        for j in range(width):
            total += u[j] * i[j]
        predicted = low + span / (one + math.exp(-total)) if span > 0 else total
        error = float64(predicted - ratings[n])
        error_sum += error * error
    return error_sum


@compiled(float64(ROWS, int64, int64))
def squared_lengths(rows: Floats, n_factors: int, every: int) -> float:
    """Mean over every so many rows, from the first on, of the sum of the squares of the first `n_factors` numbers."""
    total = 0.0
    n = 0
    for row in range(0, len(rows), every):
        n += 1
        length = np.float32(0.0)
        for j in range(n_factors):
            length += rows[row, j] * rows[row, j]
        total += float64(length)
    return total / n if n else 0.0
