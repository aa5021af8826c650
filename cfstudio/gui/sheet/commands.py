"""What menus and shortcuts do to the selected cells: copy, cut, paste, fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.sheet.clipboard import BadCell, clipboard_block, copy_cells
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_number import parse_number

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.ratings.table import FloatArray


class SheetCommands(QObject):
    """Commands on the grid that has the focus, the ratings if none has."""

    said = Signal(str)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._sheet = sheet
        for grid in sheet.grids:
            grid.fill_handle.filled.connect(lambda source, target, grid=grid: self._drag_fill(grid, source, target))
            grid.number_delegate.fill_requested.connect(lambda text, grid=grid: self._fill_with(grid, text))

    @property
    def grid(self) -> GridView:
        """The grid that a command means."""
        focused = QApplication.focusWidget()
        return next((grid for grid in self._sheet.grids if grid is focused), self._sheet.last_grid)

    def copy(self) -> None:
        """Copy the selected cells."""
        self.said.emit(copy_cells(self.grid))

    def copy_with_headers(self) -> None:
        """Copy the selected cells with the names of their rows and columns."""
        self.said.emit(copy_cells(self.grid, with_headers=True))

    def cut(self) -> None:
        """Copy the selected cells and blank them."""
        self.copy()
        self.grid.blank_selected()

    def blank(self) -> None:
        """Blank the selected cells."""
        self.grid.blank_selected()

    def paste(self) -> None:
        """Put what is on the clipboard into the cells; a single number, or a block that fits, fills the selection."""
        grid = self.grid
        cells = grid.selected_block()
        if cells is None:
            self.said.emit("Select the cell where the pasted block shall begin.")
            return
        try:
            block = clipboard_block(grid)
        except BadCell as error:
            self._refuse(grid, cells.top + error.row, cells.left + error.column, str(error))
            return
        except Refusal as error:
            self._refuse(grid, cells.top, cells.left, str(error))
            return
        if cells.n_rows % block.shape[0] == 0 and cells.n_columns % block.shape[1] == 0:
            block = np.tile(block, (cells.n_rows // block.shape[0], cells.n_columns // block.shape[1]))
        self._put(grid, cells.top, cells.left, block, "paste")

    def fill_down(self) -> None:
        """Fill the selection with its first row; a single row with the one above it."""
        self._fill(down=True)

    def fill_right(self) -> None:
        """Fill the selection with its first column; a single column with the one at its left."""
        self._fill(down=False)

    def _fill(self, *, down: bool) -> None:
        grid = self.grid
        cells = grid.selected_block()
        if cells is None:
            self.said.emit("Select the cells to fill; they take the numbers of the first.")
            return
        if (cells.n_rows if down else cells.n_columns) == 1:
            top, left = (cells.top - 1, cells.left) if down else (cells.top, cells.left - 1)
            if min(top, left) < 0:
                self.said.emit(f"There is nothing {'above' if down else 'to the left'} to fill from.")
                return
            cells = CellRange(top, left, cells.bottom, cells.right)
        source = (
            CellRange(cells.top, cells.left, cells.top, cells.right)
            if down
            else CellRange(cells.top, cells.left, cells.bottom, cells.left)
        )
        self._drag_fill(grid, source, cells, "fill down" if down else "fill right")

    def _drag_fill(self, grid: GridView, source: CellRange, target: CellRange, what: str = "fill") -> None:
        """Repeat the source's numbers over the target, in step with it."""
        grid.about_to_edit.emit()
        block = grid.grid_model.numbers(source.rows, source.columns)
        rows = (np.arange(target.top, target.bottom + 1) - source.top) % source.n_rows
        columns = (np.arange(target.left, target.right + 1) - source.left) % source.n_columns
        self._put(grid, target.top, target.left, block[np.ix_(rows, columns)], what)

    def _fill_with(self, grid: GridView, text: str) -> None:
        """Put one typed number into all selected cells."""
        cells = grid.selected_block()
        if cells is None:
            return
        try:
            number = parse_number(text, grid.grid_model.addresses.value)
        except Refusal as error:
            self._refuse(grid, cells.top, cells.left, str(error))
            return
        block = np.full((cells.n_rows, cells.n_columns), np.nan if number is None else number)
        self._put(grid, cells.top, cells.left, block, "fill")

    def _put(self, grid: GridView, row: int, column: int, block: FloatArray, what: str) -> None:
        """Write a block and select it, or say at the cell why not."""
        model = grid.grid_model
        n_rows, n_columns = block.shape
        n_below, n_beside = model.rowCount() - row, model.columnCount() - column
        if n_rows > n_below or n_columns > n_beside:
            room = f"{n_below:,} × {n_beside:,}"
            reason = f"A block of {n_rows:,} × {n_columns:,} does not fit: from here there are {room} cells."
            self._refuse(grid, row, column, reason)
            return
        grid.about_to_edit.emit()
        noun = model.noun.removesuffix("s") if block.size == 1 else model.noun
        try:
            model.put(
                row, column, block, f"{what} {n_rows:,} × {n_columns:,} {noun}" if block.size > 1 else f"{what} {noun}"
            )
        except Refusal as error:
            bad = model.refused_in(block)
            self._refuse(grid, row + bad[0], column + bad[1], str(error))
            return
        grid.select_range(CellRange(row, column, row + n_rows - 1, column + n_columns - 1))
        self.said.emit(f"{what.capitalize()}: {n_rows:,} × {n_columns:,} {noun}. Ctrl+Z takes it back.")

    def _refuse(self, grid: GridView, row: int, column: int, reason: str) -> None:
        last_row, last_column = grid.model().rowCount() - 1, grid.model().columnCount() - 1
        grid.explain_at(min(row, last_row), min(column, last_column), reason)
        self.said.emit(reason)
