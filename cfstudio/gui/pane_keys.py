"""F6: the keyboard goes from one part of the window to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable


class PaneKeys:
    """A round through the widgets that `panes` gives; the next is that after the one in which the focus is."""

    def __init__(self, panes: Callable[[], list[QWidget]]) -> None:
        self._panes = panes
        self._more: list[QWidget] = []

    def add(self, pane: QWidget) -> None:
        """A pane that was made later."""
        self._more.append(pane)

    def go(self, by: int) -> None:
        """Give the focus to the next visible pane, or to the one before."""
        shown = [pane for pane in [*self._panes(), *self._more] if pane.isVisible() and pane.isEnabled()]
        if not shown:
            return
        focused = QApplication.focusWidget()
        here = next((place for place, pane in enumerate(shown) if focused is not None and _holds(pane, focused)), -by)
        pane = shown[(here + by) % len(shown)]
        if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
            pane.setFocus(Qt.FocusReason.TabFocusReason)
            return
        first = next((one for one in pane.findChildren(QWidget) if takes_focus(one)), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)


def _holds(pane: QWidget, widget: QWidget) -> bool:
    return pane is widget or pane.isAncestorOf(widget)


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab would stop at a widget now."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()
