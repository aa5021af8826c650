"""The grids and the clipboard: copying with or without headers, reading what other programs have put there."""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication

from cfstudio.exchange.clipboard_text import Cell, as_html, as_tsv, read_block
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_number import parse_number

if TYPE_CHECKING:
    from cfstudio.gui.sheet.cell_range import CellRange
    from cfstudio.gui.sheet.grid_models import GridModel
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.ratings.table import FloatArray

MOST_CELLS = 1_000_000
OWN_CLIPBOARD = ("offscreen", "minimal")
"""Platforms without a screen, on which no other program sees what is copied."""


class BadCell(Refusal):
    """A pasted cell that is not taken; `row` and `column` are its place in the pasted block."""

    def __init__(self, reason: str, row: int, column: int) -> None:
        super().__init__(reason)
        self.row, self.column = row, column


def copy_cells(grid: GridView, *, with_headers: bool = False) -> str:
    """Put the grid's selected rectangle on the clipboard, exact numbers; returns a sentence that says what was done."""
    block = grid.selected_block()
    if block is None:
        return "Nothing is selected; select cells first."
    if block.n_cells > MOST_CELLS:
        return (
            f"{block.n_rows:,} × {block.n_columns:,} cells are too many for the clipboard; "
            f"select at most {MOST_CELLS:,}, or export the workbook."
        )
    rows = _rows(grid.grid_model, block, with_headers=with_headers)
    data = QMimeData()
    data.setText(as_tsv(rows))
    data.setHtml(as_html(rows))
    QGuiApplication.clipboard().setMimeData(data)
    _let_go_at_the_end()
    beside = " with headers" if with_headers else ""
    return f"Copied {block.n_rows:,} × {block.n_columns:,} cells{beside}."


@cache
def _let_go_at_the_end() -> None:
    """Where the clipboard is this process's own, Qt drops it after Python has ended, which then crashes.

    Real clipboards keep what was copied: Qt hands it over to the system, or drops it with the application.
    """
    if QGuiApplication.platformName() in OWN_CLIPBOARD:
        atexit.register(_clear)


def _clear() -> None:
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


def clipboard_block(grid: GridView) -> FloatArray:
    """The numbers on the clipboard, (n_rows, n_columns), NaN where a cell is empty.

    Raises BadCell with a sentence for a cell that is no number, Refusal if there are no cells.
    """
    # None where the program that had filled the clipboard is gone, whatever the stub says.
    data = QGuiApplication.clipboard().mimeData() or QMimeData()
    cells = read_block(data.text(), data.html() if data.hasHtml() else "")
    if not cells:
        raise Refusal("The clipboard holds no cells; copy some in a spreadsheet first.")
    block = np.full((len(cells), len(cells[0])), np.nan)
    if block.size > MOST_CELLS:
        raise Refusal(f"{block.size:,} cells are too many to paste; open the file they come from instead.")
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            try:
                number = parse_number(text, grid.grid_model.addresses)
            except Refusal as error:
                raise BadCell(str(error), row, column) from error
            if number is not None:
                block[row, column] = number
    return block


def _rows(model: GridModel, block: CellRange, *, with_headers: bool) -> list[list[Cell]]:
    numbers: list[list[Cell]] = model.numbers(block.rows, block.columns).tolist()
    if not with_headers:
        return numbers
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    columns = range(block.left, block.right + 1)
    head: list[Cell] = ["", *(str(model.headerData(column, across)) for column in columns)]
    rows = range(block.top, block.bottom + 1)
    return [head, *([str(model.headerData(row, down)), *line] for row, line in zip(rows, numbers, strict=True))]
