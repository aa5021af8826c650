"""Gradient steps of the dot product with biases in closed form, compiled, without the interpreter's lock.

A user's or item's numbers stand in one float32 row: factors, user bias, item bias, zeros up to a multiple of 16
floats. In a user's row the place of the item bias holds a constant 1 and the other way round, so that one dot product
of two rows is the sum of products and both biases; the constants get their value back after each update. The row goes
on with what the optimizer remembers of it, up to two blocks of that width: an update touches one piece of memory.

The gradient of the mean squared error of a batch is summed over the batch from the numbers before the step, each row
is then updated once: the same step as torch's autograd with a row-wise optimizer, or with its dense one where rows
that no cell of the batch touches are moved, too.

Small batches of plain SGD have a kernel of their own, `sgd_kernel`, and come here for the length of the gradient.

Importing this module compiles its public functions, or loads them from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import boolean, float32, float64, int64, types

from cfstudio.learning.compiled import NUMBERS, PAIRS, ROWS, compiled, part, part_in_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Codes = NDArray[np.int32]
    Sheet = tuple[NDArray[np.int64], NDArray[np.int64], Floats]
    Rule = tuple[int, bool, bool, np.float32, np.float32, np.float32, float, np.float32]
    Shape = tuple[int, int, np.float32, np.float32, np.float32, np.float32]

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM = range(6)

SHEET = types.Tuple((int64[::1], int64[::1], float32[:, ::1]))
"""Slot of each row (−1 for none), row of each slot, gradient of each slot and of one spare slot."""
RULE = types.Tuple((int64, boolean, boolean, float32, float32, float32, float64, float32))
"""Optimizer, whether untouched rows move, whether decay is L2; decay of factors, of biases, longest gradient of a
row, memory of the squared gradient, epsilon."""
SHAPE = types.Tuple((int64, int64, float32, float32, float32, float32))
"""Width of a row, factors; lowest prediction, span of the sigmoid (0: none), mean; 1 with biases, 0 without."""


@part
def _gradients(
    user_rows: Floats,
    item_rows: Floats,
    users: Codes,
    items: Codes,
    ratings: Floats,
    begin: int,
    end: int,
    shape: Shape,
    user_sheet: Sheet,
    item_sheet: Sheet,
) -> tuple[int, int, np.float32]:
    """Sum the batch's gradient row by row; returns how many users and items it touched, and its squared error."""
    width, _, low, span, mean, _ = shape
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
            squashed = one / (one + math.exp(-total))
            error = low + span * squashed - ratings[n]
            slope = scale * error * span * squashed * (one - squashed)
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
    return n_users, n_items, loss


@part
def _squared_length(numbers: Floats, width: int) -> np.float32:
    total = np.float32(0.0)
    for j in range(width):
        total += numbers[j] * numbers[j]
    return total


@part_in_place
def _move(
    row: Floats,
    g: Floats,
    width: int,
    kind: int,
    keep: np.float32,
    rate: np.float32,
    momentum: np.float32,
    memory: np.float32,
    root: np.float32,
    epsilon: np.float32,
) -> None:
    """Update one row and what the optimizer remembers of it.

    For Adam, `rate` is already divided by the first mean's bias correction; `root` is 1/√ of the second's.
    """
    w = row[:width]
    m = row[width : 2 * width]
    v = row[2 * width : 3 * width]
    rest = np.float32(1.0) - memory
    if kind == ADAM:
        begun = np.float32(1.0) - momentum
        for j in range(width):
            first = momentum * m[j] + begun * g[j]
            second = memory * v[j] + rest * g[j] * g[j]
            m[j] = first
            v[j] = second
            w[j] = keep * w[j] - rate * first / (math.sqrt(second) * root + epsilon)
    elif kind == SGD:
        for j in range(width):
            w[j] = keep * w[j] - rate * g[j]
    elif kind == MOMENTUM:
        for j in range(width):
            m[j] = momentum * m[j] + g[j]
            w[j] = keep * w[j] - rate * m[j]
    elif kind == NESTEROV:
        for j in range(width):
            m[j] = momentum * m[j] + g[j]
            w[j] = keep * w[j] - rate * (g[j] + momentum * m[j])
    elif kind == ADAGRAD:
        for j in range(width):
            m[j] += g[j] * g[j]
            w[j] = keep * w[j] - rate * g[j] / (math.sqrt(m[j]) + epsilon)
    else:
        for j in range(width):
            m[j] = memory * m[j] + rest * g[j] * g[j]
            w[j] = keep * w[j] - rate * g[j] / (math.sqrt(m[j]) + epsilon)


@part
def _update(
    rows: Floats,
    sheet: Sheet,
    count: int,
    shape: Shape,
    rule: Rule,
    rate: np.float32,
    momentum: np.float32,
    t: int,
    bias: int,
    fixed: int,
) -> None:
    """Move the rows that the batch touched, or all; step number `t` of the run, counted from 1."""
    width, _, _, _, _, constant = shape
    kind, is_dense, is_l2, decay, bias_decay, clip, memory, epsilon = rule
    slots, touched, gradient = sheet
    one, zero = np.float32(1.0), np.float32(0.0)
    keep = one if is_l2 else one - rate * decay
    more_bias = zero if is_l2 else rate * (decay - bias_decay)
    root = one
    if kind == ADAM:
        rate = np.float32(rate / (1.0 - float64(momentum) ** t))
        root = np.float32(1.0 / math.sqrt(1.0 - memory**t))
    for n in range(len(rows) if is_dense else count):
        row = n if is_dense else touched[n]
        slot = slots[row]
        if slot < 0:
            slot = len(gradient) - 1
            gradient[slot, :] = zero
        slots[row] = -1
        g = gradient[slot]
        w = rows[row]
        g[fixed] = zero
        if clip > zero:
            length = math.sqrt(_squared_length(g, width))
            if length > clip:
                for j in range(width):
                    g[j] *= clip / length
        old_bias = w[bias]
        if is_l2:
            for j in range(width):
                g[j] += decay * w[j]
            g[bias] += (bias_decay - decay) * old_bias
            g[fixed] = zero
        _move(w, g, width, kind, keep, rate, momentum, np.float32(memory), root, epsilon)
        w[bias] += more_bias * old_bias
        w[fixed] = constant


@part
def _gradient_length(sheet: Sheet, count: int, width: int, fixed: int) -> float:
    gradient = sheet[2]
    total = 0.0
    for slot in range(count):
        gradient[slot, fixed] = np.float32(0.0)
        total += float64(_squared_length(gradient[slot], width))
    return total


@part
def _forget(sheet: Sheet, count: int) -> None:
    slots, touched, _ = sheet
    for slot in range(count):
        slots[touched[slot]] = -1


@compiled(float64(ROWS, ROWS, *PAIRS, SHAPE, SHEET, SHEET))
def squared_gradient(
    user_rows: Floats,
    item_rows: Floats,
    users: Codes,
    items: Codes,
    ratings: Floats,
    shape: Shape,
    user_sheet: Sheet,
    item_sheet: Sheet,
) -> float:
    """Squared length of the gradient of all pairs together; moves nothing."""
    width, n_factors = shape[0], shape[1]
    n_users, n_items, _ = _gradients(
        user_rows, item_rows, users, items, ratings, 0, len(ratings), shape, user_sheet, item_sheet
    )
    total = _gradient_length(user_sheet, n_users, width, n_factors + 1)
    total += _gradient_length(item_sheet, n_items, width, n_factors)
    _forget(user_sheet, n_users)
    _forget(item_sheet, n_items)
    return total


@compiled(int64(ROWS, ROWS, *PAIRS, int64, NUMBERS, NUMBERS, int64, SHAPE, RULE, SHEET, SHEET, float64[::1]))
def steps(
    user_rows: Floats,
    item_rows: Floats,
    users: Codes,
    items: Codes,
    ratings: Floats,
    batch_size: int,
    rates: Floats,
    momenta: Floats,
    steps_before: int,
    shape: Shape,
    rule: Rule,
    user_sheet: Sheet,
    item_sheet: Sheet,
    report: NDArray[np.float64],
) -> int:
    """A step per learning rate, over one batch of pairs after another; the last may be shorter.

    Adds the squared errors of all batches to `report[0]`, and puts the squared length of the last one's gradient into
    `report[1]`. Stops after the step that met a loss that is no finite number; returns the number of steps done.
    """
    width, n_factors = shape[0], shape[1]
    for step in range(len(rates)):
        begin = step * batch_size
        end = min(begin + batch_size, len(ratings))
        n_users, n_items, loss = _gradients(
            user_rows, item_rows, users, items, ratings, begin, end, shape, user_sheet, item_sheet
        )
        report[0] += float64(loss)
        if step == len(rates) - 1:
            report[1] = _gradient_length(user_sheet, n_users, width, n_factors + 1)
            report[1] += _gradient_length(item_sheet, n_items, width, n_factors)
        rate, momentum, t = rates[step], momenta[step], steps_before + step + 1
        _update(user_rows, user_sheet, n_users, shape, rule, rate, momentum, t, n_factors, n_factors + 1)
        _update(item_rows, item_sheet, n_items, shape, rule, rate, momentum, t, n_factors + 1, n_factors)
        if not math.isfinite(loss):
            return step + 1
    return len(rates)
