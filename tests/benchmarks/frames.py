"""Frames of a window: when its sheet was painted, waiting in an event loop, and a run at full speed meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from window import endless

LOOK_MS = 50
"""Between two looks whether something has come about."""
WARM_UP = 1.0
"""Seconds that are not counted."""
SETTLE, TURN = 0.1, 0.5
"""Seconds after a change that are not counted, and those that are."""


class Paints(QObject):
    """When a widget was painted, and the thread's own time then."""

    def __init__(self, widget) -> None:
        super().__init__()
        self.stamps: list[tuple[float, float]] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.stamps.append((time.perf_counter(), time.thread_time()))
        return False

    def intervals(self, begin: float, end: float = float("inf")):
        """Milliseconds between paintings and of the thread's own work for one, (n,) each."""
        return 1e3 * np.diff([one for one in self.stamps if begin <= one[0] <= end], axis=0).T


def wait(until) -> None:
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if until() else None)
    timer.start(LOOK_MS)
    loop.exec()


@dataclass
class TrainedFrames:
    """Of an unlimited run in the shown window: milliseconds between paintings of the sheet and of the window's own
    work for one, (n,) each, and steps a second."""

    intervals: np.ndarray
    work: np.ndarray
    steps_per_second: float


def start_training(window) -> None:
    """Begin an endless run at full speed, and let it warm up."""
    window.workspace.configure(endless(window.workspace.config))
    window.control.set_speed(None)
    window.actions_by_name["actionTrain"].trigger()
    wait(lambda: window.control.worker.steps_done > 0)
    begin = time.perf_counter() + WARM_UP
    wait(lambda: time.perf_counter() >= begin)


def following(window, follows: bool) -> float:
    """Steps a second in the next half second, in which the window follows the run or rests."""
    clock, worker = window.training._clock, window.control.worker
    clock.start() if follows else clock.stop()
    settled = time.perf_counter() + SETTLE
    wait(lambda: time.perf_counter() >= settled)
    first_step, begin = worker.steps_done, time.perf_counter()
    wait(lambda: time.perf_counter() >= begin + TURN)
    return (worker.steps_done - first_step) / (time.perf_counter() - begin)


def frames_while_training(window, seconds: float) -> TrainedFrames:
    """Train at full speed for so many seconds after the first, and stop."""
    paints = Paints(window.sheet.ratings_view.viewport())
    start_training(window)
    begin = time.perf_counter()
    first_step, first_time = window.control.worker.steps_done, time.perf_counter()
    wait(lambda: time.perf_counter() >= begin + seconds)
    steps_per_second = (window.control.worker.steps_done - first_step) / (time.perf_counter() - first_time)
    intervals, work = paints.intervals(begin)
    window.control.stop()
    return TrainedFrames(intervals, work, steps_per_second)
