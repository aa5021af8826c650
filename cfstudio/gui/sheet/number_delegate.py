"""Editing of one number in a cell: plain text, checked before it is taken, refused with the reason at the cell."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

Index = QModelIndex | QPersistentModelIndex


class NumberDelegate(QStyledItemDelegate):
    """A line edit over the cell that shows the number in full."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        """The editor: as plain as a spreadsheet's."""
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
            QToolTip.showText(editor.mapToGlobal(editor.rect().bottomLeft()), reasons[-1], editor.parentWidget())
