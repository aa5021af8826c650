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
    from cfstudio.ratings.table import FloatArray, IntArray

ONE_RANGE = "Several ranges cannot be copied at once; select one rectangle of cells."


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
        self._copy(with_headers=False)

    def copy_with_headers(self) -> None:
        """Copy the selected cells with the names of their rows and columns."""
        self._copy(with_headers=True)

    def _copy(self, *, with_headers: bool) -> None:
        is_one = len(self.grid.selected_ranges()) <= 1
        self.said.emit(copy_cells(self.grid, with_headers=with_headers) if is_one else ONE_RANGE)

    def cut(self) -> None:
        """Copy the selected cells and blank them."""
        if len(self.grid.selected_ranges()) == 1:
            self.copy()
            self.grid.blank_selected()
        else:
            self.said.emit(ONE_RANGE)

    def paste(self) -> None:
        """Put what is on the clipboard into the cells; a single number, or a block that fits, fills the selection."""
        grid = self.grid
        ranges = grid.selected_ranges()
        if not ranges:
            self.said.emit("Select the cell where the pasted block shall begin.")
            return
        cells = ranges[0]
        try:
            block = clipboard_block(grid)
        except BadCell as error:
            self._refuse(grid, cells.top + error.row, cells.left + error.column, str(error))
            return
        except Refusal as error:
            self._refuse(grid, cells.top, cells.left, str(error))
            return
        if block.size == 1:
            self._fill_ranges(grid, float(block[0, 0]), "paste")
            return
        if cells.n_rows % block.shape[0] == 0 and cells.n_columns % block.shape[1] == 0:
            block = np.tile(block, (cells.n_rows // block.shape[0], cells.n_columns // block.shape[1]))
        self._put_block(grid, cells.top, cells.left, block, "paste")

    def fill_down(self) -> None:
        """Fill the selection with its first row; a single row with the one above it."""
        self._fill(down=True)

    def fill_right(self) -> None:
        """Fill the selection with its first column; a single column with the one at its left."""
        self._fill(down=False)

    def _fill(self, *, down: bool) -> None:
        grid = self.grid
        ranges = grid.selected_ranges()
        if len(ranges) != 1:
            self.said.emit("Select one rectangle of cells to fill; they take the numbers of the first.")
            return
        cells = ranges[0]
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
        block = grid.grid_model.stored(source.rows, source.columns)
        rows = (np.arange(target.top, target.bottom + 1) - source.top) % source.n_rows
        columns = (np.arange(target.left, target.right + 1) - source.left) % source.n_columns
        self._put_block(grid, target.top, target.left, block[np.ix_(rows, columns)], what)

    def _fill_with(self, grid: GridView, text: str) -> None:
        """Put one typed number into all selected cells."""
        cells = grid.selected_block()
        if cells is None:
            return
        try:
            number = parse_number(text, grid.grid_model.addresses)
        except Refusal as error:
            self._refuse(grid, cells.top, cells.left, str(error))
            return
        self._fill_ranges(grid, np.nan if number is None else number, "fill")

    def _fill_ranges(self, grid: GridView, number: float, what: str) -> None:
        """Put one number into all selected cells, and into no other."""
        ranges = grid.selected_ranges()
        if len(ranges) == 1:
            only = ranges[0]
            self._put_block(grid, only.top, only.left, np.full((only.n_rows, only.n_columns), number), what)
            return
        cells = [np.mgrid[one.rows, one.columns].reshape(2, -1) for one in ranges]
        # Ranges that overlap have cells in common.
        rows, columns = np.unique(np.concatenate(cells, axis=1), axis=1)
        noun = grid.grid_model.noun
        if self._put(grid, rows, columns, np.full(len(rows), number), f"{what} {len(rows):,} {noun}"):
            self.said.emit(f"{what.capitalize()}: {len(rows):,} {noun}. Ctrl+Z takes it back.")

    def _put_block(self, grid: GridView, row: int, column: int, block: FloatArray, what: str) -> None:
        """Write a block and select it, or say at the cell why not."""
        model = grid.grid_model
        n_rows, n_columns = block.shape
        n_below, n_beside = model.rowCount() - row, model.columnCount() - column
        if n_rows > n_below or n_columns > n_beside:
            room = f"{n_below:,} × {n_beside:,}"
            reason = f"A block of {n_rows:,} × {n_columns:,} does not fit: from here there are {room} cells."
            self._refuse(grid, row, column, reason)
            return
        noun = model.noun.removesuffix("s") if block.size == 1 else model.noun
        label = f"{what} {n_rows:,} × {n_columns:,} {noun}" if block.size > 1 else f"{what} {noun}"
        rows, columns = np.mgrid[row : row + n_rows, column : column + n_columns].reshape(2, -1)
        if self._put(grid, rows, columns, block.ravel(), label):
            grid.select_range(CellRange(row, column, row + n_rows - 1, column + n_columns - 1))
            self.said.emit(f"{what.capitalize()}: {n_rows:,} × {n_columns:,} {noun}. Ctrl+Z takes it back.")

    def _put(self, grid: GridView, rows: IntArray, columns: IntArray, values: FloatArray, label: str) -> bool:
        """Write numbers into cells; returns whether they were taken."""
        grid.about_to_edit.emit()
        try:
            grid.grid_model.put(rows, columns, values, label)
        except Refusal as error:
            bad = grid.grid_model.refused_in(values)
            self._refuse(grid, int(rows[bad]), int(columns[bad]), str(error))
            return False
        return True

    def _refuse(self, grid: GridView, row: int, column: int, reason: str) -> None:
        last_row, last_column = grid.model().rowCount() - 1, grid.model().columnCount() - 1
        grid.explain_at(min(row, last_row), min(column, last_column), reason)
        self.said.emit(reason)
