"""A `QTableView` that paints all of its visible cells at once, fast enough to follow a training run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QItemSelectionRange, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QLineEdit, QTableView, QWidget

from cfstudio.gui.sheet.cell_painter import CellPainter
from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.gui.sheet.fill_handle import FillHandle
from cfstudio.gui.sheet.grid_keys import GridKeys
from cfstudio.gui.sheet.grid_marks import GridMarks
from cfstudio.gui.sheet.number_delegate import NumberDelegate, explain_at
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.sheet.grid_models import GridModel

Flag = QItemSelectionModel.SelectionFlag


class GridView(QTableView):
    """One of the sheet's grids.

    Qt keeps selection, editors and accessibility; painting and the keyboard are replaced. All sections have the same
    size. Selecting everything is a flag of this class, since Qt's own takes seconds on a large sheet.
    """

    about_to_edit = Signal()
    selection_moved = Signal()
    """Other cells are selected, or another one is current."""
    focused = Signal()

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid_model = model
        self.keys = GridKeys(self)
        self.fill_handle = FillHandle(self)
        self.marks = GridMarks(self)
        self._cell_painter = CellPainter()
        self._anchor = (0, 0)
        self.is_whole_selected = False
        self.setModel(model)
        self.number_delegate = NumberDelegate(self)
        self.number_delegate.about_to_edit.connect(self.about_to_edit)
        self.number_delegate.explained.connect(self.explain_at)
        self.setItemDelegate(self.number_delegate)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.selectionModel().currentChanged.connect(self._tell_moved)

    def visible_rows(self) -> slice:
        """The rows that can be seen, at least partly."""
        height = self.viewport().height()
        return _visible(self.rowAt(0), self.rowAt(max(height - 1, 0)), self.model().rowCount())

    def visible_columns(self) -> slice:
        """The columns that can be seen, at least partly."""
        width = self.viewport().width()
        return _visible(self.columnAt(0), self.columnAt(max(width - 1, 0)), self.model().columnCount())

    def selected_ranges(self) -> list[CellRange]:
        """The selected rectangles; not asked cell by cell, which takes seconds for a whole column."""
        if self.is_whole_selected:
            return [CellRange(0, 0, self.model().rowCount() - 1, self.model().columnCount() - 1)]
        # A list of ranges in C++ and in Python, though the type stubs do not say so.
        ranges: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        return [CellRange(one.top(), one.left(), one.bottom(), one.right()) for one in ranges]

    def selected_block(self) -> CellRange | None:
        """The smallest rectangle that holds everything selected, None where nothing is."""
        block: CellRange | None = None
        for one in self.selected_ranges():
            block = one if block is None else block.around(one)
        return block

    def selected_cells(self) -> int:
        """How many cells are selected."""
        return sum(one.n_cells for one in self.selected_ranges())

    def refresh(self) -> None:
        """Repaint the cells; their numbers may have moved."""
        self.viewport().update()

    def selectAll(self) -> None:
        """Select every cell, as a flag."""
        self.clearSelection()
        self._set_whole(selected=True)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Any other selection replaces that of the whole sheet."""
        self._set_whole(selected=False)
        super().selectionChanged(selected, deselected)
        self.selection_moved.emit()

    def select_cell(self, row: int, column: int) -> None:
        """Make a cell current, select it alone, and bring it into view."""
        self._anchor = (row, column)
        index = self.model().index(row, column)
        self.selectionModel().setCurrentIndex(index, Flag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def make_current(self, row: int, column: int) -> None:
        """Make a cell current and leave the selection as it is."""
        index = self.model().index(row, column)
        self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def select_range(self, cells: CellRange) -> None:
        """Select a rectangle; the current cell stays if it lies inside, else it is the first one."""
        model = self.model()
        current = self.currentIndex()
        if not current.isValid() or not cells.contains(current.row(), current.column()):
            self.selectionModel().setCurrentIndex(model.index(cells.top, cells.left), Flag.NoUpdate)
        self._anchor = (cells.top, cells.left)
        selection = QItemSelection(model.index(cells.top, cells.left), model.index(cells.bottom, cells.right))
        self.selectionModel().select(selection, Flag.ClearAndSelect)

    def extend_to(self, row: int, column: int) -> None:
        """Select from the anchor, the cell where the selection was begun, to a cell."""
        model, (top, left) = self.model(), self._anchor
        self.selectionModel().setCurrentIndex(model.index(row, column), Flag.NoUpdate)
        self.selectionModel().select(
            QItemSelection(model.index(top, left), model.index(row, column)), Flag.ClearAndSelect
        )
        self.scrollTo(model.index(row, column), QAbstractItemView.ScrollHint.EnsureVisible)

    def moving_end(self, *, extends: bool) -> tuple[int, int]:
        """The cell that an arrow key starts from."""
        index = self.currentIndex()
        if not extends or not self.selectionModel().isSelected(index):
            self._anchor = (max(index.row(), 0), max(index.column(), 0))
        return max(index.row(), 0), max(index.column(), 0)

    def rect_of(self, cells: CellRange) -> tuple[int, int, int, int]:
        """Left, top, width and height of a rectangle of cells in the viewport, in pixels."""
        x, y = self.columnViewportPosition(cells.left), self.rowViewportPosition(cells.top)
        width, height = self.horizontalHeader().defaultSectionSize(), self.verticalHeader().defaultSectionSize()
        return x, y, cells.n_columns * width, cells.n_rows * height

    def explain_at(self, row: int, column: int, reason: str) -> None:
        """Say at a cell why something was refused there."""
        explain_at(self, row, column, reason)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go on after Return and Tab as a spreadsheet does, without opening the next editor."""
        end = QAbstractItemDelegate.EndEditHint
        super().closeEditor(editor, end.NoHint if hint in (end.EditNextItem, end.EditPreviousItem) else hint)
        refused_at, self.number_delegate.refused_at = self.number_delegate.refused_at, None
        if refused_at is not None:
            self.select_cell(*refused_at)
        elif hint == end.SubmitModelCache:
            self.keys.advance_down(back=False)
        elif hint in (end.EditNextItem, end.EditPreviousItem):
            self.keys.advance_right(back=hint == end.EditPreviousItem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a spreadsheet; the space bar alone is left to the window, which plays."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.blank_selected()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        elif self.state() == QAbstractItemView.State.EditingState or not self.keys.take(event):
            if event.key() == Qt.Key.Key_Space:
                event.ignore()
            else:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift extends from where the selection was begun; the small square at its corner fills."""
        if self.fill_handle.press(event):
            return
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and index.isValid() and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.extend_to(index.row(), index.column())
            return
        super().mousePressEvent(event)
        if is_left and index.isValid():
            self._anchor = (index.row(), index.column())
            self.keys.begin_row(index.column())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the filling along, if one is on."""
        if not self.fill_handle.move(event):
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fill what was dragged over."""
        if not self.fill_handle.release(event):
            super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that commands mean this grid from now on."""
        super().focusInEvent(event)
        self.focused.emit()

    def event(self, event: QEvent) -> bool:
        """Keep the space bar for playing and Tab for the cells: Qt would start the editor, or leave."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
                takes_lines = event.modifiers() & (
                    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
                )
                event.setAccepted(bool(takes_lines))
                return bool(takes_lines)
            if event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.keyPressEvent(event)
                return True
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint all visible cells, then the selection and what explains it."""
        rows, columns = self.visible_rows(), self.visible_columns()
        painter = QPainter(self.viewport())
        theme = current_theme()
        painter.fillRect(self.viewport().rect(), QColor(theme.base))
        if rows.start < rows.stop and columns.start < columns.stop:
            block = self.grid_model.block(rows, columns)
            self._cell_painter.use(theme, self.font(), self.devicePixelRatioF())
            xs, ys = self._edges(rows, columns)
            self._cell_painter.paint(painter, block, self.grid_model.ramp, xs, ys)
            self.marks.paint(painter, rows, columns)
        painter.end()

    def _edges(self, rows: slice, columns: slice) -> tuple[list[int], list[int]]:
        width, height = self.horizontalHeader().defaultSectionSize(), self.verticalHeader().defaultSectionSize()
        x, y = self.columnViewportPosition(columns.start), self.rowViewportPosition(rows.start)
        return (
            [x + i * width for i in range(columns.stop - columns.start + 1)],
            [y + i * height for i in range(rows.stop - rows.start + 1)],
        )

    def blank_selected(self) -> None:
        """Blank what is selected, in one edit."""
        self.about_to_edit.emit()
        self.grid_model.blank([(part.rows, part.columns) for part in self.selected_ranges()])

    def finish_editing(self) -> None:
        """Take over what is in an open editor, and close it."""
        if self.state() != QAbstractItemView.State.EditingState:
            return
        editor, delegate = self.viewport().findChild(QLineEdit), self.itemDelegate()
        if editor is not None:
            delegate.commitData.emit(editor)
            delegate.closeEditor.emit(editor)

    def _set_whole(self, *, selected: bool) -> None:
        if self.is_whole_selected != selected:
            self.is_whole_selected = selected
            self.viewport().update()
            self.selection_moved.emit()

    def _tell_moved(self) -> None:
        self.selection_moved.emit()


def _visible(first: int, last: int, count: int) -> slice:
    return slice(max(first, 0), count if last < 0 else last + 1)
