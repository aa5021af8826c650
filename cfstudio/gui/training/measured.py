"""What a run has measured so far, as columns that fit together while the run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.learning.history import History
    from cfstudio.ratings.table import FloatArray


@dataclass(frozen=True)
class Measured:
    """The first `n` rows of a history: (n,) float64 each, NaN where nothing was measured."""

    steps: FloatArray
    epochs: FloatArray
    train_rmse: FloatArray
    valid_rmse: FloatArray
    seconds: FloatArray
    learning_rates: FloatArray
    batch_rmse: FloatArray
    gradient_norms: FloatArray
    user_norms: FloatArray
    item_norms: FloatArray

    @classmethod
    def of(cls, history: History) -> Measured:
        """All rows there are at this moment."""
        # The worker appends while this runs: a column read later may be longer than one read before.
        n = len(history)
        return cls(
            history.steps[:n],
            history.epochs[:n],
            history.train_rmse[:n],
            history.valid_rmse[:n],
            history.seconds[:n],
            history.learning_rates[:n],
            history.batch_rmse[:n],
            history.gradient_norms[:n],
            history.user_norms[:n],
            history.item_norms[:n],
        )

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def steps_per_epoch(self) -> float:
        """Steps of one epoch in this run, NaN before its first step."""
        return float(self.steps[-1] / self.epochs[-1]) if len(self) and self.epochs[-1] > 0 else float("nan")

    def ends_of_epochs(self) -> Measured:
        """The rows that were measured at the end of an epoch."""
        return self._take(np.flatnonzero((self.epochs > 0) & (self.epochs == np.round(self.epochs))))

    def rows(self) -> list[list[float]]:
        """Row by row, in the order of the columns of a `History`."""
        return np.stack(self._columns(), axis=1).tolist() if len(self) else []

    def _take(self, places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Measured:
        return Measured(*(column[places] for column in self._columns()))

    def _columns(self) -> tuple[FloatArray, ...]:
        return (
            self.steps,
            self.epochs,
            self.train_rmse,
            self.valid_rmse,
            self.seconds,
            self.learning_rates,
            self.batch_rmse,
            self.gradient_norms,
            self.user_norms,
            self.item_norms,
        )
