"""A sweep of the learning rate in a thread: progress to look at, and a way to cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cfstudio.gui.background_task import BackgroundTask

if TYPE_CHECKING:
    from cfstudio.learning.rate_finder import RateCurve
    from cfstudio.workspace.document import Workspace

LOOK_MS = 50


class Sweep(QObject):
    """Runs `find_rate` on a copy of the document's numbers; nothing of the document changes."""

    progressed = Signal(float)
    """Part done, 0 to 1."""
    found = Signal(object)
    """A `RateCurve`, complete or cancelled."""
    failed = Signal(str)

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._task: BackgroundTask[RateCurve] | None = None
        self._part, self._is_cancelled = 0.0, False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(lambda: self.progressed.emit(self._part))

    @property
    def is_running(self) -> bool:
        """Whether the thread is at work."""
        return self._task is not None

    def start(self) -> None:
        """Begin a sweep with the present numbers and settings."""
        if self._task is not None:
            return
        workspace = self._workspace
        ratings, held_out, config = workspace.ratings, workspace.held_out, workspace.config
        start = workspace.factors.copy()
        self._part, self._is_cancelled = 0.0, False

        def progress(part: float) -> bool:
            # Called in the thread: plain attributes only.
            self._part = part
            return not self._is_cancelled

        def work() -> RateCurve:
            from cfstudio.learning.compiling import wait_until_compiled

            wait_until_compiled(config)
            from cfstudio.learning.rate_finder import find_rate

            return find_rate(ratings, held_out, start, config, progress)

        self._task = BackgroundTask(work, self._on_result, self._on_error, self)
        self._timer.start()

    def cancel(self) -> None:
        """End the sweep after the present step; what it has found is shown."""
        self._is_cancelled = True

    def forget(self) -> None:
        """End the sweep and take no notice of it: the document or its window is closing."""
        self._is_cancelled = True
        if self._task is not None:
            self._task.cancel()
            self._end()

    def _on_result(self, curve: RateCurve) -> None:
        self._end()
        self.found.emit(curve)

    def _on_error(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, (ValueError, RuntimeError)):
            raise error
        self.failed.emit(str(error))

    def _end(self) -> None:
        self._task = None
        self._timer.stop()
