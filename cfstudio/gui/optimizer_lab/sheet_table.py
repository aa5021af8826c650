"""The sheet: a table that paints its visible cells itself, fast enough for every frame of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.optimizer_lab.frozen_columns import N_FROZEN, FrozenColumns
from cfstudio.gui.optimizer_lab.sheet_model import SheetModel
from cfstudio.gui.optimizer_lab.sheet_painter import paint_sheet
from cfstudio.gui.sheet.number_delegate import NumberDelegate, explain_at
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
        self.frozen = FrozenColumns(self, lambda view: paint_sheet(view, model))
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
        paint_sheet(self, self._sheet_model)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a cell into view: not under the frozen columns, and those need not be brought."""
        bar = self.horizontalScrollBar()
        across = bar.value()
        super().scrollTo(index, hint)
        if index.column() < N_FROZEN:
            bar.setValue(across)
        elif bar.value():
            hidden = self.frozen.wide - self.columnViewportPosition(index.column())
            bar.setValue(bar.value() - max(hidden, 0))

    def edit(self, index: QModelIndex, *more: Any) -> Any:  # type: ignore[override] # noqa: ANN401 - Qt has two
        """Before x or y is edited, it comes out from under the frozen columns."""
        if index.column() < N_FROZEN and self.model().flags(index) & Qt.ItemFlag.ItemIsEditable:
            trigger = more[0] if more else None
            if trigger is None or trigger & self.editTriggers():
                self.horizontalScrollBar().setValue(0)
        return super().edit(index, *more)

    def _fit_columns(self) -> None:
        metrics, model = self.fontMetrics(), self._sheet_model
        margin = 2 * metrics.averageCharWidth()
        for column in range(model.columnCount()):
            title = str(model.headerData(column, Qt.Orientation.Horizontal))
            sample = "99.99999" if column < 2 else WIDEST
            self.setColumnWidth(
                column, max(metrics.horizontalAdvance(sample), metrics.horizontalAdvance(title)) + margin
            )
        self.frozen.follow()

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
