"""How the worksheet's cells are painted: all visible ones at once, in the table and in its frozen columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cfstudio.gui.optimizer_lab.sheet_model import START_ROW, SheetModel
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableView


def paint_sheet(view: QTableView, model: SheetModel) -> None:
    """Paint the cells of a worksheet that a table shows."""
    _Painting(view, model).paint()


class _Painting:
    """One painting of one table."""

    def __init__(self, view: QTableView, model: SheetModel) -> None:
        self._view, self._sheet_model = view, model

    def paint(self) -> None:
        model, theme = self._sheet_model, current_theme()
        painter = QPainter(self._view.viewport())
        painter.fillRect(self._view.viewport().rect(), QColor(theme.base))
        first, last = self._view.rowAt(0), self._view.rowAt(max(self._view.viewport().height() - 1, 0))
        rows = range(max(first, 0), (model.rowCount() if last < 0 else last + 1))
        left, right = self._view.columnAt(0), self._view.columnAt(max(self._view.viewport().width() - 1, 0))
        last_shown = max(one for one in range(model.columnCount()) if not self._view.isColumnHidden(one))
        columns = range(max(left, 0), (last_shown if right < 0 else right) + 1)
        if rows and columns:
            self._paint_backgrounds(painter, rows, columns)
            self._paint_texts(painter, rows, columns)
            self._paint_lines(painter, rows, columns)
        painter.end()

    def _paint_backgrounds(self, painter: QPainter, rows: range, columns: range) -> None:
        model, theme = self._sheet_model, current_theme()
        width = self._right_of(columns[-1])
        if START_ROW in rows:
            self._fill(painter, self._rect(START_ROW, 0, width), theme.header)
        present = len(model.sheet.rows)
        if present in rows and present:
            self._fill(painter, self._rect(present, 0, width), theme.header_selected)
        wash = QColor(theme.highlight)
        wash.setAlpha(60)
        for index in self._view.selectionModel().selectedIndexes():
            if index.row() in rows and index.column() in columns:
                painter.fillRect(self._view.visualRect(index), wash)

    def _paint_texts(self, painter: QPainter, rows: range, columns: range) -> None:
        model, theme = self._sheet_model, current_theme()
        painter.setFont(self._view.font())
        margin = self._view.fontMetrics().averageCharWidth() // 2 + 2
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        xs = [(self._view.columnViewportPosition(one), self._view.columnWidth(one) - margin, one) for one in columns]
        height = self._view.rowHeight(rows[0])
        calculated, editable = QColor(theme.text), QColor(theme.link)
        for row in rows:
            y = self._view.rowViewportPosition(row)
            for x, width, column in xs:
                text = model.text(row, column)
                if text:
                    painter.setPen(editable if row == START_ROW or column < 2 else calculated)
                    painter.drawText(x, y, width, height, flags, text)

    def _paint_lines(self, painter: QPainter, rows: range, columns: range) -> None:
        theme, width = current_theme(), self._right_of(columns[-1])
        bottom = self._view.rowViewportPosition(rows[-1]) + self._view.rowHeight(rows[-1])
        painter.setPen(QColor(theme.grid_line))
        for row in rows:
            y = self._view.rowViewportPosition(row) + self._view.rowHeight(row) - 1
            painter.drawLine(0, y, width, y)
        for column in columns:
            x = self._right_of(column) - 1
            painter.drawLine(x, 0, x, bottom)
        current = self._view.currentIndex()
        if current.isValid():
            painter.setPen(QPen(QColor(theme.selection_outline), 2))
            painter.drawRect(self._view.visualRect(current).adjusted(1, 0, -1, -1))

    def _fill(self, painter: QPainter, rect: QRect, color: str) -> None:
        painter.fillRect(rect, QColor(color))

    def _rect(self, row: int, x: int, width: int) -> QRect:
        return QRect(x, self._view.rowViewportPosition(row), width, self._view.rowHeight(row))

    def _right_of(self, column: int) -> int:
        return self._view.columnViewportPosition(column) + self._view.columnWidth(column)
