"""The small square at the selection's corner: dragged over cells, it fills them with what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_view import GridView


class FillHandle(QObject):
    """Handle of one grid; it follows the mouse along rows or columns, whichever is farther."""

    filled = Signal(object, object)
    """Source and target, both `CellRange`; the target holds the source."""

    def __init__(self, view: GridView) -> None:
        super().__init__(view)
        self._view = view
        self._source: CellRange | None = None
        self._target: CellRange | None = None

    def rect(self) -> QRect | None:
        """Where the square is in the viewport, None if there is none or it cannot be seen."""
        ranges = self._view.selected_ranges()
        if len(ranges) != 1 or self._view.is_whole_selected:
            return None
        x, y, width, height = self._view.rect_of(ranges[0])
        size = max(self._view.fontMetrics().height() // 2, 7)
        return QRect(x + width - size // 2 - 1, y + height - size // 2 - 1, size, size)

    def press(self, event: QMouseEvent) -> bool:
        """Take hold of the square if the mouse is on it."""
        square = self.rect()
        is_left = event.button() == Qt.MouseButton.LeftButton
        if not is_left or square is None or not square.contains(event.position().toPoint()):
            return False
        self._source = self._target = self._view.selected_ranges()[0]
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Drag; without a drag, show by the pointer that one could begin."""
        position = event.position().toPoint()
        if self._source is None:
            square = self.rect()
            is_on = square is not None and square.contains(position)
            self._view.viewport().setCursor(Qt.CursorShape.CrossCursor if is_on else Qt.CursorShape.ArrowCursor)
            return False
        self._target = self._reached(self._source, position)
        self._view.viewport().update()
        return True

    def release(self, event: QMouseEvent) -> bool:  # noqa: ARG002 - as its siblings
        """Fill."""
        if self._source is None or self._target is None:
            return False
        source, target = self._source, self._target
        self._source = self._target = None
        self._view.viewport().update()
        if target != source:
            self.filled.emit(source, target)
        return True

    def paint(self, painter: QPainter) -> None:
        """The square, and while it is dragged a dashed frame around what will be filled."""
        square = self.rect()
        if square is not None:
            painter.fillRect(square.adjusted(-1, -1, 1, 1), QColor(current_theme().base))
            painter.fillRect(square, QColor(current_theme().selection_outline))
        if self._target is not None:
            x, y, width, height = self._view.rect_of(self._target)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(current_theme().selection_outline), 2, Qt.PenStyle.DashLine))
            painter.drawRect(x, y, width - 1, height - 1)

    def _reached(self, source: CellRange, position: QPoint) -> CellRange:
        view = self._view
        row, column = view.rowAt(position.y()), view.columnAt(position.x())
        row = row if row >= 0 else (view.model().rowCount() - 1 if position.y() > 0 else 0)
        column = column if column >= 0 else (view.model().columnCount() - 1 if position.x() > 0 else 0)
        down = max(row - source.bottom, source.top - row, 0)
        across = max(column - source.right, source.left - column, 0)
        if down >= across:
            return CellRange(min(row, source.top), source.left, max(row, source.bottom), source.right)
        return CellRange(source.top, min(column, source.left), source.bottom, max(column, source.right))
