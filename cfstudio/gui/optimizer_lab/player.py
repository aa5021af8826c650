"""Running on its own: rows at a chosen speed, or as many as fit between two frames."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cfstudio.gui.frame_clock import FrameClock

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET = 0.003
"""Seconds of a frame for calculating at full speed; the rest is for drawing."""
MOST_LAG = 0.25
"""Seconds that are made up for after a stall."""


class Player(QObject):
    """Calls `advance(n)` once a frame while it runs; it ends when `advance` returns False."""

    running_changed = Signal(bool)
    ticked = Signal()
    """A frame's rows are calculated: draw now."""

    def __init__(self, advance: Callable[[int], bool], parent: QObject, at_once: int = 64) -> None:
        """`at_once` are the rows between two looks at the clock."""
        super().__init__(parent)
        self._at_once = at_once
        self._advance = advance
        self._clock = FrameClock(self)
        self._clock.tick.connect(self._tick)
        self._last, self._owed = 0.0, 0.0
        self.speed: float | None = 30.0
        """Rows a second, None for full speed."""

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._clock.is_running

    def start(self) -> None:
        """Run from now on; at a slow speed the first row comes at once."""
        if not self.is_running:
            self._last, self._owed = perf_counter(), 1.0
            self._clock.start()
            self.running_changed.emit(True)

    def pause(self) -> None:
        """Stay where it is."""
        if self.is_running:
            self._clock.stop()
            self.running_changed.emit(False)

    def toggle(self) -> None:
        """Run or pause."""
        if self.is_running:
            self.pause()
        else:
            self.start()

    def _tick(self) -> None:
        now = perf_counter()
        passed, self._last = min(now - self._last, MOST_LAG), now
        if self.speed is None:
            goes_on = self._fill_frame(now + BUDGET)
        else:
            self._owed += passed * self.speed
            n_rows = int(self._owed)
            self._owed -= n_rows
            goes_on = self._fill_frame(now + 2 * BUDGET, n_rows) if n_rows else True
        if not goes_on:
            self.pause()
        self.ticked.emit()

    def _fill_frame(self, end: float, n_rows: int | None = None) -> bool:
        """So many rows, or as many as can be calculated until then."""
        left = self._at_once if n_rows is None else n_rows
        while left > 0:
            n = min(left, self._at_once)
            if not self._advance(n):
                return False
            if perf_counter() >= end:
                break
            left = self._at_once if n_rows is None else left - n
        return True
