"""The clock of the live display: ticks at the screen's rate while numbers move, and collects garbage meanwhile."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from cfstudio.gui.collection import hold_collection, release_collection

YOUNG_EVERY = 36
"""Ticks between two collections of young objects."""
SWITCH_SECONDS = 0.0002
"""How long a thread may keep the interpreter while another waits; Python's 5 ms would cost the training a third."""


class FrameClock(QObject):
    """Emits `tick` once per display frame between `start` and `stop`.

    While it runs, cyclic garbage is collected here only.
    """

    tick = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._n_ticks = 0
        self._usual_switch = sys.getswitchinterval()

    @property
    def is_running(self) -> bool:
        """Whether it ticks."""
        return self._timer.isActive()

    def start(self) -> None:
        """Tick from now on."""
        if self.is_running:
            return
        hold_collection()
        sys.setswitchinterval(SWITCH_SECONDS)
        screen = QGuiApplication.primaryScreen()
        rate = screen.refreshRate() if screen is not None and screen.refreshRate() >= 30 else 60.0
        self._timer.start(int(1000 / min(rate, 120.0)))

    def stop(self) -> None:
        """Stop ticking and give collection back to Python."""
        if not self.is_running:
            return
        self._timer.stop()
        sys.setswitchinterval(self._usual_switch)
        release_collection()

    def _on_timeout(self) -> None:
        self._n_ticks += 1
        if self._n_ticks % YOUNG_EVERY == YOUNG_EVERY - 1:
            gc.collect(1)
        self.tick.emit()
