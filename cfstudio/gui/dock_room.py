"""How much of the column of panels one of them gets when somebody asks for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

LINES_NEEDED = 26
"""Height in lines of text below which a panel that stands alone in its place is hard to use."""


def give_half(dock: QDockWidget) -> None:
    """Make a dock that is lower than half of the window's column of docks so high; the panels above it scroll."""
    window = _window(dock)
    if window is not None:
        center = window.centralWidget()
        _heighten(window, dock, center.height() // 2)


def give_lines(dock: QDockWidget) -> None:
    """Make a dock as high as a panel with two lists needs, where the window has twice that height."""
    window = _window(dock)
    needed = dock.fontMetrics().height() * LINES_NEEDED
    if window is not None and needed <= window.height() // 2:
        _heighten(window, dock, needed)


def _heighten(window: QMainWindow, dock: QDockWidget, height: int) -> None:
    if dock.height() < height:
        window.resizeDocks([dock], [height], Qt.Orientation.Vertical)


def _window(dock: QDockWidget) -> QMainWindow | None:
    """The window it is docked in; nothing where it floats."""
    window = dock.parentWidget()
    return window if isinstance(window, QMainWindow) and not dock.isFloating() else None
