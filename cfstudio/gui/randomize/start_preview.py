"""What a start would look like: drawn, predicted and compared with the ratings, without touching the document."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.start_statistics import (
    Spread,
    implied_predictions,
    implied_rmse,
    implied_sum,
    with_new_numbers,
)

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.start_distribution import StartDistribution
    from cfstudio.models.start_statistics import Blocks
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace

UNKNOWN = Spread(math.nan, math.nan)

MOST_CELLS = 100_000
"""Training cells predicted for the preview; of more, evenly spaced ones stand for all."""


@dataclass(frozen=True, eq=False)
class StartPreview:
    """One drawn start: its `factors`, and `predictions` (n,) of training cells in rating points.

    `implied_sums` and `implied` describe sums of products and biases, and predictions, over all cells before anything
    is drawn, NaN for a net; `drawn` and `rmse` describe the predictions of the training cells. NaN where there are no
    such cells.
    """

    factors: Factorization
    predictions: FloatArray
    implied_sums: Spread
    implied: Spread
    implied_rmse: float
    drawn: Spread
    rmse: float
    is_sample: bool


class StartPreviewer:
    """Draws starts for one document."""

    def __init__(self, workspace: Workspace) -> None:
        self._factors = workspace.factors
        ratings = workspace.ratings
        rows = np.flatnonzero(ratings.rated & ~workspace.held_out)
        self.n_train = len(rows)
        self.ratings = _spread(ratings.values[rows])
        """Mean and standard deviation of the training ratings, NaN without any."""
        rows = _at_most(rows, MOST_CELLS)
        self._users, self._items, self._values = ratings.users[rows], ratings.items[rows], ratings.values[rows]

    def preview(self, numbers: StartDistribution, blocks: Blocks) -> StartPreview:
        """Draw new numbers for these blocks and look at them."""
        factors = with_new_numbers(self._factors, numbers, blocks)
        predictions = factors.predict(self._users, self._items)
        sums = implied = UNKNOWN
        if factors.is_dot_product:
            sums = implied_sum(self._factors, numbers, blocks)
            implied = implied_predictions(self._factors, sums)
        errors = predictions - self._values
        return StartPreview(
            factors,
            predictions,
            sums,
            implied,
            implied_rmse(implied, self.ratings),
            _spread(predictions),
            math.sqrt(float(np.mean(errors**2))) if len(errors) else math.nan,
            self.n_train > MOST_CELLS,
        )


def _spread(values: FloatArray) -> Spread:
    return Spread(float(values.mean()), float(values.std())) if len(values) else Spread(math.nan, math.nan)


def _at_most(rows: IntArray, n: int) -> IntArray:
    return rows if len(rows) <= n else rows[np.linspace(0, len(rows) - 1, n).astype(np.int64)]
