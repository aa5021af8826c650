"""How wrong the predictions are: RMSE over training and held-out cells; an edit predicts only its cells anew."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings


@dataclass(frozen=True)
class Score:
    """RMSE in rating points over the training and the held-out cells, NaN where there is no such cell."""

    train_rmse: float
    valid_rmse: float
    n_train: int
    n_valid: int


class RunningScore:
    """The squared error of every rated cell, kept up to date edit by edit."""

    def __init__(self, ratings: Ratings, factors: Factorization, held_out: BoolArray) -> None:
        self._ratings = ratings
        self._factors = factors
        self._held_out = held_out
        error = ratings.values - factors.predict(ratings.users, ratings.items)
        self._squared = _squares(error)
        self._rated = ratings.rated
        self._score: Score | None = None

    @property
    def score(self) -> Score:
        """The present score."""
        if self._score is None:
            self._score = self._sum()
        return self._score

    def _sum(self) -> Score:
        parts = (self._rated & ~self._held_out, self._rated & self._held_out)
        # Summed anew each time: after a huge number has come and gone, kept sums would be all rounding error.
        train, valid = (float(np.sum(self._squared, where=part)) for part in parts)
        n_train, n_valid = (int(np.count_nonzero(part)) for part in parts)
        return Score(_rmse(train, n_train), _rmse(valid, n_valid), n_train, n_valid)

    def update(self, rows: IntArray, held_out: BoolArray) -> None:
        """Account for changed ratings or factors of some rows; rows beyond the known ones have been appended."""
        n_new = len(self._ratings.values) - len(self._squared)
        if n_new:
            self._squared = np.append(self._squared, np.zeros(n_new))
            self._rated = np.append(self._rated, np.zeros(n_new, dtype=np.bool_))
        self._held_out = held_out
        self._score = None
        values = self._ratings.values[rows]
        error = values - self._factors.predict(self._ratings.users[rows], self._ratings.items[rows])
        self._rated[rows] = ~np.isnan(values)
        self._squared[rows] = _squares(error)


def _squares(error: FloatArray) -> FloatArray:
    """0 where a rating is blank, infinity where an absurd factor makes it so."""
    with np.errstate(over="ignore"):
        return np.square(np.where(np.isnan(error), 0.0, error))


def _rmse(squared_sum: float, count: int) -> float:
    return math.sqrt(squared_sum / count) if count else math.nan
