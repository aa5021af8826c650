"""What is drawn over a grid's cells: the selection, the current cell, and the vectors that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.ratings.table import FloatArray

WASH = 44
"""Opacity, of 255, of the color over a selected range: seen, and the numbers under it still read."""
BAR_SHARE = 0.12
"""Height of a bar in heights of a cell."""


class GridMarks:
    """The marks of one grid."""

    def __init__(self, view: GridView) -> None:
        self._view = view
        self._outlined: tuple[int | None, int | None] = (None, None)
        self._products: FloatArray | None = None

    def outline(self, row: int | None, column: int | None, products: FloatArray | None = None) -> None:
        """Outline a whole row or column: what the selected cell is made of, or what it feeds.

        `products` (n cells of that row or column) are drawn as small signed bars in its cells, NaN for none.
        """
        same = (self._products is None) == (products is None) and (
            products is None or np.array_equal(products, self._products, equal_nan=True)  # type: ignore[arg-type]
        )
        if self._outlined != (row, column) or not same:
            self._outlined, self._products = (row, column), products
            self._view.viewport().update()

    def paint(self, painter: QPainter, rows: slice, columns: slice) -> None:
        """Draw the marks that lie in the visible rows and columns."""
        seen = CellRange(rows.start, columns.start, rows.stop - 1, columns.stop - 1)
        self._paint_selection(painter, seen)
        row, column = self._outlined
        if self._products is not None:
            self._paint_bars(painter, seen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(current_theme().accent), 2))
        if row is not None:
            painter.drawRect(self._rect(CellRange(row, seen.left, row, seen.right)))
        if column is not None:
            painter.drawRect(self._rect(CellRange(seen.top, column, seen.bottom, column)))
        current = self._view.currentIndex()
        if current.isValid():
            cell = CellRange(current.row(), current.column(), current.row(), current.column())
            painter.setPen(QPen(QColor(current_theme().selection_outline), 2))
            painter.drawRect(self._rect(cell))
        self._view.fill_handle.paint(painter)

    def _paint_selection(self, painter: QPainter, seen: CellRange) -> None:
        ranges = self._view.selected_ranges()
        # A single cell has its outline; a wash would hide its color.
        if len(ranges) == 1 and ranges[0].n_cells == 1:
            return
        wash = QColor(current_theme().highlight)
        wash.setAlpha(WASH)
        for part in ranges:
            shown = CellRange(
                max(part.top, seen.top),
                max(part.left, seen.left),
                min(part.bottom, seen.bottom),
                min(part.right, seen.right),
            )
            if shown.top <= shown.bottom and shown.left <= shown.right:
                painter.fillRect(self._rect(shown), wash)
        if len(ranges) == 1:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(current_theme().selection_outline), 1))
            painter.drawRect(self._rect(ranges[0]))

    def _paint_bars(self, painter: QPainter, seen: CellRange) -> None:
        """In each outlined cell a bar from the middle, to the right for a positive product, else to the left."""
        row, column = self._outlined
        assert self._products is not None
        largest = float(np.nanmax(np.abs(self._products), initial=0.0))
        if not largest or (row is None) == (column is None):
            return
        theme = current_theme()
        positive, negative, axis = QColor(theme.train_curve), QColor(theme.valid_curve), QColor(theme.text)
        first, last = (seen.left, seen.right) if row is not None else (seen.top, seen.bottom)
        cell = (
            CellRange(row, first, row, first) if row is not None else CellRange(first, column or 0, first, column or 0)
        )
        x, y, width, height = self._view.rect_of(cell)
        step_x, step_y = (width, 0) if row is not None else (0, height)
        thick = max(int(height * BAR_SHARE), 3)
        shares = self._products[first : last + 1] / largest
        for n in np.flatnonzero(~np.isnan(shares)).tolist():
            share, middle = float(shares[n]), x + n * step_x + width // 2
            length, upper = round(abs(share) * (width // 2 - 4)), y + n * step_y + height - thick - 2
            start = middle if share > 0 else middle - length
            painter.fillRect(start, upper, max(length, 1), thick, positive if share > 0 else negative)
            painter.fillRect(middle, upper - 1, 1, thick + 2, axis)

    def _rect(self, cells: CellRange) -> QRect:
        x, y, width, height = self._view.rect_of(cells)
        return QRect(x, y, width - 1, height - 1)
