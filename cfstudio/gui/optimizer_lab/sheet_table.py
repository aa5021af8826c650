"""The sheet: a table that paints its visible cells itself, fast enough for every frame of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.optimizer_lab.sheet_model import START_ROW, SheetModel
from cfstudio.gui.sheet.number_delegate import NumberDelegate, explain_at
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDEST = "−0.000123456"
"""Six digits with all that may come before them."""


class ExactDelegate(NumberDelegate):
    """An editor that shows every digit, so that nothing is rounded by looking at it."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Start from the number as it is."""
        value = index.data(Qt.ItemDataRole.EditRole)
        assert isinstance(editor, QLineEdit)
        editor.setText("" if value is None else repr(value).removesuffix(".0"))
        editor.selectAll()


class SheetTable(CopyableTable):
    """Qt keeps selection, keyboard, editors and accessibility; only the painting of the cells is replaced."""

    about_to_edit = Signal()
    """Numbers that are being edited must not move under the editor."""

    def __init__(self, model: SheetModel, parent: QWidget | None = None) -> None:
        super().__init__("optimizer.csv", parent)
        self.setObjectName("labSheet")
        self.setAccessibleName("Worksheet, one row per point")
        self.setAccessibleDescription("Select a cell to see its formula below. x, y and start values can be edited.")
        self._sheet_model = model
        self.setModel(model)
        delegate = ExactDelegate(self)
        delegate.about_to_edit.connect(self.about_to_edit)
        delegate.explained.connect(self._explain)
        self.setItemDelegate(delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().show()
        self.verticalHeader().setHighlightSections(False)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        model.modelReset.connect(self._fit_columns)
        fit_to_zoom(self, self._fit_columns)

    def rows(self, numbers: Iterable[int] | None = None) -> list[list[object]]:
        """Titles and rows with every digit, blank where nothing was run."""
        model = self._sheet_model
        columns = range(model.columnCount())
        header: list[object] = [model.headerData(column, Qt.Orientation.Horizontal) for column in columns]
        wanted = range(model.rowCount()) if numbers is None else numbers
        values = [[model.value(row, column) for column in columns] for row in wanted]
        lines: list[list[object]] = [[None if one is None else repr(one) for one in row] for row in values]
        return [header, *lines]

    def copy_selected(self) -> None:
        """Copy the rows in which a cell is selected, the selected columns only where several cells are."""
        from cfstudio.gui.exports import copy_rows

        indexes = self.selectionModel().selectedIndexes()
        rows = sorted({one.row() for one in indexes})
        columns = sorted({one.column() for one in indexes})
        lines = self.rows(rows or None)
        if len(indexes) == 1:
            copy_rows([[lines[1][columns[0]]]])
        else:
            copy_rows([[line[column] for column in columns] for line in lines] if columns else lines)

    def _explain(self, row: int, column: int, reason: str) -> None:
        explain_at(self, row, column, reason)

    def follow(self, row: int) -> None:
        """Keep a row of the table in view while it runs."""
        if self.state() != QAbstractItemView.State.EditingState:
            bar = self.horizontalScrollBar()
            across = bar.value()
            self.scrollTo(self._sheet_model.index(row, max(self.columnAt(0), 0)))
            bar.setValue(across)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint the visible cells."""
        model, theme = self._sheet_model, current_theme()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(theme.base))
        first, last = self.rowAt(0), self.rowAt(max(self.viewport().height() - 1, 0))
        rows = range(max(first, 0), (model.rowCount() if last < 0 else last + 1))
        left, right = self.columnAt(0), self.columnAt(max(self.viewport().width() - 1, 0))
        columns = range(max(left, 0), (model.columnCount() if right < 0 else right + 1))
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
        for index in self.selectionModel().selectedIndexes():
            if index.row() in rows and index.column() in columns:
                painter.fillRect(self.visualRect(index), wash)

    def _paint_texts(self, painter: QPainter, rows: range, columns: range) -> None:
        model, theme = self._sheet_model, current_theme()
        painter.setFont(self.font())
        margin = self.fontMetrics().averageCharWidth() // 2 + 2
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        xs = [(self.columnViewportPosition(one), self.columnWidth(one) - margin, one) for one in columns]
        height = self.rowHeight(rows[0])
        calculated, editable = QColor(theme.text), QColor(theme.link)
        for row in rows:
            y = self.rowViewportPosition(row)
            for x, width, column in xs:
                text = model.text(row, column)
                if text:
                    painter.setPen(editable if row == START_ROW or column < 2 else calculated)
                    painter.drawText(x, y, width, height, flags, text)

    def _paint_lines(self, painter: QPainter, rows: range, columns: range) -> None:
        theme, width = current_theme(), self._right_of(columns[-1])
        bottom = self.rowViewportPosition(rows[-1]) + self.rowHeight(rows[-1])
        painter.setPen(QColor(theme.grid_line))
        for row in rows:
            y = self.rowViewportPosition(row) + self.rowHeight(row) - 1
            painter.drawLine(0, y, width, y)
        for column in columns:
            x = self._right_of(column) - 1
            painter.drawLine(x, 0, x, bottom)
        current = self.currentIndex()
        if current.isValid():
            painter.setPen(QPen(QColor(theme.selection_outline), 2))
            painter.drawRect(self.visualRect(current).adjusted(1, 0, -1, -1))

    def _fill(self, painter: QPainter, rect: QRect, color: str) -> None:
        painter.fillRect(rect, QColor(color))

    def _rect(self, row: int, x: int, width: int) -> QRect:
        return QRect(x, self.rowViewportPosition(row), width, self.rowHeight(row))

    def _right_of(self, column: int) -> int:
        return self.columnViewportPosition(column) + self.columnWidth(column)

    def _fit_columns(self) -> None:
        metrics, model = self.fontMetrics(), self._sheet_model
        margin = 2 * metrics.averageCharWidth()
        for column in range(model.columnCount()):
            title = str(model.headerData(column, Qt.Orientation.Horizontal))
            sample = "99.99999" if column < 2 else WIDEST
            self.setColumnWidth(
                column, max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(title)) + margin
            )

    def event(self, event: QEvent) -> bool:
        """Keep the space bar for running: without this, Qt would start the editor on it."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.ignore()
            return False
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the space bar to the window."""
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)
