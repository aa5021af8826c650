"""What is asked of the Solver: the dialog's contents as a value, and what does not fit, in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.models.registry import needs_dot_product
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import REFUSALS, CellConstraint
from cfstudio.solver.linear_rows import linear_rows
from cfstudio.solver.objective import Objective
from cfstudio.solver.options import SolverOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings
    from cfstudio.solver.constraints import Constraint
    from cfstudio.solver.linear_rows import LinearRows

Goal = Literal["min", "max", "value"]
Method = Literal["grg", "evolutionary", "als", "simplex"]

METHOD_NAMES: dict[Method, str] = {
    "grg": "GRG Nonlinear",
    "evolutionary": "Evolutionary",
    "als": "Alternating least squares",
    "simplex": "Simplex LP",
}

MOST_CELLS_WITH_SUMS = 2_000
"""Changing cells up to which sums and formulas can be constrained: the methods for it solve dense systems."""


@dataclass(frozen=True)
class Problem:
    """Set `objective` to `goal` by changing cells of `model`, subject to the constraints.

    `held_out` (n_rows,) bool, True where a rating of `ratings` is no part of the objective; `target` the number that
    goal "value" wants, in the objective's unit. A search copies what it needs and changes none of the arrays.
    """

    ratings: Ratings
    held_out: BoolArray
    model: Factorization
    changing: Cells
    objective: Objective = field(default_factory=Objective)
    goal: Goal = "min"
    target: float = 0.0
    constraints: tuple[Constraint, ...] = ()
    non_negative: bool = False
    method: Method = "grg"
    options: SolverOptions = field(default_factory=SolverOptions)

    @classmethod
    def ready_for(cls, ratings: Ratings, held_out: BoolArray, model: Factorization) -> Problem:
        """The problem the dialog opens with: the smallest RMSE by changing all factors and biases."""
        return cls(ratings, held_out, model, Cells.whole(model))

    def rows(self) -> LinearRows:
        """The constraints on cells as bounds and rows of a matrix."""
        return linear_rows(
            self.constraints,
            self.model,
            self.changing,
            non_negative=self.non_negative,
            precision=self.options.precision,
        )

    def check(self) -> list[str]:
        """What does not fit, one sentence each; an empty list if the search can start."""
        return list(self._not_fitting()) or list(self._not_for_the_method())

    def _not_fitting(self) -> Iterator[str]:
        why_not = needs_dot_product("The Solver", self.model)
        if why_not is not None:
            yield why_not
            return
        sides = (len(self.model.user_factors), len(self.model.item_factors))
        if sides != (self.ratings.n_users, self.ratings.n_items) or len(self.held_out) != len(self.ratings.values):
            yield "The model is not that of these ratings; open the Solver anew."
            return
        if not self.changing.n:
            yield "No changing cells are chosen; choose user factors, movie factors or biases.".replace(
                "movie", self.ratings.item_label
            )
        elif not self.changing.fits(self.model):
            yield "The changing cells are not those of this model; choose them anew."
        if not math.isfinite(self.target):
            yield f"The value must be a number, not {self.target}."
        sentence = self.objective.problem_with(self.ratings, self.held_out)
        if sentence is not None:
            yield sentence
        elif self.changing.n and self.changing.fits(self.model) and not self._takes_part():
            yield (
                f"None of the changing cells takes part in {self.objective.named(self.ratings)}; "
                "choose cells of users and items with rated cells in it."
            )
        yield from self._wrong_constraints()

    def _takes_part(self) -> bool:
        """Whether a changing cell belongs to a user or item that the objective is calculated from."""
        users, items, _ = self.objective.pairs(self.ratings, self.held_out)
        for name in self.changing.blocks:
            mask = self.changing.mask(name)
            owners = np.unique(users if name.startswith("user") else items)
            if mask[owners].any():
                return True
        return False

    def _wrong_constraints(self) -> Iterator[str]:
        for constraint in self.constraints:
            if constraint.relation in REFUSALS:
                yield REFUSALS[constraint.relation]
            elif not math.isfinite(constraint.bound):
                yield f"A constraint needs a number on its right side, not {constraint.bound}."
            elif isinstance(constraint, CellConstraint):
                if not constraint.cells.n or not constraint.cells.fits(self.model):
                    yield "A constraint names no cells of this model; choose its cells anew or delete it."
            elif (sentence := constraint.formula.problem_with(self.ratings, self.held_out)) is not None:
                yield f"In a constraint: {sentence}"

    def _not_for_the_method(self) -> Iterator[str]:
        if self.method == "als":
            yield from self._not_for_als()
            return
        has_more_than_bounds = any(
            not isinstance(one, CellConstraint) or one.form != "each" for one in self.constraints
        )
        if has_more_than_bounds and self.changing.n > MOST_CELLS_WITH_SUMS:
            yield (
                f"Constraints on sums and formulas are for up to {MOST_CELLS_WITH_SUMS:,} changing cells, and "
                f"{self.changing.n:,} are chosen; choose fewer, or constrain single cells only."
            )
        is_annealing = self.method == "evolutionary" and self.options.algorithm == "dual-annealing"
        if has_more_than_bounds and is_annealing:
            yield "Dual annealing knows bounds of single cells only; choose differential evolution."
        is_random = self.method == "evolutionary" or (self.method == "grg" and self.options.multistart)
        if is_random and self.options.require_bounds:
            rows = self.rows()
            n_open = int(np.count_nonzero(np.isinf(rows.lower) | np.isinf(rows.upper)))
            if n_open:
                yield (
                    f"{n_open:,} changing cells have no lower and upper bound, which this search requires; "
                    'add constraints such as ≥ −3 and ≤ 3, or clear "Require bounds on variables".'
                )

    def _not_for_als(self) -> Iterator[str]:
        if not self.objective.is_least_squares or self.goal != "min":
            yield "Alternating least squares makes an RMSE or a sum of squared errors small; choose one, and Min."
        if self.constraints or self.non_negative:
            yield "Alternating least squares knows no constraints; choose GRG Nonlinear, or delete them."
        if self.model.rating_range is not None:
            yield "Alternating least squares needs predictions without a sigmoid range; choose GRG Nonlinear."
