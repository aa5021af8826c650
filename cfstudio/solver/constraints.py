"""Subject to the constraints: what people write, and what the methods need of it.

Numbers of changing cells and their sums are linear in what changes: bounds and a matrix. A formula cell (a prediction,
the RMSE) is not, and is calculated with its gradient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cfstudio.solver.cells import BLOCKS

if TYPE_CHECKING:
    from cfstudio.ratings.table import Ratings
    from cfstudio.solver.cells import BlockName, Cells
    from cfstudio.solver.objective import Objective

Relation = Literal["<=", ">=", "=", "integer", "binary", "all-different"]
Form = Literal["each", "sum", "sums by row", "sums by factor"]

SIGNS = {"<=": "≤", ">=": "≥", "=": "="}

REFUSALS = {
    "integer": "Whole numbers are not offered: a gradient cannot lead from one to the next, and factors mean nothing "
    "more when they are whole. Leave the constraint out.",
    "binary": "0 or 1 is not offered: a gradient cannot lead from one to the other. Use ≥ 0 and ≤ 1 instead.",
    "all-different": "All different is not offered: it orders 1 … n, which says nothing about factors. "
    "Leave the constraint out.",
}

BLOCK_NAMES: dict[BlockName, str] = {
    "user_factors": "user factors",
    "item_factors": "{item} factors",
    "user_bias": "user biases",
    "item_bias": "{item} biases",
}


@dataclass(frozen=True)
class CellConstraint:
    """Cells, or sums of cells, that must be at most, at least or equal to a number.

    `form` "each" is about every cell of `cells`; "sum" about the sum of all; "sums by row" about one sum per user or
    item over its factors; "sums by factor" about one sum per factor over its users or items.
    """

    cells: Cells
    relation: Relation
    bound: float
    form: Form = "each"

    def described(self, ratings: Ratings) -> str:
        """The constraint as people read it: "each of the user factors ≥ 0"."""
        names = [
            BLOCK_NAMES[name].format(item=ratings.item_label)
            if self.cells.is_whole[name]
            else f"{len(self.cells.places[name])} of the {BLOCK_NAMES[name].format(item=ratings.item_label)}"
            for name in BLOCKS
            if name in self.cells.places
        ]
        start = {"each": "each of", "sum": "the sum of", "sums by row": "each row's sum of"}.get(
            self.form, "each factor's sum of"
        )
        return f"{start} {' and '.join(names)} {_condition(self.relation, self.bound)}"


@dataclass(frozen=True)
class FormulaConstraint:
    """A formula cell, such as a prediction or the RMSE, that must be at most, at least or equal to a number."""

    formula: Objective
    relation: Relation
    bound: float

    def described(self, ratings: Ratings) -> str:
        """The constraint as people read it: "the prediction of User 15 for Toy Story (1995) ≤ 5"."""
        return f"{self.formula.named(ratings)} {_condition(self.relation, self.bound)}"


Constraint = CellConstraint | FormulaConstraint


def _condition(relation: Relation, bound: float) -> str:
    return f"{SIGNS[relation]} {bound:g}" if relation in SIGNS else relation
