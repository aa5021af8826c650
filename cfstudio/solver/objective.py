"""The cell that the Solver makes small, large or equal to a value, and its slope in every prediction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

ObjectiveKind = Literal["rmse", "sse", "mae", "cell_error", "cell_prediction", "user_rmse", "item_rmse"]

NEEDS_USER = ("cell_error", "cell_prediction", "user_rmse")
NEEDS_ITEM = ("cell_error", "cell_prediction", "item_rmse")

SENTENCES = {
    "rmse": "the RMSE",
    "sse": "the sum of squared errors",
    "mae": "the mean absolute error",
    "cell_error": "the error of {user} for {item}",
    "cell_prediction": "the prediction of {user} for {item}",
    "user_rmse": "the RMSE of {user}",
    "item_rmse": "the RMSE of {item}",
}


@dataclass(frozen=True)
class Objective:
    """A formula cell of the sheet, in rating points (SSE: squared).

    RMSE, sum of squared errors and mean absolute error are over all rated cells that are not held out; `user_rmse` and
    `item_rmse` over those of one row or column; an error is prediction − rating. `user` and `item` are codes, where
    the kind needs them.
    """

    kind: ObjectiveKind = "rmse"
    user: int | None = None
    item: int | None = None

    def named(self, ratings: Ratings) -> str:
        """What the cell is, inside a sentence."""
        user = ratings.user_name(self.user) if self.user is not None else ""
        item = str(ratings.item_table.titles[self.item]) if self.item is not None else ""
        return SENTENCES[self.kind].format(user=user, item=item)

    def problem_with(self, ratings: Ratings, held_out: BoolArray) -> str | None:
        """A sentence if this sheet has no such cell, or if nothing is rated that it is calculated from."""
        for needs, code, n, what in (
            (NEEDS_USER, self.user, ratings.n_users, "user"),
            (NEEDS_ITEM, self.item, ratings.n_items, ratings.item_label),
        ):
            if self.kind in needs and (code is None or not 0 <= code < n):
                return f"The objective needs a {what} of this sheet; choose the objective cell anew."
        if self.kind == "cell_prediction" or len(self.pairs(ratings, held_out)[0]):
            return None
        if self.kind == "cell_error":
            return f"{self.named(ratings).capitalize()} does not exist, because the cell is not rated; rate it first."
        return f"No rated cell is in the range of {self.named(ratings)}; rate a cell, or hold out fewer."

    def pairs(self, ratings: Ratings, held_out: BoolArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Users, items (codes) and ratings of the predictions it is calculated from; 0 as the rating of a blank."""
        if self.kind in ("cell_error", "cell_prediction"):
            assert self.user is not None
            assert self.item is not None
            users, items = np.array([self.user]), np.array([self.item])
            rating = ratings.values_at(users, items)
            if self.kind == "cell_prediction":
                return users, items, np.zeros(1)
            return users[~np.isnan(rating)], items[~np.isnan(rating)], rating[~np.isnan(rating)]
        used = ratings.rated & ~held_out
        if self.kind == "user_rmse":
            used &= ratings.users == self.user
        if self.kind == "item_rmse":
            used &= ratings.items == self.item
        rows = np.flatnonzero(used)
        return ratings.users[rows].astype(np.int64), ratings.items[rows].astype(np.int64), ratings.values[rows]

    @property
    def is_least_squares(self) -> bool:
        """Whether it is smallest where the sum of squared errors of its cells is."""
        return self.kind in ("rmse", "sse", "user_rmse", "item_rmse")

    @property
    def is_error(self) -> bool:
        """Whether it is an error without sign, 0 at best."""
        return self.kind not in ("cell_error", "cell_prediction")

    def value(self, errors: FloatArray) -> float:
        """The cell's number from (n,) prediction − rating of its pairs."""
        if self.kind == "sse":
            return float(errors @ errors)
        if self.kind == "mae":
            return float(np.abs(errors).mean())
        if self.kind in ("cell_error", "cell_prediction"):
            return float(errors[0])
        return math.sqrt(float(errors @ errors) / len(errors))

    def slopes(self, errors: FloatArray, value: float) -> FloatArray:
        """(n,) derivative of `value`, the cell's number, in each of its predictions; 0 at the tip of RMSE and MAE."""
        if self.kind == "sse":
            return 2.0 * errors
        if self.kind == "mae":
            return np.sign(errors) / len(errors)
        if self.kind in ("cell_error", "cell_prediction"):
            return np.ones(1)
        return errors / (len(errors) * value) if value else np.zeros_like(errors)
