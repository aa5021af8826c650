"""Undo of a panel's own: while the keyboard is in it, Ctrl+Z takes back what was done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cfstudio.workspace.edits import EditHistory


class PanelUndo(QObject):
    """Takes undo and redo that no widget inside the panel wanted, before the window's own actions do."""

    def __init__(self, panel: QWidget, edits: EditHistory) -> None:
        super().__init__(panel)
        self._edits = edits
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept the shortcut's announcement, then act on the key that follows."""
        if not isinstance(event, QKeyEvent):
            return bool(super().eventFilter(watched, event))
        keys = QKeySequence.StandardKey
        undoes, redoes = event.matches(keys.Undo), event.matches(keys.Redo)
        if not undoes and not redoes:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._edits.undo() if undoes else self._edits.redo()
            event.accept()
            return True
        return False
