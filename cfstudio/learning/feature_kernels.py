"""Gradient steps of the dot product with biases and features, in closed form, compiled.

What is shown of a user or item is a row of its own plus the sum of its labels' rows, factors and bias alike; rows are
laid out as in `kernels`, labels' too, with 0 where those have a constant. The slope of the error by an own row is that
by the shown one, and a label's is the sum over the rows that have the label. Own rows move as they do without
features; all labels are moved in every step, as the layers of a net are, and clipped together.

The optimizers' rules stand here once more because numba's cache notices changes of a function's own file alone.
Importing this module compiles its public functions, or loads them from numba's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import float64, int64, void

from cfstudio.learning.compiled import NUMBERS, ROWS, compiled, part
from cfstudio.learning.feature_types import CELLS, LABELS, PLACES, RULE, SHAPE, SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.feature_types import Bias, Cells, Codes, Floats, Labels, Pace, Places, Rule, Shape, Side

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM = range(6)


@part
def _show(side: Side, labels: Floats, codes: Places, count: int, width: int, shown: Floats) -> None:
    """Put sums of rows and their labels into `shown`, up to three labels in one go: most rows have no more."""
    rows, starts, members, _, _, _, _ = side
    for n in range(count):
        row = codes[n]
        begin, n_labels = starts[row], starts[row + 1] - starts[row]
        if n_labels == 0:
            for j in range(width):
                shown[n, j] = rows[row, j]
        elif n_labels == 1:
            a = members[begin]
            for j in range(width):
                shown[n, j] = rows[row, j] + labels[a, j]
        elif n_labels == 2:
            a, b = members[begin], members[begin + 1]
            for j in range(width):
                shown[n, j] = rows[row, j] + labels[a, j] + labels[b, j]
        else:
            a, b, c = members[begin], members[begin + 1], members[begin + 2]
            for j in range(width):
                shown[n, j] = rows[row, j] + labels[a, j] + labels[b, j] + labels[c, j]
            for place in range(begin + 3, begin + n_labels):
                a = members[place]
                for j in range(width):
                    shown[n, j] += labels[a, j]


@part
def _gather(side: Side, labels: Floats, codes: Codes, begin: int, end: int, width: int) -> int:
    """Give each row of the batch a slot, in the order of their coming, with its shown numbers; returns how many."""
    _, _, members, slots, touched, _, shown = side
    count = 0
    for n in range(begin, end):
        code = codes[n]
        if slots[code] < 0:
            slots[code] = count
            touched[count] = code
            count += 1
    if len(members):
        _show(side, labels, touched, count, width, shown)
    return count


@part
def _gradients(
    user_side: Side, item_side: Side, labels: Floats, pairs: Cells, begin: int, end: int, shape: Shape
) -> tuple[int, int, np.float32]:
    """Sum the batch's gradient row by row; returns how many users and items it touched, and its squared error."""
    users, items, ratings = pairs
    width, n_factors, low, span, mean = shape
    _gather(user_side, labels, users, begin, end, width)
    _gather(item_side, labels, items, begin, end, width)
    user_rows, _, user_members, user_slots, _, user_gradient, user_shown = user_side
    item_rows, _, item_members, item_slots, _, item_gradient, item_shown = item_side
    users_have_labels, items_have_labels = len(user_members) > 0, len(item_members) > 0
    of_users = user_shown if users_have_labels else user_rows
    of_items = item_shown if items_have_labels else item_rows
    n_users = 0
    n_items = 0
    scale = np.float32(2.0) / np.float32(end - begin)
    one, zero = np.float32(1.0), np.float32(0.0)
    loss = zero
    for n in range(begin, end):
        user_slot = user_slots[users[n]]
        item_slot = item_slots[items[n]]
        u = user_slot if users_have_labels else int64(users[n])
        i = item_slot if items_have_labels else int64(items[n])
        total = mean
        for j in range(width):
            total += of_users[u, j] * of_items[i, j]
        if span > 0:
            squashed = one / (one + math.exp(-total))
            error = low + span * squashed - ratings[n]
            slope = scale * error * span * squashed * (one - squashed)
        else:
            error = total - ratings[n]
            slope = scale * error
        loss += error * error
        if user_slot == n_users:
            n_users += 1
            for j in range(width):
                user_gradient[user_slot, j] = slope * of_items[i, j]
        else:
            for j in range(width):
                user_gradient[user_slot, j] += slope * of_items[i, j]
        if item_slot == n_items:
            n_items += 1
            for j in range(width):
                item_gradient[item_slot, j] = slope * of_users[u, j]
        else:
            for j in range(width):
                item_gradient[item_slot, j] += slope * of_users[u, j]
    # The places of the constants have no gradient.
    for slot in range(n_users):
        user_gradient[slot, n_factors + 1] = zero
    for slot in range(n_items):
        item_gradient[slot, n_factors] = zero
    return n_users, n_items, loss


@part
def _hand_on(side: Side, count: int, of_labels: Floats, width: int) -> None:
    """Add the gradient of the rows that the batch touched to that of their labels."""
    _, starts, members, _, touched, gradient, _ = side
    for slot in range(count):
        row = touched[slot]
        for n in range(starts[row], starts[row + 1]):
            label = members[n]
            for j in range(width):
                of_labels[label, j] += gradient[slot, j]


@part
def _squared_lengths(gradient: Floats, count: int, width: int) -> float:
    total = 0.0
    for row in range(count):
        of_row = np.float32(0.0)
        for j in range(width):
            of_row += gradient[row, j] * gradient[row, j]
        total += float64(of_row)
    return total


@part
def _pace(rule: Rule, rate: np.float32, momentum: np.float32, t: int) -> Pace:
    """How fast the numbers of a step move; see `feature_types.Pace`."""
    kind, _, is_l2, decay, _, _, memory, _ = rule
    one = np.float32(1.0)
    keep = one if is_l2 else one - rate * decay
    if kind == ADAGRAD:
        return rate, keep, momentum, one, one, one
    kept = np.float32(memory)
    if kind == ADAM:
        root = np.float32(1.0 / math.sqrt(1.0 - memory**t))
        return np.float32(rate / (1.0 - float64(momentum) ** t)), keep, momentum, kept, one - kept, root
    return rate, keep, momentum, kept, one - kept, one


@part
def _move(moved: Labels, n_moved: int, width: int, rule: Rule, pace: Pace, bias: Bias) -> None:
    """Move rows and what the optimizer remembers of each: those of the first slots, or all."""
    rows, gradient, touched, slots = moved
    more_bias, bias_place, fixed = bias
    kind, is_dense, is_l2, decay, _, clip, _, epsilon = rule
    rate, keep, momentum, memory, rest, root = pace
    one, zero = np.float32(1.0), np.float32(0.0)
    begun = one - momentum
    m, v = width, 2 * width
    for n in range(n_moved):
        row = n if is_dense else touched[n]
        slot = slots[row] if is_dense else n
        if slot < 0:
            slot = len(gradient) - 1
            for j in range(width):
                gradient[slot, j] = zero
        slots[row] = -1
        if clip > zero:
            squared = zero
            for j in range(width):
                squared += gradient[slot, j] * gradient[slot, j]
            if squared > clip * clip:
                for j in range(width):
                    gradient[slot, j] *= clip / math.sqrt(squared)
        old_bias = rows[row, bias_place]
        if is_l2:
            for j in range(width):
                gradient[slot, j] += decay * rows[row, j]
            gradient[slot, bias_place] -= more_bias * old_bias
            if fixed >= 0:
                gradient[slot, fixed] = zero
        if kind == ADAM:
            for j in range(width):
                first = momentum * rows[row, m + j] + begun * gradient[slot, j]
                second = memory * rows[row, v + j] + rest * gradient[slot, j] * gradient[slot, j]
                rows[row, m + j] = first
                rows[row, v + j] = second
                rows[row, j] = keep * rows[row, j] - rate * first / (math.sqrt(second) * root + epsilon)
        elif kind == SGD:
            for j in range(width):
                rows[row, j] = keep * rows[row, j] - rate * gradient[slot, j]
        elif kind == MOMENTUM:
            for j in range(width):
                first = momentum * rows[row, m + j] + gradient[slot, j]
                rows[row, m + j] = first
                rows[row, j] = keep * rows[row, j] - rate * first
        elif kind == NESTEROV:
            for j in range(width):
                first = momentum * rows[row, m + j] + gradient[slot, j]
                rows[row, m + j] = first
                rows[row, j] = keep * rows[row, j] - rate * (gradient[slot, j] + momentum * first)
        else:
            for j in range(width):
                second = memory * rows[row, m + j] + rest * gradient[slot, j] * gradient[slot, j]
                rows[row, m + j] = second
                rows[row, j] = keep * rows[row, j] - rate * gradient[slot, j] / (math.sqrt(second) + epsilon)
        if not is_l2:
            rows[row, bias_place] += more_bias * old_bias
        if fixed >= 0:
            rows[row, fixed] = one


@part
def _move_side(side: Side, count: int, width: int, rule: Rule, pace: Pace, bias: Bias) -> None:
    """Move the own rows that the batch touched, or all."""
    rows, _, _, slots, touched, gradient, _ = side
    _move((rows, gradient, touched, slots), len(rows) if rule[1] else count, width, rule, pace, bias)


@part
def _move_labels(labels: Labels, squared_length: float, width: int, rule: Rule, pace: Pace) -> None:
    """Move all labels; their gradients are zero afterwards."""
    rows, gradient, _, _ = labels
    kind, _, is_l2, decay, _, clip, memory, epsilon = rule
    zero = np.float32(0.0)
    if clip > zero and squared_length > float64(clip) * float64(clip):
        kept = np.float32(clip / math.sqrt(squared_length))
        for n in range(len(rows)):
            for j in range(width):
                gradient[n, j] *= kept
    unclipped = (kind, False, is_l2, decay, decay, zero, memory, epsilon)
    _move(labels, len(rows), width, unclipped, pace, (zero, 0, -1))
    gradient[:, :] = zero


@compiled(int64(SIDE, SIDE, LABELS, CELLS, int64, NUMBERS, NUMBERS, int64, SHAPE, RULE, float64[::1]))
def feature_steps(
    user_side: Side,
    item_side: Side,
    labels: Labels,
    pairs: Cells,
    batch_size: int,
    rates: Floats,
    momenta: Floats,
    steps_before: int,
    shape: Shape,
    rule: Rule,
    report: NDArray[np.float64],
) -> int:
    """A step per learning rate, as `kernels.steps` does them; returns the number of steps done."""
    width, k, one = shape[0], shape[1], np.float32(1.0)
    for step in range(len(rates)):
        begin = step * batch_size
        end = min(begin + batch_size, len(pairs[2]))
        n_users, n_items, loss = _gradients(user_side, item_side, labels[0], pairs, begin, end, shape)
        _hand_on(user_side, n_users, labels[1], width)
        _hand_on(item_side, n_items, labels[1], width)
        report[0] += float64(loss)
        is_last = step == len(rates) - 1
        length = _squared_lengths(labels[1], len(labels[1]), width) if is_last or rule[5] > 0 else 0.0
        if is_last:
            of_rows = _squared_lengths(user_side[5], n_users, width) + _squared_lengths(item_side[5], n_items, width)
            report[1] = of_rows + length
        rate = rates[step]
        pace = _pace(rule, rate, momenta[step], steps_before + step + 1)
        more_bias = (one if rule[2] else rate) * (rule[3] - rule[4])
        _move_side(user_side, n_users, width, rule, pace, (more_bias, k, k + 1))
        _move_side(item_side, n_items, width, rule, pace, (more_bias, k + 1, k))
        _move_labels(labels, length, width, rule, pace)
        if not math.isfinite(loss):
            return step + 1
    return len(rates)


@compiled(void(SIDE, ROWS, PLACES, int64, ROWS))
def show_rows(side: Side, labels: Floats, codes: Places, width: int, shown: Floats) -> None:
    """Put the shown rows of some codes (n,) into `shown` (n, width)."""
    _show(side, labels, codes, len(codes), width, shown)
