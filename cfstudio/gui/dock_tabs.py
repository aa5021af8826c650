"""The tabs of docks that lie behind one another: Qt makes their bars by itself."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QWidget


def dress_dock_tabs(window: QWidget) -> None:
    """Give the bars of a window's docks a name for screen readers, and their tabs whole names.

    At a large zoom Qt would shorten them to letters; arrows and the wheel lead to those that there is no room for.
    """
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        # At the window's end some are on their way out.
        if shiboken6.isValid(bar) and bar.elideMode() != Qt.TextElideMode.ElideNone:
            bar.setAccessibleName("Panels")
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
