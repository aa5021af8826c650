"""One page as the window runs it: the worksheet with what is drawn of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.optimizer_lab.trail import Trail, errors_of, path_of
from cfstudio.optimizer_lab.worksheet import Worksheet, rmse

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.page import Page


@dataclass
class Run:
    """A worksheet, its path over (a, b) row by row, and its errors epoch by epoch, the start as epoch 0.

    `first_epoch` is the one that began at the worksheet's first top: not 1 once numbers were edited on the way.
    """

    sheet: Worksheet
    first_epoch: int = 1
    path: Trail = field(init=False)
    errors: Trail = field(init=False)

    def __post_init__(self) -> None:
        self._record_anew()

    @property
    def page(self) -> Page:
        """What is fixed while it runs."""
        return self.sheet.page

    @property
    def start(self) -> tuple[float, float]:
        """(a, b) from which the path goes."""
        return self.sheet.first_top["a"], self.sheet.first_top["b"]

    @property
    def n_rows_since_start(self) -> int:
        """Rows that the path has gone."""
        sheet = self.sheet
        return (sheet.epoch - self.first_epoch) * len(sheet.order) + len(sheet.rows)

    @property
    def is_finite(self) -> bool:
        """Whether the weights are still numbers."""
        return bool(np.isfinite([self.sheet.a, self.sheet.b]).all())

    def copy(self) -> Run:
        """The same place, to go on from while this one is kept for undoing."""
        other = Run.__new__(Run)
        other.sheet, other.first_epoch = self.sheet.copy(), self.first_epoch
        other.path, other.errors = self.path.copy(), self.errors.copy()
        return other

    def forward(self, n_rows: int) -> None:
        """Calculate so many rows."""
        sheet = self.sheet
        while n_rows > 0:
            before = 0 if sheet.is_full else len(sheet.rows)
            n = min(n_rows, len(sheet.order) - before)
            sheet.forward(n)
            self.path.add(np.array([row[-2:] for row in sheet.rows[before:]], dtype=np.float64))
            if sheet.is_full:
                self.errors.add(errors_of(sheet.ends[-1:]))
            n_rows -= n

    def rows_to_end(self, n_epochs: int) -> int:
        """How many rows lead to the end of this epoch and of n − 1 more."""
        n = len(self.sheet.order)
        return n_epochs * n - (0 if self.sheet.is_full else len(self.sheet.rows))

    def back(self) -> bool:
        """Take the last row back; False if there is none."""
        is_done = self.sheet.back()
        if is_done:
            self._record_anew()
        return is_done

    def edited(self, page: Page, **top: float) -> Run:
        """The epoch shown with other numbers, calculated anew. Raises LabError."""
        sheet = self.sheet.edited(page, **top)
        return Run(sheet, sheet.epoch)

    def restarted(self, page: Page | None = None) -> Run:
        """From the first top again, on another page if one is given."""
        page = self.page if page is None else page
        return Run(Worksheet(page, self.sheet.first_top))

    def _record_anew(self) -> None:
        self.path, self.errors = path_of(self.sheet), Trail()
        if self.first_epoch == 1:
            self.errors.add(np.array([[0.0, rmse(self.page, *self.start)]]))
        self.errors.add(errors_of(self.sheet.ends))
