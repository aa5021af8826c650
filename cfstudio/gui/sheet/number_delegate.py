"""Editing of one number in a cell: plain text, checked before it is taken, refused with the reason at the cell."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

Index = QModelIndex | QPersistentModelIndex


def explain_at(view: QTableView, row: int, column: int, reason: str) -> None:
    """Say at a cell why something was refused there."""
    index = view.model().index(row, column)
    view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
    below = view.viewport().mapToGlobal(view.visualRect(index).bottomLeft())
    QToolTip.showText(below, reason, view.viewport())


class NumberDelegate(QStyledItemDelegate):
    """A line edit over the cell that shows the number in full."""

    about_to_edit = Signal()
    """An editor is about to open and to take the number that is there then."""
    fill_requested = Signal(str)
    """Ctrl+Return: all selected cells shall have what was typed."""

    explained = Signal(int, int, str)
    """Row, column and reason of a number that was refused."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.refused_at: tuple[int, int] | None = None

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """The editor: as plain as a spreadsheet's."""
        self.about_to_edit.emit()
        editor = QLineEdit(parent)
        editor.setFrame(False)
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Start from the number as it is, not as it is rounded for display."""
        value = index.data(Qt.ItemDataRole.EditRole)
        assert isinstance(editor, QLineEdit)
        editor.setText("" if value is None else f"{value:.10g}")
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand the text to the model; show its reason at the cell when it refuses."""
        assert isinstance(editor, QLineEdit)
        reasons: list[str] = []
        refused = model.refused  # type: ignore[attr-defined]
        refused.connect(reasons.append)
        taken = model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)
        refused.disconnect(reasons.append)
        if not taken and reasons:
            row, column = self.refused_at = index.row(), index.column()
            # Closing the editor would hide the reason at once.
            QTimer.singleShot(0, self, lambda: self.explained.emit(row, column, reasons[-1]))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Take the number over on Return; Qt would hand the key on to the grid, which would do it again."""
        if (
            isinstance(editor, QLineEdit)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                text = editor.text()
                self.closeEditor.emit(editor, self.EndEditHint.RevertModelCache)
                self.fill_requested.emit(text)
                return True
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, self.EndEditHint.SubmitModelCache)
            return True
        return bool(super().eventFilter(editor, event))
