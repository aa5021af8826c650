"""Everything constrained that is not a single cell: sums of cells, and formula cells with their gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.constraints import FormulaConstraint
from cfstudio.solver.differences import value_and_gradient
from cfstudio.solver.sheet_function import SheetFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.solver.linear_rows import LinearRows
    from cfstudio.solver.problem import Problem


class Formulas:
    """The m constrained sums, then the formula cells, as one vector function of the changing cells.

    `lower`, `upper` (m,) float64 limits, ±∞ where there is none; `owner` (m,) which of the problem's constraints.
    """

    def __init__(self, problem: Problem, rows: LinearRows, check: Callable[[], None]) -> None:
        self._rows = rows
        chosen = [(i, one) for i, one in enumerate(problem.constraints) if isinstance(one, FormulaConstraint)]
        lower = [one.bound if one.relation in (">=", "=") else -np.inf for _, one in chosen]
        upper = [one.bound if one.relation in ("<=", "=") else np.inf for _, one in chosen]
        self.lower: FloatArray = np.concatenate((rows.row_lower, np.array(lower, dtype=np.float64)))
        self.upper: FloatArray = np.concatenate((rows.row_upper, np.array(upper, dtype=np.float64)))
        self.owner: IntArray = np.concatenate((rows.owner, np.array([i for i, _ in chosen], dtype=np.int64)))
        self._functions = [
            SheetFunction(one.formula, problem.ratings, problem.held_out, problem.model, problem.changing)
            for _, one in chosen
        ]
        self._gradients = [
            value_and_gradient(one, problem.options.derivatives, rows.lower, rows.upper, check)
            for one in self._functions
        ]

    @property
    def n(self) -> int:
        """How many sums and formulas are constrained."""
        return len(self.lower)

    @property
    def n_formulas(self) -> int:
        """How many of them are formula cells, which are not linear."""
        return len(self._functions)

    def values(self, numbers: FloatArray) -> FloatArray:
        """(m,) the sums and formula cells."""
        formulas = [one.value(numbers) for one in self._functions]
        return np.concatenate((self._rows.matrix @ numbers, formulas))

    def jacobian(self, numbers: FloatArray) -> FloatArray:
        """(m, n) dense derivatives of the sums and formula cells in the changing cells."""
        if not self.n:
            return np.zeros((0, len(numbers)))
        formulas = [one(numbers)[1] for one in self._gradients]
        jacobian: FloatArray = np.vstack((self._rows.matrix.toarray(), *formulas))
        return jacobian

    def jacobian_and_slack(self, numbers: FloatArray) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
        """The Jacobian, and how far each value is above its lower and below its upper limit, (m,) each."""
        if not self.n:
            return np.zeros((0, len(numbers))), (np.zeros(0), np.zeros(0))
        values = self.values(numbers)
        return self.jacobian(numbers), (values - self.lower, self.upper - values)

    def violation(self, numbers: FloatArray) -> float:
        """How far the worst limit is missed, 0 where all are met."""
        if not self.n:
            return 0.0
        values = self.values(numbers)
        return max(0.0, float(np.max(self.lower - values)), float(np.max(values - self.upper)))
