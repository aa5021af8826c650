"""Lets focused controls have the space bar, which elsewhere in the window plays and pauses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget


class SpaceKeeper(QObject):
    """Without it, somebody on the keyboard could not press a button: the window's shortcut would come first."""

    def watch(self, window: QWidget) -> None:
        """Watch over all buttons and choices that the window has now."""
        for kind in (QAbstractButton, QComboBox):
            for control in window.findChildren(kind):
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key from the shortcut before it is one."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return bool(super().eventFilter(watched, event))
