"""Gradients as Excel finds them: nudge one changing cell after the other and recalculate the sheet.

A gradient of n cells costs 1 + n recalculations by forward differences and 1 + 2 n by central ones, against one of
the analytic gradient: 151, 301 and 1 for the lesson's 150 cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.sheet_function import SheetFunction

    ValueAndGradient = Callable[[FloatArray], tuple[float, FloatArray]]

Derivatives = Literal["analytic", "forward", "central"]

EPSILON = float(np.finfo(np.float64).eps)


def value_and_gradient(
    function: SheetFunction,
    derivatives: Derivatives,
    lower: FloatArray,
    upper: FloatArray,
    check: Callable[[], None],
) -> ValueAndGradient:
    """A function that gives value and gradient; nudges stay inside of `lower` and `upper` (n,) if there is room.

    `check` is called before each recalculation, so that an exception of its can end a long gradient.
    """
    if derivatives == "analytic":
        return function.value_and_gradient
    differences = _forward if derivatives == "forward" else _central

    def calculated(numbers: FloatArray) -> tuple[float, FloatArray]:
        def value(nudged: FloatArray) -> float:
            check()
            return function.value(nudged)

        return differences(value, numbers, lower, upper)

    return calculated


def _forward(
    value: Callable[[FloatArray], float], numbers: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[float, FloatArray]:
    at = value(numbers)
    # √ε balances the error of the straight line against that of rounding (Nocedal & Wright, 8.1).
    steps = np.sqrt(EPSILON) * np.maximum(1.0, np.abs(numbers))
    steps = np.where((numbers + steps > upper) & (numbers - steps >= lower), -steps, steps)
    gradient = np.empty_like(numbers)
    nudged = numbers.copy()
    for place, step in enumerate(steps.tolist()):
        nudged[place] += step
        gradient[place] = (value(nudged) - at) / (nudged[place] - numbers[place])
        nudged[place] = numbers[place]
    return at, gradient


def _central(
    value: Callable[[FloatArray], float], numbers: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[float, FloatArray]:
    at = value(numbers)
    # ∛ε is the balance where the error falls with the square of the step.
    steps = np.cbrt(EPSILON) * np.maximum(1.0, np.abs(numbers))
    left, right = np.maximum(numbers - steps, lower), np.minimum(numbers + steps, upper)
    gradient = np.zeros_like(numbers)
    nudged = numbers.copy()
    for place, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        nudged[place] = other
        above = value(nudged)
        nudged[place] = one
        below = value(nudged)
        gradient[place] = (above - below) / (other - one) if other > one else 0.0
        nudged[place] = numbers[place]
    return at, gradient
