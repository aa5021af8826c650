"""Tells somebody who leafs through the sheet from somebody who has come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

REST_MS = 60
"""Selections that follow each other faster than this are somebody leafing through."""


class Leafing(QObject):
    """Puts off work while one selection follows the other, so that the sheet does not wait for it."""

    rested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._since_moved = QElapsedTimer()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.rested)

    @property
    def is_waiting(self) -> bool:
        """Whether `rested` is about to come."""
        return self._rest.isActive()

    def move(self, *, may_wait: bool) -> None:
        """Note a selection: `rested` comes at once, or after a rest where the last one was just before and it may."""
        since_moved = self._since_moved.restart() if self._since_moved.isValid() else 2 * REST_MS
        if not self._since_moved.isValid():
            self._since_moved.start()
        if may_wait and since_moved < 2 * REST_MS:
            self._rest.start()
        else:
            self.rested.emit()

    def end(self) -> None:
        """What was put off is done."""
        self._rest.stop()
