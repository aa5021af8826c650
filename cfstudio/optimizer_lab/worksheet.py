"""A page that runs: its rows so far, one row on, one row back, epochs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.optimizer_lab.epoch import ERR2, RowMaker, next_top
from cfstudio.optimizer_lab.errors import LabError

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.page import Page, Row, Top


@dataclass(frozen=True)
class EpochEnd:
    """Where an epoch ended.

    `rmse` is of the line at the end over all points; `root_sum_squared_error` is what the workbook shows: the root of
    the summed squared errors of the rows, each with the line as it was at that row.
    """

    epoch: int
    a: float
    b: float
    rmse: float
    root_sum_squared_error: float


class Worksheet:
    """The rows of the present epoch of a page, and the epochs before it.

    Same page and same top give the same rows, so that a step back needs no memory of rows; `copy` is what an undo
    keeps. `epoch` counts from 1 and is that of the rows shown; `order` says which point each row belongs to.
    """

    def __init__(self, page: Page, top: Top | None = None) -> None:
        self.page = page
        self.epoch = 1
        self.rows: list[Row] = []
        self.ends: list[EpochEnd] = []
        self._tops: list[Top] = [page.default_top() if top is None else page.top(**top)]
        self._maker, self.order = self._new_maker()

    @property
    def top(self) -> Top:
        """What stands above the first row."""
        return self._tops[-1]

    @property
    def first_top(self) -> Top:
        """What stood above the first row of the first epoch that can be gone back to."""
        return self._tops[0]

    @property
    def a(self) -> float:
        """The slope after the last row."""
        return self.top["a"] if not self.rows else self.rows[-1][-2]  # type: ignore[return-value]

    @property
    def b(self) -> float:
        """The intercept after the last row."""
        return self.top["b"] if not self.rows else self.rows[-1][-1]  # type: ignore[return-value]

    @property
    def is_full(self) -> bool:
        """Whether the epoch is complete."""
        return len(self.rows) == len(self.order)

    @property
    def n_rows_run(self) -> int:
        """Rows since the start."""
        return (self.epoch - 1) * len(self.order) + len(self.rows)

    def forward(self, n: int = 1) -> None:
        """Calculate n more rows; after an epoch's last one its weights and averages go to the top."""
        while n > 0:
            if self.is_full:
                self._turn_over()
            before = len(self.rows)
            self._maker.extend(self.rows, n)
            n -= len(self.rows) - before
            if self.is_full:
                self.ends.append(self._end())

    def run_epochs(self, n: int = 1) -> None:
        """Run to the end of the epoch, and n − 1 epochs more; a complete epoch is followed by the next."""
        for _ in range(n):
            self.forward(len(self.order) - (0 if self.is_full else len(self.rows)))

    def back(self) -> bool:
        """Take the last row back, across epochs as far as they were run with this page; False if there is none."""
        if not self.rows:
            return False
        if self.is_full:
            self.ends.pop()
        self.rows.pop()
        if not self.rows and len(self._tops) > 1:
            self._tops.pop()
            self.epoch -= 1
            self._maker, self.order = self._new_maker()
            self._maker.extend(self.rows, len(self.order))
        return True

    def next_top(self) -> Top:
        """What will stand above the first row of the next epoch, once this one is complete."""
        return next_top(self.page, self.top, self.rows)

    def copy(self) -> Worksheet:
        """The same place in the same page, to come back to."""
        other = Worksheet(self.page, self.top)
        other.epoch, other._tops = self.epoch, list(self._tops)
        other.rows, other.ends = list(self.rows), list(self.ends)
        other._maker, other.order = other._new_maker()
        return other

    def edited(self, page: Page, **top: float) -> Worksheet:
        """The epoch shown on another page, or with other numbers at its top: as many rows, calculated anew.

        As in a spreadsheet the epochs before are numbers no more; one row back stops at this epoch's top. Raises
        LabError if a number at the top is not finite.
        """
        for name, value in top.items():
            if not np.isfinite(value):
                raise LabError(f"The start of {name} must be a finite number, not {value}.")
        other = Worksheet(page, self.top | top)
        other.epoch = self.epoch
        other._maker, other.order = other._new_maker()
        other.ends = [replace(one) for one in self.ends if one.epoch < self.epoch]
        other._maker.extend(other.rows, min(len(self.rows), len(other.order)))
        if other.is_full:
            other.ends.append(other._end())
        return other

    def cell(self, row: int, name: str) -> float | None:
        """The number in a row, counted from 0, under the column of that name."""
        return self.rows[row][self.page.names.index(name)]

    def _turn_over(self) -> None:
        self._tops.append(self.next_top())
        self.epoch += 1
        self.rows = []
        self._maker, self.order = self._new_maker()

    def _new_maker(self) -> tuple[RowMaker, list[int]]:
        order = self.page.order(self.epoch)
        return RowMaker(self.page, self.top, order), order

    def _end(self) -> EpochEnd:
        total = sum(row[ERR2] for row in self.rows)  # type: ignore[misc]  # this column always has numbers
        return EpochEnd(self.epoch, self.a, self.b, rmse(self.page, self.a, self.b), float(total) ** 0.5)


def rmse(page: Page, a: float, b: float) -> float:
    """Root of the mean squared error of a line over all points of a page; inf where it grew beyond all bounds."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = a * page.data.x + b - page.data.y
        mean = float(error @ error) / len(error)
    return mean**0.5 if np.isfinite(mean) else float("inf")
