"""How much of the column of panels one of them gets when somebody asks for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from cfstudio.gui.live_follower import is_in_front

LINES_NEEDED = 26
"""Height in lines of text below which a panel that stands alone in its place is hard to use."""


def give_half(dock: QDockWidget) -> None:
    """Make a dock that is lower than half of the window's column of docks so high; the panels above it scroll."""
    window = _window(dock)
    if window is not None:
        # As high as the column of docks, unlike the window itself.
        center = window.centralWidget() or window
        _heighten(window, dock, center.height() // 2)


def give_lines(dock: QDockWidget) -> None:
    """Make a dock as high as a panel with two lists needs, where the window has twice that height."""
    window = _window(dock)
    needed = dock.fontMetrics().height() * LINES_NEEDED
    if window is not None and needed <= window.height() // 2:
        _heighten(window, dock, needed)


def _heighten(window: QMainWindow, dock: QDockWidget, height: int) -> None:
    """Qt keeps to a height only where it is told those of the docks above and below as well."""
    if dock.height() >= height:
        return
    area, middle = window.dockWidgetArea(dock), dock.geometry().center().x()
    others = [
        one
        for one in window.findChildren(QDockWidget)
        if one is not dock
        and is_in_front(one)
        and window.dockWidgetArea(one) == area
        and one.geometry().left() <= middle <= one.geometry().right()
    ]
    above = sum(one.height() for one in others)
    part = (above + dock.height() - height) / max(1, above)
    heights = [height, *(round(one.height() * part) for one in others)]
    window.resizeDocks([dock, *others], heights, Qt.Orientation.Vertical)


def _window(dock: QDockWidget) -> QMainWindow | None:
    """The window it is docked in; nothing where it floats."""
    window = dock.parentWidget()
    return window if isinstance(window, QMainWindow) and not dock.isFloating() else None
