"""The long form of a document: one row per rating, with the rows of the embedding tables that it looks up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.models.factorization import PAIRS_AT_ONCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings


@dataclass(frozen=True)
class LongRows:
    """Some rows of the long form, as columns.

    `rows` (n,) int64 are row numbers of the ratings, `users` and `items` (n,) int32 codes; `ratings` (n,) float64
    rating points, NaN where blanked. `user_factors` and `item_factors` (n, n_factors) and, in a model with biases,
    `user_bias` and `item_bias` (n,) are what was looked up. `predictions`, `errors` (prediction − rating) and
    `squared_errors` (n,) float64; errors are NaN where there is no rating.
    """

    rows: IntArray
    users: NDArray[np.int32]
    items: NDArray[np.int32]
    ratings: FloatArray
    held_out: BoolArray
    user_factors: Floats
    item_factors: Floats
    user_bias: Floats | None
    item_bias: Floats | None
    predictions: FloatArray
    errors: FloatArray
    squared_errors: FloatArray


class LongForm:
    """All ratings, or chosen ones, in the order of the file; a row is computed only when it is asked for.

    `chosen` (n,) int64 are row numbers in rising order; None stands for all rows, those appended later included.
    """

    def __init__(
        self, ratings: Ratings, factors: Factorization, held_out: BoolArray, chosen: IntArray | None = None
    ) -> None:
        self._ratings, self._factors, self._held_out = ratings, factors, held_out
        self._chosen = chosen

    def __len__(self) -> int:
        return len(self._ratings.values) if self._chosen is None else len(self._chosen)

    @property
    def is_whole(self) -> bool:
        """Whether it lists every rating of the document."""
        return self._chosen is None

    def __getitem__(self, places: slice) -> LongRows:
        """The rows at some places."""
        start, stop, _ = places.indices(len(self))
        rows = np.arange(start, stop) if self._chosen is None else self._chosen[start:stop]
        ratings, model = self._ratings, self._factors
        users, items, values = ratings.users[rows], ratings.items[rows], ratings.values[rows]
        predictions = model.predict(users, items)
        errors = predictions - values
        with np.errstate(over="ignore"):
            squared = np.square(errors)
        return LongRows(
            rows,
            users,
            items,
            values,
            self._held_out[rows],
            model.user_factors[users],
            model.item_factors[items],
            None if model.user_bias is None else model.user_bias[users],
            None if model.item_bias is None else model.item_bias[items],
            predictions,
            errors,
            squared,
        )

    def place_of(self, user: int, item: int) -> int | None:
        """Where the row of a cell stands, None where the cell has no row here."""
        row = int(self._ratings.rows_at(np.array([user]), np.array([item]))[0])
        if row < 0 or self._chosen is None:
            return row if row >= 0 else None
        place = int(np.searchsorted(self._chosen, row))
        return place if place < len(self._chosen) and self._chosen[place] == row else None

    def first_place_of(self, user: int | None, item: int | None) -> int | None:
        """Where the first row of a user or of an item stands, None where all of them are blank or not listed."""
        table = self._ratings
        if user is None and item is None:
            return None
        rows = table.rows_of_user(user) if user is not None else table.rows_of_item(int(item or 0))
        rows = rows[~np.isnan(table.values[rows])]
        if self._chosen is not None:
            rows = rows[np.isin(rows, self._chosen, assume_unique=True)]
        if not len(rows):
            return None
        first = int(rows.min())
        return first if self._chosen is None else int(np.searchsorted(self._chosen, first))

    def rmse(self) -> LongRmse:
        """RMSE over the rows that hold a rating; predicts every row."""
        sums, counts = np.zeros(2), np.zeros(2, dtype=np.int64)
        for start in range(0, len(self), PAIRS_AT_ONCE):
            rows = self[start : start + PAIRS_AT_ONCE]
            rated = ~np.isnan(rows.ratings)
            for part, chosen in enumerate((rated & ~rows.held_out, rated & rows.held_out)):
                sums[part] += np.sum(rows.squared_errors, where=chosen)
                counts[part] += np.count_nonzero(chosen)
        roots = [_root_mean(float(total), int(count)) for total, count in zip(sums, counts, strict=True)]
        return LongRmse(roots[0], roots[1], int(counts[0]), int(counts[1]))


@dataclass(frozen=True)
class LongRmse:
    """RMSE in rating points over the training rows and the held-out ones, NaN where there are none."""

    training: float
    held_out: float
    n_training: int
    n_held_out: int

    @property
    def overall(self) -> float:
        """RMSE over all rows, NaN if there are none."""
        parts = ((self.training, self.n_training), (self.held_out, self.n_held_out))
        return _root_mean(sum(count * rmse**2 for rmse, count in parts if count), self.n_training + self.n_held_out)


def rows_between(ratings: Ratings, users: NDArray[np.integer[Any]], items: NDArray[np.integer[Any]]) -> IntArray | None:
    """Row numbers of the ratings that some users gave to some items, in rising order; None where these are all."""
    if len(users) >= ratings.n_users and len(items) >= ratings.n_items:
        return None
    is_user, is_item = np.zeros(ratings.n_users, np.bool_), np.zeros(ratings.n_items, np.bool_)
    is_user[users] = True
    is_item[items] = True
    return np.flatnonzero(is_user[ratings.users] & is_item[ratings.items])


def _root_mean(total: float, count: int) -> float:
    return math.sqrt(total / count) if count else math.nan
