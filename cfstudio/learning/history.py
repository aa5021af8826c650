"""The curve of a run: what was measured, when; written by one thread while others read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

COLUMNS = ("step", "epoch", "train_rmse", "valid_rmse", "seconds", "learning_rate")
FIRST_CAPACITY = 1_024


class History:
    """Measurements of a run, one row per evaluation.

    Readers need no lock: a row is written before the length tells of it, and a full table is replaced by a larger
    copy, never moved. `seconds` count training alone, not pauses or evaluations.
    """

    def __init__(self) -> None:
        self._table = np.empty((FIRST_CAPACITY, len(COLUMNS)), dtype=np.float64)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(
        self, step: int, epoch: float, train_rmse: float, valid_rmse: float, seconds: float, learning_rate: float
    ) -> None:
        """Add a measurement; `valid_rmse` is NaN when nothing is held out."""
        if self._length == len(self._table):
            grown = np.empty((2 * len(self._table), len(COLUMNS)), dtype=np.float64)
            grown[: self._length] = self._table
            self._table = grown
        self._table[self._length] = (step, epoch, train_rmse, valid_rmse, seconds, learning_rate)
        self._length += 1

    def _column(self, name: str) -> NDArray[np.float64]:
        length, table = self._length, self._table
        return table[:length, COLUMNS.index(name)]

    @property
    def steps(self) -> NDArray[np.float64]:
        """(n,) steps done when each row was measured."""
        return self._column("step")

    @property
    def epochs(self) -> NDArray[np.float64]:
        """(n,) epochs done, with fractions."""
        return self._column("epoch")

    @property
    def train_rmse(self) -> NDArray[np.float64]:
        """(n,) RMSE over training cells, in rating points."""
        return self._column("train_rmse")

    @property
    def valid_rmse(self) -> NDArray[np.float64]:
        """(n,) RMSE over held-out cells, in rating points, NaN without any."""
        return self._column("valid_rmse")

    @property
    def seconds(self) -> NDArray[np.float64]:
        """(n,) seconds of training."""
        return self._column("seconds")

    @property
    def learning_rates(self) -> NDArray[np.float64]:
        """(n,) learning rate of the next step."""
        return self._column("learning_rate")

    @property
    def best_valid(self) -> tuple[float, int] | None:
        """Lowest held-out RMSE and its step, None when nothing was held out."""
        valid = self.valid_rmse
        if not len(valid) or np.isnan(valid).all():
            return None
        best = int(np.nanargmin(valid))
        return float(valid[best]), int(self.steps[best])

    def epoch_rows(self) -> list[dict[str, float | int | None]]:
        """One row per completed epoch: epoch, train_rmse, valid_rmse (None without held-out cells), seconds."""
        return [
            {
                "epoch": round(epoch),
                "train_rmse": train,
                "valid_rmse": valid if math.isfinite(valid) else None,
                "seconds": seconds,
            }
            for epoch, train, valid, seconds in zip(
                self.epochs.tolist(),
                self.train_rmse.tolist(),
                self.valid_rmse.tolist(),
                self.seconds.tolist(),
                strict=True,
            )
            if epoch > 0 and epoch == round(epoch)
        ]

    def to_dict(self) -> dict[str, list[float | None]]:
        """For JSON: a list per column, None for what is not a finite number."""
        return {
            name: [value if math.isfinite(value) else None for value in self._column(name).tolist()] for name in COLUMNS
        }

    @classmethod
    def from_dict(cls, columns: Mapping[str, Any]) -> History:
        """The inverse of `to_dict`; raises KeyError or ValueError for columns that are missing or of unequal length."""
        history = cls()
        for row in zip(*(columns[name] for name in COLUMNS), strict=True):
            step, *rest = (math.nan if value is None else float(value) for value in row)
            history.append(int(step), *rest)
        return history
