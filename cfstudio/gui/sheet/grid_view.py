"""A `QTableView` that paints all of its visible cells at once, fast enough to follow a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QLineEdit, QTableView, QWidget

from cfstudio.gui.sheet.cell_painter import CellPainter
from cfstudio.gui.sheet.number_delegate import NumberDelegate
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_models import GridModel


class GridView(QTableView):
    """One of the sheet's grids.

    Qt keeps selection, keyboard, editors and accessibility; only `paintEvent` is replaced. All sections have the
    same size. Selecting everything is a flag of this class, since Qt's own takes seconds on a large sheet.
    """

    about_to_edit = Signal()

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid_model = model
        self._cell_painter = CellPainter()
        self._outlined: tuple[int | None, int | None] = (None, None)
        self.is_whole_selected = False
        self.setModel(model)
        delegate = NumberDelegate(self)
        delegate.about_to_edit.connect(self.about_to_edit)
        self.setItemDelegate(delegate)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def visible_rows(self) -> slice:
        """The rows that can be seen, at least partly."""
        height = self.viewport().height()
        return _visible(self.rowAt(0), self.rowAt(max(height - 1, 0)), self.model().rowCount())

    def visible_columns(self) -> slice:
        """The columns that can be seen, at least partly."""
        width = self.viewport().width()
        return _visible(self.columnAt(0), self.columnAt(max(width - 1, 0)), self.model().columnCount())

    def selected_ranges(self) -> list[QItemSelectionRange]:
        """The selected rectangles; not asked cell by cell, which takes seconds for a whole column."""
        # A list of ranges in C++ and in Python, though the type stubs do not say so.
        ranges: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        return ranges

    def refresh(self) -> None:
        """Repaint the cells; their numbers may have moved."""
        self.viewport().update()

    def outline(self, row: int | None, column: int | None) -> None:
        """Outline a whole row or column: the vectors that the selected cell is the product of."""
        if self._outlined != (row, column):
            self._outlined = (row, column)
            self.viewport().update()

    def selectAll(self) -> None:
        """Select every cell, as a flag."""
        self.clearSelection()
        self._set_whole(selected=True)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Any other selection replaces that of the whole sheet."""
        self._set_whole(selected=False)
        super().selectionChanged(selected, deselected)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go to the cell below after Return, as a spreadsheet does."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._go_down()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete blanks, Return moves down; the space bar is left to the window, which plays."""
        if event.key() == Qt.Key.Key_Delete:
            self._blank_selected()
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_down()
        else:
            super().keyPressEvent(event)

    def _go_down(self) -> None:
        below = self.model().index(self.currentIndex().row() + 1, self.currentIndex().column())
        if below.isValid():
            self.setCurrentIndex(below)

    def event(self, event: QEvent) -> bool:
        """Keep the space bar for playing: without this, Qt would start the editor on it."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.ignore()
            return False
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint all visible cells, then the selection."""
        rows, columns = self.visible_rows(), self.visible_columns()
        painter = QPainter(self.viewport())
        theme = current_theme()
        painter.fillRect(self.viewport().rect(), QColor(theme.base))
        if rows.start < rows.stop and columns.start < columns.stop:
            block = self._grid_model.block(rows, columns)
            self._cell_painter.use(theme, self.font(), self.devicePixelRatioF())
            xs, ys = self._edges(rows, columns)
            self._cell_painter.paint(painter, block, self._grid_model.ramp, xs, ys)
            self._paint_selection(painter, rows, columns)
        painter.end()

    def _edges(self, rows: slice, columns: slice) -> tuple[list[int], list[int]]:
        width, height = self.horizontalHeader().defaultSectionSize(), self.verticalHeader().defaultSectionSize()
        x, y = self.columnViewportPosition(columns.start), self.rowViewportPosition(rows.start)
        return (
            [x + i * width for i in range(columns.stop - columns.start + 1)],
            [y + i * height for i in range(rows.stop - rows.start + 1)],
        )

    def _paint_selection(self, painter: QPainter, rows: slice, columns: slice) -> None:
        theme = current_theme()
        wash = QColor(theme.highlight)
        wash.setAlpha(60)
        if self.is_whole_selected:
            painter.fillRect(self.viewport().rect(), wash)
        ranges = self.selected_ranges()
        # A single cell has its outline; a wash would hide its color.
        washed = [] if len(ranges) == 1 and ranges[0].width() == ranges[0].height() == 1 else ranges
        for part in washed:
            if part.bottom() >= rows.start and part.top() < rows.stop:
                painter.fillRect(self._rectangle(part.top(), part.left(), part.bottom(), part.right()), wash)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        row, column = self._outlined
        painter.setPen(QPen(QColor(theme.accent), 2))
        if row is not None:
            painter.drawRect(self._rectangle(row, columns.start, row, columns.stop - 1))
        if column is not None:
            painter.drawRect(self._rectangle(rows.start, column, rows.stop - 1, column))
        current = self.currentIndex()
        if current.isValid():
            painter.setPen(QPen(QColor(theme.selection_outline), 2))
            painter.drawRect(self._rectangle(current.row(), current.column(), current.row(), current.column()))

    def _rectangle(self, top: int, left: int, bottom: int, right: int) -> QRect:
        x, y = self.columnViewportPosition(left), self.rowViewportPosition(top)
        right_edge = self.columnViewportPosition(right) + self.columnWidth(right)
        bottom_edge = self.rowViewportPosition(bottom) + self.rowHeight(bottom)
        return QRect(x, y, right_edge - x - 1, bottom_edge - y - 1)

    def _blank_selected(self) -> None:
        self.about_to_edit.emit()
        if self.is_whole_selected:
            self._grid_model.blank([(slice(None), slice(None))])
            return
        parts = self.selected_ranges()
        self._grid_model.blank(
            [(slice(part.top(), part.bottom() + 1), slice(part.left(), part.right() + 1)) for part in parts]
        )

    def _set_whole(self, *, selected: bool) -> None:
        if self.is_whole_selected != selected:
            self.is_whole_selected = selected
            self.viewport().update()

    def finish_editing(self) -> None:
        """Take over what is in an open editor, and close it."""
        if self.state() != QAbstractItemView.State.EditingState:
            return
        editor, delegate = self.viewport().findChild(QLineEdit), self.itemDelegate()
        if editor is not None:
            delegate.commitData.emit(editor)
            delegate.closeEditor.emit(editor)

    def select_cell(self, row: int, column: int) -> None:
        """Make a cell current and bring it into view."""
        index = self.model().index(row, column)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)


def _visible(first: int, last: int, count: int) -> slice:
    return slice(max(first, 0), count if last < 0 else last + 1)
