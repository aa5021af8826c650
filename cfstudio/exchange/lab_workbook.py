"""A page of the optimizer lab as a workbook with live formulas, or as CSV."""

from __future__ import annotations

import math
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from cfstudio.exchange.zip_target import ZipTarget
from cfstudio.optimizer_lab.places import TEXT_ROWS, VALUE_COLUMN, SheetPlaces
from cfstudio.optimizer_lab.settings import LabSettings
from cfstudio.optimizer_lab.text import rows_text
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet as Sheet

    from cfstudio.optimizer_lab.page import Page
    from cfstudio.optimizer_lab.worksheet import Worksheet

FORM_TITLES = {"workbook": "as in the workbook", "papers": "as in the papers"}

COLUMN_WIDTH = 13
"""Width of columns, in characters: three of them hold the longest label."""


def export_lab_workbook(worksheet: Worksheet, path: Path | str) -> str:
    """Write the epoch shown, whole, as a sheet whose every number is a formula; returns a sentence about it.

    Only points, settings and what stands above the first row are numbers. Raises DataError with a sentence if numbers
    have grown beyond all bounds or the file cannot be written; then no file is there, or the old one whole.
    """
    path, whole = Path(path), _whole(worksheet)
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import XlsxWriterException

    try:
        with (
            tempfile.TemporaryDirectory(prefix="cfstudio-") as folder,
            atomic_write(path) as file,
            ZipTarget(file, lambda: None) as target,
        ):
            workbook = Workbook(target, {"tmpdir": folder})
            workbook.set_properties({"title": _title(whole.page), "comments": "Made by CF Studio"})
            LabSheet(workbook, whole).write()
            workbook.close()
    except XlsxWriterException as error:
        raise DataError(f"{path} cannot be written: {error}.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    return f"{_title(whole.page)}, epoch {whole.epoch}: {len(whole.rows)} rows of live formulas."


def export_lab_csv(worksheet: Worksheet, path: Path | str) -> str:
    """Write the rows run so far as CSV with every digit; returns a sentence about it. Raises DataError as above."""
    path = Path(path)
    try:
        with atomic_write(path) as file:
            file.write(rows_text(worksheet).encode())
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    return f"{_title(worksheet.page)}, epoch {worksheet.epoch}: {len(worksheet.rows)} rows."


class LabSheet:
    """One page on its way into a workbook."""

    def __init__(self, workbook: Workbook, worksheet: Worksheet) -> None:
        self._worksheet, self._page = worksheet, worksheet.page
        self._places = SheetPlaces(worksheet.page)
        self._sheet: Sheet = workbook.add_worksheet(f"{self._page.method.title}, {self._page.form_name}")
        self._bold = workbook.add_format({"bold": True})
        self._heading = workbook.add_format({"bold": True, "align": "right", "bottom": 1})
        self._start = workbook.add_format({"italic": True, "bg_color": "#FFF2CC"})

    def write(self) -> None:
        """Write all cells."""
        self._write_texts()
        self._write_values()
        self._write_titles_and_start()
        for place in range(len(self._worksheet.rows)):
            self._write_row(place)
        self._write_error()
        self._sheet.set_column(0, len(self._page.columns), COLUMN_WIDTH)
        self._sheet.freeze_panes(self._places.titles_row, 2)

    def _write_texts(self) -> None:
        method, texts = self._page.method, (_title(self._page), self._page.form.explanation)
        for row, text in enumerate((*texts, f"{method.difference} ({method.source})")[:TEXT_ROWS]):
            self._sheet.write_string(row, 0, text, self._bold if row == 0 else None)

    def _write_values(self) -> None:
        values = {name: getattr(self._page.settings, name) for name in self._places.settings}
        for name, label in self._labels().items():
            row = self._places.values[name] - 1
            self._sheet.write_string(row, 0, label)
            self._sheet.write_number(row, VALUE_COLUMN, values.get(name, self._worksheet.top.get(name)), self._start)
        for name in self._page.cells:
            row = self._places.values[name] - 1
            self._sheet.write_string(row, VALUE_COLUMN + 1, "next epoch:")
            self._sheet.write_formula(
                row, VALUE_COLUMN + 2, self._places.next_value(name), None, self._worksheet.next_top()[name]
            )

    def _labels(self) -> dict[str, str]:
        """What stands in front of settings and of cells that change once an epoch, by their names."""
        labels = {one.name: one.metadata["label"] for one in fields(LabSettings) if one.name in self._places.settings}
        for name, (cell, weight) in self._page.cells.items():
            labels[name] = f"{cell.title} ({weight})" if weight else cell.title
        return labels

    def _write_titles_and_start(self) -> None:
        top = self._worksheet.top
        for place, column in enumerate(self._page.columns):
            self._sheet.write_string(self._places.titles_row - 1, place, column.title, self._heading)
            self._sheet.write_comment(self._places.titles_row - 1, place, column.words)
            name = column.name.removeprefix("new_")
            if column.name in self._page.memories or name != column.name:
                self._sheet.write_number(self._places.start_row - 1, place, top[name], self._start)
        self._sheet.write_string(self._places.start_row - 1, 0, "start")

    def _write_row(self, place: int) -> None:
        row = self._places.first_row + place - 1
        for column, value, at in zip(
            self._page.columns, self._worksheet.rows[place], range(len(self._page.columns)), strict=True
        ):
            formula = self._places.formula(column, place)
            if formula is not None:
                self._sheet.write_formula(row, at, formula, None, value)
            elif value is not None:
                self._sheet.write_number(row, at, value)

    def _write_error(self) -> None:
        row = self._places.last_row + 1
        self._sheet.write_string(row, 0, "√ Σ err²", self._bold)
        end = self._worksheet.ends[-1].root_sum_squared_error
        self._sheet.write_formula(row, self._page.names.index("err2"), self._places.root_sum_squared_error, None, end)


def _whole(worksheet: Worksheet) -> Worksheet:
    """The epoch shown with all of its rows."""
    whole = worksheet.copy()
    if not whole.is_full:
        whole.run_epochs()
    numbers = [value for row in whole.rows for value in row if value is not None]
    if not all(map(math.isfinite, [*numbers, *whole.top.values()])):
        raise DataError(
            f"{whole.page.method.title} has grown beyond all numbers in epoch {whole.epoch}; take a smaller learning "
            "rate, or go back some epochs, before you export it."
        )
    return whole


def _title(page: Page) -> str:
    return f"{page.method.title}, {FORM_TITLES[page.form_name]}"
