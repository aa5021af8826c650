"""Plain SGD's steps, compiled: every row is moved once for each of its cells, with no sum of gradients in between.

Momentum and Adam need a row's whole gradient before they move it; plain SGD does not. The first pass over a batch
predicts, and copies each cell's two rows as they are before the step; the second moves the rows by what was copied.
The result is the step of `kernels`, in another order of additions. Rows look as they do there.

Importing this module compiles `sgd_steps`, or loads it from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float32, float64, int64, types

from cfstudio.learning.compiled import NUMBERS, PAIRS, ROWS, compiled, part_in_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]
    Seen = NDArray[np.int64]
    Shape = tuple[int, int, np.float32, np.float32, np.float32, np.float32]

SHAPE = types.Tuple((int64, int64, float32, float32, float32, float32))
"""As in `kernels`: numba keeps a compiled function for as long as its own file stays the same."""
WORKPLACE = (int64[::1], int64[::1], ROWS, ROWS, NUMBERS, float64[::1])
"""Stamps of users and of items, old rows of users and of items, slopes, report."""


# Both parts take whole tables and row numbers, and are copied to where they are called: passing views costs more
# than the arithmetic.
@part_in_place
def _predict(
    users: Floats, user: int, items: Floats, item: int, old_users: Floats, old_items: Floats, n: int, width: int
) -> np.float32:
    """Product of two rows, which are copied to row `n` of the old ones."""
    total = np.float32(0.0)
    for j in range(width):
        u = users[user, j]
        i = items[item, j]
        old_users[n, j] = u
        old_items[n, j] = i
        total += u * i
    return total


@part_in_place
def _move(
    users: Floats,
    user: int,
    items: Floats,
    item: int,
    old_users: Floats,
    old_items: Floats,
    n: int,
    width: int,
    keep_user: np.float32,
    keep_item: np.float32,
    by: np.float32,
) -> None:
    for j in range(width):
        users[user, j] = keep_user * users[user, j] - by * old_items[n, j]
        items[item, j] = keep_item * items[item, j] - by * old_users[n, j]


@compiled(int64(ROWS, ROWS, *PAIRS, int64, NUMBERS, SHAPE, float32, float32, int64, *WORKPLACE))
def sgd_steps(
    user_rows: Floats,
    item_rows: Floats,
    users: Codes,
    items: Codes,
    ratings: Floats,
    batch_size: int,
    rates: Floats,
    shape: Shape,
    decay: np.float32,
    bias_decay: np.float32,
    stamp: int,
    user_seen: Seen,
    item_seen: Seen,
    old_users: Floats,
    old_items: Floats,
    slopes: Floats,
    report: NDArray[np.float64],
) -> int:
    """A step per learning rate over one batch of pairs after another; the last may be shorter.

    A row decays once a step, at its first cell: `user_seen` and `item_seen` hold the stamp of the step that last
    touched a row, and the stamps of this call are `stamp` + 1 and on. `old_users`, `old_items` (batch_size, width)
    and `slopes` (batch_size,) are for this function's use. Adds the squared errors of all batches to `report[0]`.
    Stops after the step that met a loss that is no finite number; returns the number of steps done.
    """
    width, n_factors, low, span, mean, constant = shape
    one, zero = np.float32(1.0), np.float32(0.0)
    for step in range(len(rates)):
        rate = rates[step]
        stamp += 1
        begin = step * batch_size
        n_pairs = min(batch_size, len(ratings) - begin)
        scale = rate * np.float32(2.0) / np.float32(n_pairs)
        loss = zero
        for n in range(n_pairs):
            slopes[n] = _predict(
                user_rows, users[begin + n], item_rows, items[begin + n], old_users, old_items, n, width
            )
        for n in range(n_pairs):
            total = slopes[n] + mean
            if span > zero:
                squashed = one / (one + math.exp(-total))
                error = low + span * squashed - ratings[begin + n]
                slopes[n] = scale * error * span * squashed * (one - squashed)
            else:
                error = total - ratings[begin + n]
                slopes[n] = scale * error
            loss += error * error
        keep = one - rate * decay
        more_bias = rate * (decay - bias_decay)
        for n in range(n_pairs):
            user, item = users[begin + n], items[begin + n]
            new_user, new_item = user_seen[user] != stamp, item_seen[item] != stamp
            user_seen[user] = stamp
            item_seen[item] = stamp
            keep_user = keep if new_user else one
            keep_item = keep if new_item else one
            _move(user_rows, user, item_rows, item, old_users, old_items, n, width, keep_user, keep_item, slopes[n])
            user_rows[user, n_factors] += (more_bias if new_user else zero) * old_users[n, n_factors]
            item_rows[item, n_factors + 1] += (more_bias if new_item else zero) * old_items[n, n_factors + 1]
            user_rows[user, n_factors + 1] = constant
            item_rows[item, n_factors] = constant
        report[0] += float64(loss)
        if not math.isfinite(loss):
            return step + 1
    return len(rates)
