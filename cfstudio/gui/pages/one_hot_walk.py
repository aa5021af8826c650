"""Walks through a multiplication row by row, slowly enough to follow."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

STEP_MS = 250
MOST_STEPS = 40
"""Steps of a walk: through a long matrix it takes several rows at once, and ends within ten seconds."""


class OneHotWalk(QObject):
    """Counts the rows that have been multiplied."""

    stepped = Signal(int)
    """So many rows are done."""
    ended = Signal()
    """The walk has come to its end, or was stopped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._n_rows = self._n_done = 0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)

    @property
    def is_on(self) -> bool:
        """Whether it is on its way."""
        return self._timer.isActive()

    def start(self, n_rows: int) -> None:
        """Begin before the first row."""
        self._n_rows, self._n_done = n_rows, 0
        self._timer.start()
        self.stepped.emit(0)

    def step(self) -> None:
        """Do the next row, or rows."""
        self._n_done += max(1, -(-self._n_rows // MOST_STEPS))
        if self._n_done >= self._n_rows:
            self.stop()
        else:
            self.stepped.emit(self._n_done)

    def stop(self) -> None:
        """End it; everything is multiplied then."""
        if self._timer.isActive():
            self._timer.stop()
            self.ended.emit()
