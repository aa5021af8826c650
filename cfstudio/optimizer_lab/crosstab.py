"""The lesson's crosstab as a function to descend: the mean squared error of its factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import Ratings


class CrosstabObjective:
    """Mean squared error of user factors · item factors over the rated cells, and its gradient.

    Parameters are (n,) = all user factors, row by row, then all item factors; `start` are the workbook's 150 numbers.
    """

    def __init__(self, ratings: Ratings | None = None, start: tuple[NDArray[np.float64], ...] | None = None) -> None:
        self._ratings = lesson() if ratings is None else ratings
        if start is None:
            factors = lesson_start(bias=False)
            start = (factors.user_factors.astype(np.float64), factors.item_factors.astype(np.float64))
        self._n_factors = start[0].shape[1]
        self.start = np.concatenate([one.ravel() for one in start])
        rated = self._ratings.rated
        self._values = np.zeros((self._ratings.n_users, self._ratings.n_items))
        self._is_rated = np.zeros_like(self._values, dtype=bool)
        users, items = self._ratings.users[rated], self._ratings.items[rated]
        self._values[users, items] = self._ratings.values[rated]
        self._is_rated[users, items] = True

    def __call__(self, parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Loss and gradient (n,)."""
        n_user_numbers = self._ratings.n_users * self._n_factors
        users = parameters[:n_user_numbers].reshape(-1, self._n_factors)
        items = parameters[n_user_numbers:].reshape(-1, self._n_factors)
        n_rated = np.count_nonzero(self._is_rated)
        with np.errstate(over="ignore", invalid="ignore"):
            error = np.where(self._is_rated, users @ items.T - self._values, 0.0)
            by_error = 2.0 / n_rated * error
            gradient = np.concatenate([(by_error @ items).ravel(), (by_error.T @ users).ravel()])
            return float((error * error).sum() / n_rated), gradient
