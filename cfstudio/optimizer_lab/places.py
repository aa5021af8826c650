"""Where everything stands when a page is a sheet of a workbook, and its formulas in a spreadsheet's syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.formula import PREVIOUS, Formula
from cfstudio.optimizer_lab.page import SETTING_INPUTS

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.columns import Column
    from cfstudio.optimizer_lab.page import Page

TEXT_ROWS = 3
"""Rows at the top of a sheet with the page's title, what it does, and how the two forms differ."""

VALUE_COLUMN = 3
"""Column of the settings, 0 is A; their labels reach over the columns before it."""


def letters(column: int) -> str:
    """A column's letters, 0 is A."""
    text = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        text = chr(65 + place) + text
    return text


class SheetPlaces:
    """Cells of a page's sheet: settings in D below the texts, then titles, start values, and one row per point.

    Rows of the sheet count from 1, as spreadsheets count; `place` is a row of the page and counts from 0. A cell of
    the row above the first one is a start value.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        asked = {name for column in page.columns if column.formula for name in column.formula.names}
        asked |= {name for cell, _ in page.cells.values() for name in Formula(cell.formula).names}
        self.settings = tuple(name for name in (*SETTING_INPUTS, "nudge") if name in asked)
        first = TEXT_ROWS + 2
        self.values = {name: first + place for place, name in enumerate((*self.settings, *page.cells))}
        self.titles_row = first + len(self.values) + 1
        self.start_row = self.titles_row + 1
        self.first_row = self.start_row + 1
        self.last_row = self.first_row + len(page.data) - 1
        self._letters = {name: letters(place) for place, name in enumerate(page.names)}

    def cell(self, name: str, place: int) -> str:
        """The address of a page's cell, of a setting, or of a cell that changes once an epoch."""
        if name in self.values:
            return f"${letters(VALUE_COLUMN)}${self.values[name]}"
        above = name.startswith(PREVIOUS)
        return f"{self._letters[name.removeprefix(PREVIOUS)]}{self.first_row + place - above}"

    def column(self, name: str) -> str:
        """The range of a column's cells, which stays what it is when copied."""
        letter = self._letters[name]
        return f"${letter}${self.first_row}:${letter}${self.last_row}"

    def formula(self, column: Column, place: int) -> str | None:
        """A page's cell in a spreadsheet's syntax, with "="; None where it holds data, or nothing."""
        ends_batch = self.ends_batch(place)
        if column.is_step and not ends_batch:
            return self._carried(column.name, place)
        if column.mean_of is not None:
            return self._batch_mean(column, place) if ends_batch else self._carried(column.name, place)
        if column.formula is None:
            return None
        return f"={column.formula.excel(lambda name: self.cell(name, place))}"

    def ends_batch(self, place: int) -> bool:
        """Whether a row is the last one of its batch, so that weights change there."""
        return (place + 1) % self.page.settings.batch_size == 0 or place == len(self.page.data) - 1

    def next_value(self, name: str) -> str:
        """What a cell that changes once an epoch will be in the next one, in a spreadsheet's syntax, with "="."""
        cell, weight = self.page.cells[name]
        sums = "+".join(f"SUMSQ({self.column(f'de_d{one}')})" for one in (weight or "ba"))
        mean_square = f"(({sums})/{len(self.page.data)})"
        return "=" + Formula(cell.formula).excel(
            lambda asked: mean_square if asked == "mean_square" else self.cell(asked, 0)
        )

    @property
    def root_sum_squared_error(self) -> str:
        """The workbook's measure of an epoch, with "="."""
        return f"=SQRT(SUM({self.column('err2')}))"

    def _batch_mean(self, column: Column, place: int) -> str:
        assert column.mean_of is not None
        first = place - place % self.page.settings.batch_size
        return f"=AVERAGE({self.cell(column.mean_of, first)}:{self.cell(column.mean_of, place)})"

    def _carried(self, name: str, place: int) -> str | None:
        """Inside of a batch weights and memories stay; other columns are blank."""
        if name in ("new_a", "new_b"):
            return f"={self.cell('slope' if name == 'new_a' else 'intercept', place)}"
        return f"={self.cell(PREVIOUS + name, place)}" if name in self.page.memories else None
