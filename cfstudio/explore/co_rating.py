"""Similarity without any model: how alike those who rated both items rate them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

SHRINKAGE = 10.0


@dataclass(frozen=True)
class CoRating:
    """Agreement of one item (or user) with all others.

    `correlations` (n,) Pearson's over the common raters, NaN with fewer than two or where one side is constant;
    `n_common` (n,) how many rated both; `shrunken` (n,) correlation × n / (n + shrinkage), 0 where there is none.
    """

    correlations: FloatArray
    n_common: IntArray
    shrunken: FloatArray


def co_rating(
    ratings: Ratings,
    code: int,
    side: Literal["user", "item"] = "item",
    held_out: BoolArray | None = None,
    shrinkage: float = SHRINKAGE,
) -> CoRating:
    """Correlate the ratings of one item (or user) with those of every other, itself included."""
    own, raters, n_own, n_raters = (
        (ratings.items, ratings.users, ratings.n_items, ratings.n_users)
        if side == "item"
        else (ratings.users, ratings.items, ratings.n_users, ratings.n_items)
    )
    usable = ratings.rated if held_out is None else ratings.rated & ~held_out
    mine = np.full(n_raters, np.nan)
    here = usable & (own == code)
    mine[raters[here]] = ratings.values[here]
    rows = np.flatnonzero(usable & ~np.isnan(mine)[raters])
    others = own[rows]
    # Shifting both by a constant changes no correlation and keeps the sums of squares from cancelling.
    middle = float(np.nanmean(mine)) if here.any() else 0.0
    x, y = mine[raters[rows]] - middle, ratings.values[rows] - middle

    def sums(weights: FloatArray) -> FloatArray:
        total: FloatArray = np.bincount(others, weights, minlength=n_own).astype(np.float64)
        return total

    n = np.bincount(others, minlength=n_own)
    sum_x, sum_y = sums(x), sums(y)
    between = n * sums(x * y) - sum_x * sum_y
    spread = np.sqrt(np.maximum(n * sums(x * x) - sum_x**2, 0.0) * np.maximum(n * sums(y * y) - sum_y**2, 0.0))
    defined = (n >= 2) & (spread > 1e-9)
    correlations = np.divide(between, spread, out=np.full(n_own, np.nan), where=defined)
    np.clip(correlations, -1.0, 1.0, out=correlations)
    shrunken = np.where(defined, np.nan_to_num(correlations) * n / (n + shrinkage), 0.0)
    return CoRating(correlations, n, shrunken)
