"""From a page's stored parameters to a problem: which cell the objective is, which numbers change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.errors import DataError
from cfstudio.solver.constraints import SIGNS, CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import BoolArray, Ratings
    from cfstudio.solver.constraints import Constraint
    from cfstudio.solver.page_cells import PageCells, Range
    from cfstudio.solver.stored_parameters import StoredConstraint, StoredParameters

SAME = 1e-6
"""Relative difference up to which a number on the page is the one that was calculated; pages may show float32 sums."""


def stored_problem(
    stored: StoredParameters,
    page: PageCells,
    ratings: Ratings,
    held_out: BoolArray,
    range_of: Callable[[str], Range],
    number_at: Callable[[Range], float | None],
) -> Problem:
    """The problem that a page's Solver holds.

    `range_of` reads an address, `number_at` the number in a single cell. Formulas are not read: the objective is told
    by its number, which must be that of the RMSE, the sum of squared errors, the mean absolute error or a prediction.
    Raises DataError with a sentence if it is none of them, or if a constraint is about other cells than these, factors
    and biases.
    """
    formulas = _Formulas(page, ratings, held_out, range_of, number_at)
    return Problem(
        ratings=ratings,
        held_out=held_out,
        model=page.model,
        changing=page.cells([range_of(one) for one in stored.changing]),
        objective=formulas.objective(stored),
        goal=stored.goal,
        target=stored.target,
        constraints=tuple(formulas.constraint(one) for one in stored.constraints),
        non_negative=stored.non_negative,
        method=stored.method,
        options=stored.options,
    )


class _Formulas:
    """Which formula cell a cell of the page is, told by its number."""

    def __init__(
        self,
        page: PageCells,
        ratings: Ratings,
        held_out: BoolArray,
        range_of: Callable[[str], Range],
        number_at: Callable[[Range], float | None],
    ) -> None:
        self._page, self._range_of, self.number_at = page, range_of, number_at
        used = np.flatnonzero(ratings.rated & ~held_out)
        users, items = ratings.users[used], ratings.items[used]
        self._errors = page.model.predict(users, items) - ratings.values[used]

    def objective(self, stored: StoredParameters) -> Objective:
        """The objective; raises DataError with a sentence if it is none that is known."""
        found = self.at(stored.objective)
        if found is not None:
            return found
        shown = self.number_at(self._range_of(stored.objective))
        # The lesson's own page with biases forgets to divide by the count: smallest where the RMSE is.
        if shown is not None and stored.goal != "value" and len(self._errors):
            root = math.sqrt(Objective("sse").value(self._errors))
            if math.isclose(root, shown, rel_tol=SAME):
                return Objective("rmse")
        raise DataError(
            f"The stored objective {stored.objective} shows {'nothing' if shown is None else f'{shown:g}'}, which is "
            "neither the RMSE nor another error of the page's factors; recalculate and save the workbook, or choose "
            "the objective anew."
        )

    def at(self, address: str) -> Objective | None:
        """The formula cell at an address, None where there is none that is known."""
        cell = self._range_of(address)
        shown = self.number_at(cell) if cell.height == cell.width == 1 else None
        if shown is None:
            return None
        if len(self._errors):
            for one in (Objective("rmse"), Objective("sse"), Objective("mae")):
                if math.isclose(one.value(self._errors), shown, rel_tol=SAME):
                    return one
        pair = self._page.pair_at(cell)
        if pair is None:
            return None
        predicted = float(self._page.model.predict(np.array([pair[0]]), np.array([pair[1]]))[0])
        return Objective("cell_prediction", *pair) if math.isclose(predicted, shown, rel_tol=SAME) else None

    def constraint(self, stored: StoredConstraint) -> Constraint:
        """A constraint on changing cells, or on a formula cell."""
        bound = self._bound(stored)
        formula = self.at(stored.left) if stored.relation in SIGNS else None
        try:
            return CellConstraint(self._page.cells([self._range_of(stored.left)]), stored.relation, bound)
        except DataError:
            if formula is None:
                raise
            return FormulaConstraint(formula, stored.relation, bound)

    def _bound(self, stored: StoredConstraint) -> float:
        try:
            return float(stored.right)
        except ValueError:
            if "$" not in stored.right:
                # Excel stores "integer" and the like as the right side of those relations.
                return 0.0
        bound = self.number_at(self._range_of(stored.right.rpartition("!")[2]))
        if bound is None:
            raise DataError(f"The right side {stored.right} of a stored constraint holds no number.")
        return bound
