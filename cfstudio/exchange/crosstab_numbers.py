"""The numbers of a crosstab page: ratings, predictions, errors, RMSE."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class CrosstabNumbers:
    """What cells of a crosstab hold and calculate to; all (n_users, n_items).

    `ratings` are NaN where blank; `predictions` and `errors` (prediction − rating) are 0 there, as the formulas are.
    `held_out` is True where a cell is marked as held out, rated or not.
    """

    ratings: FloatArray
    predictions: FloatArray
    errors: FloatArray
    held_out: BoolArray

    @classmethod
    def of(cls, part: DocumentPart, model: Factorization, users: IntArray, items: IntArray) -> CrosstabNumbers:
        """The numbers of users × items, both codes, with the predictions of `model`."""
        ratings = part.ratings.block(users, items)
        rated = ~np.isnan(ratings)
        predictions = np.where(rated, model.predict_block(users, items), 0.0)
        rows = part.ratings.rows_at(users[:, None], items[None, :])
        held_out = part.held_out[rows] & (rows >= 0) if len(part.held_out) else np.zeros(rows.shape, dtype=np.bool_)
        return cls(ratings, predictions, np.where(rated, predictions - ratings, 0.0), held_out)

    def rmse(self, cells: BoolArray | None = None) -> float:
        """Root mean squared error over the rated cells, or those of them in `cells`; infinite if there are none.

        A spreadsheet divides by zero then, and shows so.
        """
        counted = ~np.isnan(self.ratings)
        if cells is not None:
            counted &= cells
        n = int(counted.sum())
        return math.sqrt(float(np.square(self.errors[counted]).sum()) / n) if n else math.inf
