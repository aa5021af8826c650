"""The curve of a run: what was measured, when; written by one thread while others read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

COLUMNS = ("step", "epoch", "train_rmse", "valid_rmse", "seconds", "learning_rate")
MORE_COLUMNS = ("batch_rmse", "gradient_norm", "user_norm", "item_norm")
"""NaN where they were not measured: at step 0 and in old sessions."""
ALL_COLUMNS = COLUMNS + MORE_COLUMNS
FIRST_CAPACITY = 1_024


class History:
    """Measurements of a run, one row per evaluation.

    Readers need no lock: a row is written before the length tells of it, and a full table is replaced by a larger
    copy, never moved. Who reads two columns while the run goes on reads them of `so_far()`: they would be of unequal
    length. `seconds` count training alone, not pauses or evaluations. `changes` lists the settings that
    changed during the run: (step from which it counts, name, value).
    """

    def __init__(self) -> None:
        self._table = np.empty((FIRST_CAPACITY, len(ALL_COLUMNS)), dtype=np.float64)
        self._length = 0
        self.changes: list[tuple[int, str, float]] = []

    def __len__(self) -> int:
        return self._length

    def append(
        self,
        step: int,
        epoch: float,
        train_rmse: float,
        valid_rmse: float,
        seconds: float,
        learning_rate: float,
        *more: float,
    ) -> None:
        """Add a measurement: the columns, and `more` of them; `valid_rmse` is NaN when nothing is held out."""
        row = (step, epoch, train_rmse, valid_rmse, seconds, learning_rate, *more)
        if self._length == len(self._table):
            grown = np.empty((2 * len(self._table), len(ALL_COLUMNS)), dtype=np.float64)
            grown[: self._length] = self._table
            self._table = grown
        self._table[self._length] = (*row, *[math.nan] * (len(ALL_COLUMNS) - len(row)))
        self._length += 1

    def so_far(self) -> History:
        """The measurements up to now, in the same table; to be read only, and not to be added to."""
        made = History.__new__(History)
        made._length, made._table = self._length, self._table
        made.changes = list(self.changes)
        return made

    def copy(self) -> History:
        """The same measurements in a table of their own."""
        made = self.so_far()
        made._table = made._table.copy()
        return made

    def _column(self, name: str) -> NDArray[np.float64]:
        length, table = self._length, self._table
        return table[:length, ALL_COLUMNS.index(name)]

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
    def batch_rmse(self) -> NDArray[np.float64]:
        """(n,) RMSE over the batches since the row before, each taken before its step, in rating points."""
        return self._column("batch_rmse")

    @property
    def gradient_norms(self) -> NDArray[np.float64]:
        """(n,) length of the last batch's gradient, before clipping and without decay."""
        return self._column("gradient_norm")

    @property
    def user_norms(self) -> NDArray[np.float64]:
        """(n,) root mean squared length of the users' factor vectors."""
        return self._column("user_norm")

    @property
    def item_norms(self) -> NDArray[np.float64]:
        """(n,) root mean squared length of the items' factor vectors."""
        return self._column("item_norm")

    @property
    def best_valid(self) -> tuple[float, int] | None:
        """Lowest held-out RMSE and its step, None when nothing was held out."""
        valid = self.valid_rmse
        if not len(valid) or np.isnan(valid).all():
            return None
        best = int(np.nanargmin(valid))
        return float(valid[best]), int(self.steps[best])

    @property
    def best_epoch(self) -> tuple[float, int] | None:
        """Lowest held-out RMSE at the end of an epoch and its step, None without any."""
        ends = (self.epochs > 0) & (self.epochs == np.round(self.epochs)) & ~np.isnan(self.valid_rmse)
        if not ends.any():
            return None
        valid = self.valid_rmse[ends]
        best = int(np.argmin(valid))
        return float(valid[best]), int(self.steps[ends][best])

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

    def to_dict(self) -> dict[str, list[Any]]:
        """For JSON: a list per column, None for what is not a finite number; `changes` where there are any."""
        now = self.so_far()
        columns: dict[str, list[Any]] = {
            name: [value if math.isfinite(value) else None for value in now._column(name).tolist()]
            for name in ALL_COLUMNS
        }
        return {**columns, "changes": [list(one) for one in now.changes]} if now.changes else columns

    @classmethod
    def from_dict(cls, columns: Mapping[str, Any]) -> History:
        """The inverse of `to_dict`; a dictionary of an older version may lack `MORE_COLUMNS`.

        Raises KeyError or ValueError for columns that are missing or of unequal length.
        """
        history = cls()
        known = COLUMNS + tuple(name for name in MORE_COLUMNS if name in columns)
        for row in zip(*(columns[name] for name in known), strict=True):
            step, *rest = (math.nan if value is None else float(value) for value in row)
            epoch, train, valid, seconds, rate, *more = rest
            history.append(int(step), epoch, train, valid, seconds, rate, *more)
        history.changes = [(int(step), str(name), float(value)) for step, name, value in columns.get("changes", ())]
        return history
