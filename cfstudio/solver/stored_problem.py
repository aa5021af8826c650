"""From a page's stored parameters to a problem: which cell the objective is, which numbers change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.errors import DataError
from cfstudio.solver.constraints import CellConstraint
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
    by its number, which must be that of the RMSE, the sum of squared errors or the mean absolute error. Raises
    DataError with a sentence if it is none of them, or if a constraint is about other cells than factors and biases.
    """
    return Problem(
        ratings=ratings,
        held_out=held_out,
        model=page.model,
        changing=page.cells([range_of(one) for one in stored.changing]),
        objective=_objective(stored, page, ratings, held_out, number_at(range_of(stored.objective))),
        goal=stored.goal,
        target=stored.target,
        constraints=tuple(_constraint(one, page, range_of, number_at) for one in stored.constraints),
        non_negative=stored.non_negative,
        method=stored.method,
        options=stored.options,
    )


def _objective(
    stored: StoredParameters, page: PageCells, ratings: Ratings, held_out: BoolArray, shown: float | None
) -> Objective:
    """The formula cell that shows this number."""
    errors = page.model.predict(ratings.users, ratings.items) - ratings.values
    used = np.flatnonzero(ratings.rated & ~held_out)
    if shown is not None and len(used):
        candidates = [Objective("rmse"), Objective("sse"), Objective("mae")]
        for one in candidates:
            if math.isclose(one.value(errors[used]), shown, rel_tol=SAME):
                return one
        # The lesson's own page with biases forgets to divide by the count: smallest where the RMSE is.
        if stored.goal != "value" and math.isclose(math.sqrt(candidates[1].value(errors[used])), shown, rel_tol=SAME):
            return candidates[0]
    raise DataError(
        f"The stored objective {stored.objective} shows {'nothing' if shown is None else f'{shown:g}'}, which is "
        "neither the RMSE nor another error of the page's factors; recalculate and save the workbook, or choose the "
        "objective anew."
    )


def _constraint(
    stored: StoredConstraint,
    page: PageCells,
    range_of: Callable[[str], Range],
    number_at: Callable[[Range], float | None],
) -> Constraint:
    try:
        bound: float | None = float(stored.right)
    except ValueError:
        # Excel stores "integer" and the like as the right side of those relations.
        bound = number_at(range_of(stored.right.rpartition("!")[2])) if "$" in stored.right else 0.0
    if bound is None:
        raise DataError(f"The right side {stored.right} of a stored constraint holds no number.")
    return CellConstraint(page.cells([range_of(stored.left)]), stored.relation, bound)
