"""Plain SGD's steps, compiled: every row is moved once for each of its cells, with no sum of gradients in between.

Momentum and Adam need a row's whole gradient before they move it; plain SGD does not. The first pass over a batch
predicts, and copies rows that more than one cell moves as they are before the step; the second moves both rows of a
cell by what they were. The result is the step of `kernels`, in another order of additions. Rows look as they do there.

Importing this module compiles `sgd_steps`, or loads it from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float32, float64, int64, types

from cfstudio.learning.compiled import NUMBERS, PAIRS, ROWS, compiled
from cfstudio.learning.row_vectors import BYTES, copy, fetch, move_both, product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]
    Seen = NDArray[np.int64]
    Shape = tuple[int, int, np.float32, np.float32, np.float32, np.float32]

SHAPE = types.Tuple((int64, int64, float32, float32, float32, float32))
"""As in `kernels`: numba keeps a compiled function for as long as its own file stays the same."""
WORKPLACE = (int64[::1], int64[::1], ROWS, ROWS, float64[::1])
"""First cells of users and of items, room for old rows of users and of items, report."""

USER, ITEM, OLD_USER, OLD_ITEM = range(4)
"""Addresses of a cell's two rows, and of the same as they were before the step."""


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
    report: NDArray[np.float64],
) -> int:
    """A step per learning rate over one batch of pairs after another; the last may be shorter.

    A row decays once a step, at its first cell: `user_seen` and `item_seen` hold batch_size × the stamp of the step
    that last touched a row, plus the number of its first cell in that batch; the stamps of this call are `stamp` + 1
    and on. `old_users` and `old_items` (batch_size, width) are for this function's use; numba would free them too early
    if they were its own, since only their addresses are used. Adds the squared errors of all batches to `report[0]`.
    Stops after the step that met a loss that is no finite number; returns the number of steps done.
    """
    width, n_factors, low, span, mean, constant = shape
    one, zero = np.float32(1.0), np.float32(0.0)
    places = np.empty((4, batch_size), dtype=np.int64)
    slopes = np.empty(batch_size, dtype=np.float32)
    size = BYTES * user_rows.shape[1]
    user_begin, item_begin = int64(user_rows.ctypes.data), int64(item_rows.ctypes.data)
    old_users_begin, old_items_begin = int64(old_users.ctypes.data), int64(old_items.ctypes.data)
    for step in range(len(rates)):
        rate = rates[step]
        stamp += 1
        mark = stamp * batch_size
        begin = step * batch_size
        n_pairs = min(batch_size, len(ratings) - begin)
        scale = rate * np.float32(2.0) / np.float32(n_pairs)
        loss = zero
        for n in range(n_pairs):
            user, item = users[begin + n], items[begin + n]
            u, i = user_begin + size * user, item_begin + size * item
            places[USER, n], places[ITEM, n] = u, i
            slopes[n] = product(u, i, width)
            # Written out for users and items: a function that is given arrays and branches counts references to them.
            places[OLD_USER, n], places[OLD_ITEM, n] = u, i
            first = user_seen[user] - mark
            if first < 0:
                user_seen[user] = mark + n
            else:
                kept = old_users_begin + size * first
                if places[OLD_USER, first] != kept:
                    copy(kept, u, width)
                    places[OLD_USER, first] = kept
                places[OLD_USER, n] = kept
            first = item_seen[item] - mark
            if first < 0:
                item_seen[item] = mark + n
            else:
                kept = old_items_begin + size * first
                if places[OLD_ITEM, first] != kept:
                    copy(kept, i, width)
                    places[OLD_ITEM, first] = kept
                places[OLD_ITEM, n] = kept
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
            if begin + batch_size + n < len(ratings):
                fetch(user_begin + size * users[begin + batch_size + n], width)
                fetch(item_begin + size * items[begin + batch_size + n], width)
            is_first_of_user, is_first_of_item = user_seen[user] == mark + n, item_seen[item] == mark + n
            user_bias, item_bias = user_rows[user, n_factors], item_rows[item, n_factors + 1]
            move_both(
                places[USER, n],
                places[ITEM, n],
                places[OLD_USER, n],
                places[OLD_ITEM, n],
                width,
                keep if is_first_of_user else one,
                keep if is_first_of_item else one,
                slopes[n],
            )
            user_rows[user, n_factors] += (more_bias if is_first_of_user else zero) * user_bias
            item_rows[item, n_factors + 1] += (more_bias if is_first_of_item else zero) * item_bias
            user_rows[user, n_factors + 1] = constant
            item_rows[item, n_factors] = constant
        report[0] += float64(loss)
        if not math.isfinite(loss):
            return step + 1
    return len(rates)
