"""Which constraints hold a solution back, and how much: Lagrange multipliers and what slope is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray
    from cfstudio.solver.linear_rows import LinearRows


@dataclass(frozen=True)
class Multipliers:
    """First-order conditions at a point, in units of the objective that is made small.

    `of_rows` (m,) how much the objective grows per unit of a row's right side, 0 where the row is not binding;
    `reduced_gradient` (n,) the gradient that the binding rows leave; `slope` (n,) that part of it along which a cell
    could still move: 0 in a cell that its bound holds.
    """

    of_rows: FloatArray
    reduced_gradient: FloatArray
    slope: FloatArray


def multipliers(
    gradient: FloatArray,
    numbers: FloatArray,
    rows: LinearRows,
    jacobian: FloatArray,
    slack: tuple[FloatArray, FloatArray],
    precision: float,
) -> Multipliers:
    """Multipliers of constrained sums and formulas by least squares over those that bind.

    `gradient` (n,) of the objective that is made small; `jacobian` (m, n) dense of all sums and formulas; `slack` how
    far each (m,) is above its lower and below its upper limit. Nocedal & Wright, Numerical Optimization, 12.3.
    """
    if not rows.has_bounds and not len(jacobian):
        return Multipliers(np.zeros(0), gradient, gradient)
    at_lower, at_upper = numbers <= rows.lower + precision, numbers >= rows.upper - precision
    free = ~(at_lower | at_upper)
    above, below = slack
    binding = (np.abs(above) <= precision) | (np.abs(below) <= precision)
    of_rows = np.zeros(len(binding))
    while binding.any():
        of_rows[:] = 0.0
        of_rows[binding] = np.linalg.lstsq(jacobian[binding][:, free].T, gradient[free], rcond=None)[0]
        # A constraint can only push away from its forbidden side: ≥ upwards, ≤ downwards.
        wrong = (
            binding
            & (above != -below)
            & (((np.abs(above) <= precision) & (of_rows < 0)) | ((np.abs(below) <= precision) & (of_rows > 0)))
        )
        if not wrong.any():
            break
        binding &= ~wrong
        of_rows[wrong] = 0.0
    reduced = gradient - jacobian.T @ of_rows if len(of_rows) else gradient
    return Multipliers(of_rows, reduced, free_slope(reduced, at_lower, at_upper))


def free_slope(gradient: FloatArray, at_lower: BoolArray, at_upper: BoolArray) -> FloatArray:
    """The part of a gradient along which cells can move down: not out of their bounds."""
    held = (at_lower & (gradient > 0)) | (at_upper & (gradient < 0))
    return np.where(held, 0.0, gradient)
