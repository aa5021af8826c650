"""The keyboard of a grid, as spreadsheets have it: Ctrl+arrows, Shift to extend, Tab and Return inside a range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from cfstudio.gui.sheet.cell_range import CellRange

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.ratings.table import BoolArray

Key, Modifier = Qt.Key, Qt.KeyboardModifier

STEPS: dict[int, tuple[int, int]] = {
    Key.Key_Up: (-1, 0),
    Key.Key_Down: (1, 0),
    Key.Key_Left: (0, -1),
    Key.Key_Right: (0, 1),
}
PAGES = (Key.Key_PageUp, Key.Key_PageDown)


class GridKeys(QObject):
    """Moves the current cell and the selection of one grid."""

    left = Signal(int)
    """An arrow key, `Qt.Key`, was pressed at the edge: the grid beside may take the focus."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._view = view
        self._tab_column = 0

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key means; returns whether it means anything here."""
        key, modifiers = event.key(), event.modifiers() & ~Modifier.KeypadModifier
        ctrl, shift = bool(modifiers & Modifier.ControlModifier), bool(modifiers & Modifier.ShiftModifier)
        if key in STEPS and not modifiers & Modifier.AltModifier:
            self._step(key, ctrl=ctrl, extends=shift)
        elif key in (Key.Key_Home, Key.Key_End):
            self._go_to_end(last=key == Key.Key_End, ctrl=ctrl, extends=shift)
        elif key in PAGES and not ctrl:
            self._turn_page(
                forth=key == Key.Key_PageDown, sideways=bool(modifiers & Modifier.AltModifier), extends=shift
            )
        elif key in (Key.Key_Tab, Key.Key_Backtab) and not ctrl:
            self.advance_right(back=key == Key.Key_Backtab or shift)
        elif key in (Key.Key_Return, Key.Key_Enter) and not ctrl:
            self.advance_down(back=shift)
        elif key == Key.Key_Space and (ctrl or shift):
            self._select_lines(columns=ctrl)
        elif key == Key.Key_Escape and self._view.selected_cells() > 1:
            self._move(*self._current, extends=False)
        else:
            return False
        return True

    @property
    def _current(self) -> tuple[int, int]:
        index = self._view.currentIndex()
        return max(index.row(), 0), max(index.column(), 0)

    @property
    def _last(self) -> tuple[int, int]:
        model = self._view.model()
        return model.rowCount() - 1, model.columnCount() - 1

    def _step(self, key: int, *, ctrl: bool, extends: bool) -> None:
        (row, column), (down, right) = self._view.moving_end(extends=extends), STEPS[key]
        last_row, last_column = self._last
        if ctrl:
            row, column = self._edge_of_data(row, column, down, right)
        elif not extends and not (0 <= row + down <= last_row and 0 <= column + right <= last_column):
            self.left.emit(key)
            return
        else:
            row, column = row + down, column + right
        self._move(row, column, extends=extends)

    def _edge_of_data(self, row: int, column: int, down: int, right: int) -> tuple[int, int]:
        """Where the filled or blank cells end that begin beside this one; the sheet's edge if nothing else."""
        model = self._view.grid_model
        if right:
            return row, _edge(model.filled(row, None), column, right)
        return _edge(model.filled(None, column), row, down), column

    def _go_to_end(self, *, last: bool, ctrl: bool, extends: bool) -> None:
        row, _ = self._view.moving_end(extends=extends)
        last_row, last_column = self._last
        if ctrl:
            row = last_row if last else 0
        self._move(row, last_column if last else 0, extends=extends)

    def _turn_page(self, *, forth: bool, sideways: bool, extends: bool) -> None:
        row, column = self._view.moving_end(extends=extends)
        seen = self._view.visible_columns() if sideways else self._view.visible_rows()
        by = max(seen.stop - seen.start - 2, 1) * (1 if forth else -1)
        self._move(row + (0 if sideways else by), column + (by if sideways else 0), extends=extends)

    def _move(self, row: int, column: int, *, extends: bool) -> None:
        last_row, last_column = self._last
        row, column = min(max(row, 0), last_row), min(max(column, 0), last_column)
        if extends:
            self._view.extend_to(row, column)
        else:
            self.begin_row(column)
            self._view.select_cell(row, column)

    def begin_row(self, column: int) -> None:
        """A row is filled from this column on: Return goes back to it."""
        self._tab_column = column

    def advance_right(self, *, back: bool) -> None:
        """Tab: the next cell to the right, within the selected range where there is one."""
        if self._advance_within(back=back, by_row=True):
            return
        row, column = self._current
        tab_column = self._tab_column
        self._move(row, column + (-1 if back else 1), extends=False)
        # Return goes back to where the row was begun.
        self._tab_column = min(tab_column, column)

    def advance_down(self, *, back: bool) -> None:
        """Return: the cell below, in the column where Tab was first pressed, or within the selected range."""
        if self._advance_within(back=back, by_row=False):
            return
        row, column = self._current
        self._move(row + (-1 if back else 1), column if back else self._tab_column, extends=False)

    def _advance_within(self, *, back: bool, by_row: bool) -> bool:
        cells = self._view.selected_block()
        row, column = self._current
        if cells is None or cells.n_cells < 2 or not cells.contains(row, column):
            return False
        row, column = row - cells.top, column - cells.left
        place = row * cells.n_columns + column if by_row else column * cells.n_rows + row
        place = (place + (-1 if back else 1)) % cells.n_cells
        row, column = divmod(place, cells.n_columns) if by_row else divmod(place, cells.n_rows)[::-1]
        self._view.make_current(cells.top + row, cells.left + column)
        return True

    def _select_lines(self, *, columns: bool) -> None:
        cells = self._view.selected_block() or CellRange(*self._current, *self._current)
        last_row, last_column = self._last
        whole = (
            CellRange(0, cells.left, last_row, cells.right)
            if columns
            else CellRange(cells.top, 0, cells.bottom, last_column)
        )
        self._view.select_range(whole)


def _edge(filled: BoolArray, at: int, direction: int) -> int:
    """Where Ctrl with an arrow key stops on a line of cells, from place `at` on."""
    ahead = filled[at + 1 :] if direction > 0 else filled[:at][::-1]
    if not len(ahead):
        return at
    if filled[at] and ahead[0]:
        blanks = np.flatnonzero(~ahead)
        steps = int(blanks[0]) if len(blanks) else len(ahead)
    else:
        found = np.flatnonzero(ahead)
        steps = int(found[0]) + 1 if len(found) else len(ahead)
    return at + direction * steps
