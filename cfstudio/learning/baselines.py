"""What a run is measured against: predictions without factors, and published figures where there are any."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings

USER_SHRINKAGE, ITEM_SHRINKAGE = 15.0, 10.0
"""Ratings at the mean that every user and item is counted as having besides the own ones; Surprise's defaults."""
SWEEPS = 10


@dataclass(frozen=True)
class Baselines:
    """RMSE, in rating points, of predictions that know no factors; over the held-out cells, or all without any."""

    global_mean: float
    user_and_item: float
    """Mean + what the user gives more than others + what the item gets more than others."""


@dataclass(frozen=True)
class Published:
    """An RMSE that others report for a data set."""

    rmse: float
    model: str
    source: str


PUBLISHED = {
    "ml-100k": (
        Published(0.890, "GLocal-K", "Han et al. 2021, CIKM (arXiv 2108.12184), on u1.base/u1.test"),
        Published(0.92, "SVD++", "documentation of Surprise, mean of five random folds"),
        Published(0.931, "KNN baseline", "documentation of Surprise, mean of five random folds"),
        Published(0.934, "SVD", "documentation of Surprise, mean of five random folds"),
    ),
    "ml-latest-small-2016": (
        Published(0.91, "LibRec's best", "fast.ai lesson 5, quoting LibRec; another random fifth held out"),
    ),
}
"""By data set; splits differ, so compare with care."""


def published_for(ratings: Ratings) -> tuple[Published, ...]:
    """The published figures for this data set, best first; none for most."""
    return PUBLISHED.get(ratings.name, ())


def baselines(ratings: Ratings, held_out: BoolArray) -> Baselines:
    """Fit both on the cells that are not held out; `held_out` (n_rows,) bool.

    Biases minimize the squared error + shrinkage · bias², by alternating sweeps (Koren 2010, "Factor in the
    neighbors", section 2.1). Raises ValueError with a sentence when no cell is left to fit on.
    """
    rated = ratings.rated
    train = np.flatnonzero(rated & ~held_out)
    if not len(train):
        raise ValueError("There is no rating to take a mean of; rate some cells or hold fewer out.")
    tested = np.flatnonzero(rated & held_out) if (rated & held_out).any() else train
    mean = float(ratings.values[train].mean())
    user_bias, item_bias = _biases(ratings, train, mean)
    predicted = mean + user_bias[ratings.users[tested]] + item_bias[ratings.items[tested]]
    return Baselines(mean_rmse(ratings, held_out), _rms(ratings.values[tested] - predicted))


def mean_rmse(ratings: Ratings, held_out: BoolArray) -> float:
    """RMSE in rating points of always saying the mean of the training ratings, over the held-out ratings.

    Over the training ratings where none is held out; NaN without training ratings. `held_out` is (n_rows,).
    """
    rated = ratings.rated
    known = ratings.values[rated & ~held_out]
    if not len(known):
        return math.nan
    judged = ratings.values[rated & held_out]
    return _rms((judged if len(judged) else known) - known.mean())


def _biases(ratings: Ratings, rows: NDArray[np.int64], mean: float) -> tuple[FloatArray, FloatArray]:
    users, items, rest = ratings.users[rows], ratings.items[rows], ratings.values[rows] - mean
    n_by_user = np.bincount(users, minlength=ratings.n_users) + USER_SHRINKAGE
    n_by_item = np.bincount(items, minlength=ratings.n_items) + ITEM_SHRINKAGE
    user_bias = np.zeros(ratings.n_users)
    for _ in range(SWEEPS):
        item_bias = np.bincount(items, rest - user_bias[users], minlength=ratings.n_items) / n_by_item
        user_bias = np.bincount(users, rest - item_bias[items], minlength=ratings.n_users) / n_by_user
    return user_bias, item_bias


def _rms(errors: FloatArray) -> float:
    return float(np.sqrt(np.mean(errors**2)))
