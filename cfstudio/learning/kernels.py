"""Gradient steps of the dot product with biases in closed form, compiled, without the interpreter's lock.

A user's or item's numbers stand in one float32 row: factors, user bias, item bias, zeros up to a multiple of 16
floats. In a user's row the place of the item bias holds a constant 1 and the other way round, so that one dot product
of two rows is the sum of products and both biases; the constants get their value back after each update. For Adam the
row goes on with the running means of the gradient and of its square, so that an update touches one piece of memory.

The gradient of the mean squared error of a batch is summed over the batch from the numbers before the step, each row
is then updated once: the same step as torch's autograd with a row-wise optimizer.

Importing this module compiles its four public functions, or loads them from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numba import float32, float64, int32, int64, njit, types, uint64, void

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]
    Sheet = tuple[NDArray[np.int64], NDArray[np.int64], Floats]

F = TypeVar("F", bound="Callable[..., Any]")

LANES = 16
"""Floats per row are a multiple of this: one AVX-512 register."""

# Everything but the assumption that there are no NaN and no infinities: a diverged run must be seen.
FAST = {"reassoc", "contract", "arcp", "afn", "nsz"}
OPTIONS = {"nogil": True, "fastmath": FAST, "error_model": "numpy"}

ROWS = float32[:, ::1]
CODES = int32[::1]
NUMBERS = float32[::1]
SHEET = types.Tuple((int64[::1], int64[::1], float32[:, ::1]))
PAIRS = (CODES, CODES, NUMBERS)
RANGE = (float32, float32, float32)
STEPS = (ROWS, ROWS, int64, int64, *PAIRS, int64, NUMBERS, float32, *RANGE, float32, SHEET, SHEET)


def padded_width(n_factors: int) -> int:
    """Floats of a row: the factors and two biases, rounded up to whole registers."""
    return -(-(n_factors + 2) // LANES) * LANES


def _compiled(signature: object) -> Callable[[F], F]:
    """Compile at once and keep the result for the next start, where there is a place to keep it."""

    def compile_now(function: F) -> F:
        try:
            compiled: F = njit(signature, cache=True, **OPTIONS)(function)
        except RuntimeError:  # numba found no folder that it may write to
            compiled = njit(signature, **OPTIONS)(function)
        return compiled

    return compile_now


def _part(function: F) -> F:
    """Compile as a part of what calls it."""
    compiled: F = njit(**OPTIONS)(function)
    return compiled


@_compiled(void(*PAIRS, int64, int64, uint64))
def shuffle_ahead(users: Codes, items: Codes, ratings: Floats, begin: int, end: int, key: np.uint64) -> None:
    """Draw the pairs of the places `begin` to `end` from all that come after them: a Fisher-Yates shuffle in pieces.

    The random number of a place depends on the place and `key` alone (SplitMix64, Steele et al. 2014), so that the
    result does not depend on the pieces.
    """
    n = len(users)
    for place in range(begin, end):
        mixed = key + uint64(place + 1) * uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> uint64(27))) * uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> uint64(31))
        other = place + int64(float64(mixed >> uint64(11)) * 2.0**-53 * (n - place))
        users[place], users[other] = users[other], users[place]
        items[place], items[other] = items[other], items[place]
        ratings[place], ratings[other] = ratings[other], ratings[place]


@_part
def _gradients(
    user_rows: Floats,
    item_rows: Floats,
    width: int,
    users: Codes,
    items: Codes,
    ratings: Floats,
    begin: int,
    end: int,
    low: np.float32,
    span: np.float32,
    mean: np.float32,
    user_sheet: Sheet,
    item_sheet: Sheet,
) -> tuple[int, int, bool]:
    """Sum the batch's gradient row by row.

    Returns how many users and items it touched, and whether its loss is a finite number.
    """
    user_slot, user_touched, user_gradient = user_sheet
    item_slot, item_touched, item_gradient = item_sheet
    n_users = 0
    n_items = 0
    scale = np.float32(2.0) / np.float32(end - begin)
    one = np.float32(1.0)
    loss = np.float32(0.0)
    for n in range(begin, end):
        user = users[n]
        item = items[n]
        u = user_rows[user]
        i = item_rows[item]
        total = mean
        for j in range(width):
            total += u[j] * i[j]
        if span > 0:
            part = one / (one + math.exp(-total))
            error = low + span * part - ratings[n]
            slope = scale * error * span * part * (one - part)
        else:
            error = total - ratings[n]
            slope = scale * error
        loss += error * error
        slot = user_slot[user]
        if slot < 0:
            slot = n_users
            user_slot[user] = slot
            user_touched[slot] = user
            n_users += 1
            g = user_gradient[slot]
            for j in range(width):
                g[j] = slope * i[j]
        else:
            g = user_gradient[slot]
            for j in range(width):
                g[j] += slope * i[j]
        slot = item_slot[item]
        if slot < 0:
            slot = n_items
            item_slot[item] = slot
            item_touched[slot] = item
            n_items += 1
            g = item_gradient[slot]
            for j in range(width):
                g[j] = slope * u[j]
        else:
            g = item_gradient[slot]
            for j in range(width):
                g[j] += slope * u[j]
    return n_users, n_items, math.isfinite(loss)


@_part
def _sgd_update(
    rows: Floats,
    width: int,
    sheet: Sheet,
    count: int,
    rate: np.float32,
    keep: np.float32,
    fixed: int,
    constant: np.float32,
) -> None:
    slots, touched, gradient = sheet
    for slot in range(count):
        row = touched[slot]
        slots[row] = -1
        w = rows[row]
        g = gradient[slot]
        for j in range(width):
            w[j] = keep * w[j] - rate * g[j]
        w[fixed] = constant


@_part
def _adam_update(
    rows: Floats,
    width: int,
    sheet: Sheet,
    count: int,
    rate: np.float32,
    keep: np.float32,
    beta1: np.float32,
    beta2: np.float32,
    root_correction: np.float32,
    epsilon: np.float32,
    fixed: int,
    constant: np.float32,
) -> None:
    """`rate` is already divided by the first mean's bias correction; `root_correction` is 1/√ of the second's."""
    slots, touched, gradient = sheet
    rest1 = np.float32(1.0) - beta1
    rest2 = np.float32(1.0) - beta2
    for slot in range(count):
        row = touched[slot]
        slots[row] = -1
        w = rows[row, :width]
        m = rows[row, width : 2 * width]
        v = rows[row, 2 * width : 3 * width]
        g = gradient[slot]
        for j in range(width):
            first = beta1 * m[j] + rest1 * g[j]
            second = beta2 * v[j] + rest2 * g[j] * g[j]
            m[j] = first
            v[j] = second
            w[j] = keep * w[j] - rate * first / (math.sqrt(second) * root_correction + epsilon)
        w[fixed] = constant
        m[fixed] = np.float32(0.0)
        v[fixed] = np.float32(0.0)


@_compiled(int64(*STEPS))
def sgd_steps(
    user_rows: Floats,
    item_rows: Floats,
    width: int,
    n_factors: int,
    users: Codes,
    items: Codes,
    ratings: Floats,
    batch_size: int,
    rates: Floats,
    decay: np.float32,
    low: np.float32,
    span: np.float32,
    mean: np.float32,
    constant: np.float32,
    user_sheet: Sheet,
    item_sheet: Sheet,
) -> int:
    """A step of SGD per learning rate, over one batch of pairs after another; the last may be shorter.

    Stops after the step that met a loss that is no finite number; returns the number of steps done.
    """
    n = len(ratings)
    for step in range(len(rates)):
        begin = step * batch_size
        end = min(begin + batch_size, n)
        n_users, n_items, is_finite = _gradients(
            user_rows, item_rows, width, users, items, ratings, begin, end, low, span, mean, user_sheet, item_sheet
        )
        rate = rates[step]
        keep = np.float32(1.0) - rate * decay
        _sgd_update(user_rows, width, user_sheet, n_users, rate, keep, n_factors + 1, constant)
        _sgd_update(item_rows, width, item_sheet, n_items, rate, keep, n_factors, constant)
        if not is_finite:
            return step + 1
    return len(rates)


@_compiled(int64(*STEPS, NUMBERS, float64, float32, int64))
def adam_steps(
    user_rows: Floats,
    item_rows: Floats,
    width: int,
    n_factors: int,
    users: Codes,
    items: Codes,
    ratings: Floats,
    batch_size: int,
    rates: Floats,
    decay: np.float32,
    low: np.float32,
    span: np.float32,
    mean: np.float32,
    constant: np.float32,
    user_sheet: Sheet,
    item_sheet: Sheet,
    momenta: Floats,
    beta2: float,
    epsilon: np.float32,
    steps_before: int,
) -> int:
    """The same with Adam on the touched rows, bias-corrected by the number of steps of the whole run."""
    n = len(ratings)
    for step in range(len(rates)):
        begin = step * batch_size
        end = min(begin + batch_size, n)
        n_users, n_items, is_finite = _gradients(
            user_rows, item_rows, width, users, items, ratings, begin, end, low, span, mean, user_sheet, item_sheet
        )
        rate = rates[step]
        keep = np.float32(1.0) - rate * decay
        beta1 = momenta[step]
        t = steps_before + step + 1
        corrected = np.float32(rate / (1.0 - float(beta1) ** t))
        root = np.float32(1.0 / math.sqrt(1.0 - beta2**t))
        b2 = np.float32(beta2)
        _adam_update(
            user_rows, width, user_sheet, n_users, corrected, keep, beta1, b2, root, epsilon, n_factors + 1, constant
        )
        _adam_update(
            item_rows, width, item_sheet, n_items, corrected, keep, beta1, b2, root, epsilon, n_factors, constant
        )
        if not is_finite:
            return step + 1
    return len(rates)


@_compiled(float64(ROWS, ROWS, int64, *PAIRS, *RANGE))
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
