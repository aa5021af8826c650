"""How wrong the predictions are: RMSE over training and held-out cells, kept up to date edit by edit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings


@dataclass(frozen=True)
class Score:
    """RMSE in rating points over the training and the held-out cells, NaN where there is no such cell."""

    train_rmse: float
    valid_rmse: float
    n_train: int
    n_valid: int


class ErrorSheet:
    """The error of every rated cell, from which the score follows without computing all of it again."""

    def __init__(self, ratings: Ratings, factors: Factorization, held_out: BoolArray) -> None:
        self._ratings = ratings
        self._factors = factors
        self._held_out = held_out
        error = ratings.values - factors.predict(ratings.users, ratings.items)
        self._squared = np.square(np.nan_to_num(error, nan=0.0))
        rated = ratings.rated
        self._sums = [float(self._squared[rated & ~held_out].sum()), float(self._squared[rated & held_out].sum())]
        self._counts = [int(np.count_nonzero(rated & ~held_out)), int(np.count_nonzero(rated & held_out))]
        self._was_rated = rated

    @property
    def score(self) -> Score:
        """The present score."""
        return Score(
            train_rmse=_rmse(self._sums[0], self._counts[0]),
            valid_rmse=_rmse(self._sums[1], self._counts[1]),
            n_train=self._counts[0],
            n_valid=self._counts[1],
        )

    def update(self, rows: IntArray, held_out: BoolArray) -> None:
        """Account for changed ratings or factors of some rows; rows beyond the known ones have been appended."""
        n_new = len(self._ratings.values) - len(self._squared)
        if n_new:
            self._squared = np.append(self._squared, np.zeros(n_new))
            self._was_rated = np.append(self._was_rated, np.zeros(n_new, dtype=np.bool_))
        values = self._ratings.values[rows]
        error = values - self._factors.predict(self._ratings.users[rows], self._ratings.items[rows])
        rated = ~np.isnan(values)
        squared = np.square(np.where(rated, error, 0.0))
        for part, chosen in enumerate((~held_out[rows], held_out[rows])):
            self._sums[part] += float(squared[chosen].sum() - self._squared[rows[chosen]].sum())
            self._counts[part] += int(np.count_nonzero(rated[chosen]) - np.count_nonzero(self._was_rated[rows[chosen]]))
        self._squared[rows] = squared
        self._was_rated[rows] = rated


def _rmse(squared_sum: float, count: int) -> float:
    # Differences of sums may leave a rounding error below zero.
    return math.sqrt(max(squared_sum, 0.0) / count) if count else math.nan
