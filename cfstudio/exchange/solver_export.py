"""What the Solver is asked of a document as the hidden names of an exported page, and what these cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.cell_ranges import ranges_of
from cfstudio.exchange.solver_names import SETTINGS
from cfstudio.solver.constraints import CellConstraint
from cfstudio.solver.stored_parameters import GOALS, METHODS, NUMBERS, RELATIONS, SWITCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.ratings.table import IntArray
    from cfstudio.solver.constraints import Constraint
    from cfstudio.solver.objective import Objective
    from cfstudio.solver.options import SolverOptions
    from cfstudio.solver.problem import Problem

MOST_LETTERS = 8_000
"""Of a name's content; Excel's formulas end at 8,192."""

LIMITS = 100
"""Most constraints that Excel's Solver takes (Frontline's standard limit)."""


class SolverExport:
    """A problem's names for one page; `remarks` are sentences on what a workbook cannot say."""

    def __init__(self, problem: Problem, at: CrosstabLayout, users: IntArray, items: IntArray, page: str) -> None:
        self.remarks: list[str] = []
        self._problem, self._at, self._page = problem, at, page
        self._users, self._items = users, items
        self.names = dict(SETTINGS) | self._parameters() | self._options(problem.options) | self._constraints()
        if problem.options.derivatives == "analytic":
            # Excel has no word for it; what is not there comes back as it was.
            del self.names["solver_drv"]

    def _parameters(self) -> dict[str, str]:
        problem, at = self._problem, self._at
        objective = self._formula(problem.objective)
        is_same = problem.objective.kind == "sse" and problem.goal == "min"
        if objective is None and not is_same:
            self.remarks.append(
                f"Its Solver makes the RMSE small, because the page has no cell for "
                f"{problem.objective.named(problem.ratings)}."
            )
        has_objective = objective is not None
        ranges, n_hidden = ranges_of(problem.changing, at, self._users, self._items)
        adjusted = ",".join(one.on(self._page) for one in ranges)
        if n_hidden:
            self.remarks.append(f"{n_hidden:,} changing cells of the Solver are not on the page.")
        if not ranges or len(adjusted) > MOST_LETTERS:
            self.remarks.append(
                "Its Solver changes all factors: the chosen cells are not on the page or too scattered."
            )
            adjusted = ",".join(one.on(self._page) for one in at.changing)
        if problem.method == "als":
            self.remarks.append("Excel's Solver lacks alternating least squares; GRG Nonlinear takes its place.")
        return {
            "solver_opt": (objective or at.objective).on(self._page),
            "solver_adj": adjusted,
            "solver_typ": _key(GOALS, problem.goal if has_objective else "min"),
            "solver_val": _text(problem.target),
            "solver_eng": _key(METHODS, "grg" if problem.method == "als" else problem.method),
            "solver_neg": "1" if problem.non_negative else "2",
        }

    def _options(self, options: SolverOptions) -> dict[str, str]:
        names = {name: _text(getattr(options, option)) for name, option in NUMBERS.items()}
        names |= {name: "1" if getattr(options, option) else "2" for name, option in SWITCHES.items()}
        if options.derivatives != "analytic":
            names["solver_drv"] = {"forward": "1", "central": "2"}[options.derivatives]
        return names

    def _constraints(self) -> dict[str, str]:
        rows = [row for one in self._problem.constraints for row in self._rows(one)]
        if len(rows) > LIMITS:
            self.remarks.append(f"Excel's own Solver takes at most {LIMITS} constraints; here are {len(rows)}.")
        names = {"solver_num": str(len(rows))}
        for number, (left, relation, bound) in enumerate(rows, start=1):
            names[f"solver_lhs{number}"] = left.on(self._page)
            names[f"solver_rel{number}"] = _key(RELATIONS, relation)
            names[f"solver_rhs{number}"] = bound
        return names

    def _rows(self, constraint: Constraint) -> Iterable[tuple[Block, str, str]]:
        """The constraint as Excel has it: one for each range."""
        if isinstance(constraint, CellConstraint):
            ranges = ranges_of(constraint.cells, self._at, self._users, self._items)[0]
            ranges = ranges if constraint.form == "each" else []
        else:
            formula = self._formula(constraint.formula)
            ranges = [] if formula is None else [formula]
        if not ranges:
            described = constraint.described(self._problem.ratings)
            self.remarks.append(f"A constraint is left out, because the page has no cell for it: {described}.")
        return [(one, constraint.relation, _text(constraint.bound)) for one in ranges]

    def _formula(self, objective: Objective) -> Block | None:
        """The cell that shows a formula cell's number, None where the page has none."""
        if objective.kind == "rmse":
            return self._at.objective
        users, items = self._users.tolist(), self._items.tolist()
        if objective.kind != "cell_prediction" or objective.user not in users or objective.item not in items:
            return None
        row, column = users.index(objective.user), items.index(objective.item)
        rating = self._problem.ratings.values_at(self._users[[row]], self._items[[column]])[0]
        if np.isnan(rating):
            # The page leaves predictions of unrated cells out.
            return None
        return Block(self._at.predictions.top + row, self._at.predictions.left + column, 1, 1)


def _key(table: Mapping[str, str], value: str) -> str:
    return next(key for key, one in table.items() if one == value)


def _text(number: float) -> str:
    """A number as a formula writes it, so that the same is read again."""
    return repr(int(number)) if float(number).is_integer() else repr(float(number))
