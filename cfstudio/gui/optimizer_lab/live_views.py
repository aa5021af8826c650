"""Who is drawn when: everything at once while nothing runs, one after the other while rows fly by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    View = tuple[QWidget, Callable[[], object]]

AT_ONCE = 2
"""Views drawn in one frame of a run; the others come in the next ones."""


class LiveViews(QObject):
    """Views with what redraws them; those that cannot be seen are left out."""

    def __init__(self, views: Sequence[View], is_running: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._views, self._is_running = list(views), is_running
        self._pending: list[View] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.draw_all)

    def mark(self) -> None:
        """Numbers have moved: all views are behind."""
        waiting = {id(view) for view in self._pending}
        self._pending += [view for view in self._views if id(view) not in waiting]
        if not self._is_running():
            self._soon.start()

    def draw_next(self) -> None:
        """Draw the views that have waited longest; call it once a frame."""
        n_drawn = 0
        while self._pending and n_drawn < AT_ONCE:
            widget, draw = self._pending.pop(0)
            if widget.isVisible():
                draw()
                n_drawn += 1

    def draw_all(self) -> None:
        """Draw all that is behind."""
        pending, self._pending = self._pending, []
        for widget, draw in pending:
            if widget.isVisible():
                draw()
