"""Copying cells as tab-separated text, as spreadsheets exchange it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QClipboard

    from cfstudio.gui.sheet.grid_view import GridView

MOST_CELLS = 1_000_000


def copy_cells(grid: GridView, clipboard: QClipboard) -> str:
    """Put the grid's selected rectangle on the clipboard, exact numbers; returns a sentence that says what was done."""
    model = grid.model()
    if grid.is_whole_selected:
        top, left, bottom, right = 0, 0, model.rowCount() - 1, model.columnCount() - 1
    else:
        parts = grid.selected_ranges()
        if not parts:
            return "Nothing is selected; select cells first."
        top, left = min(part.top() for part in parts), min(part.left() for part in parts)
        bottom, right = max(part.bottom() for part in parts), max(part.right() for part in parts)
    n_rows, n_columns = bottom - top + 1, right - left + 1
    if n_rows * n_columns > MOST_CELLS:
        return f"{n_rows:,} × {n_columns:,} cells are too many for the clipboard; select at most {MOST_CELLS:,}."
    lines = []
    for row in range(top, bottom + 1):
        numbers = (model.index(row, column).data(Qt.ItemDataRole.EditRole) for column in range(left, right + 1))
        lines.append("\t".join("" if number is None else repr(number) for number in numbers))
    clipboard.setText("\n".join(lines))
    return f"Copied {n_rows:,} × {n_columns:,} cells."
