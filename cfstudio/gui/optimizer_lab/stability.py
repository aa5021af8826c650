"""The largest stable learning rate of the page shown: at once for small pages, in the background for large ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.optimizer_lab.curvature import stable_rate

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.page import Page

AT_ONCE = 200
"""Batches of an epoch up to which nobody notices the calculation."""


class Stability(QObject):
    """`found` tells that `rate` is that of the page last asked for."""

    found = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rate: float | None = None
        self.is_known = False
        self._asked: Page | None = None
        self._task: BackgroundTask[float | None] | None = None

    def ask(self, page: Page) -> None:
        """Find the limit of a page; the learning rate itself does not matter for it."""
        page = page.changed(learning_rate=1.0)
        if page == self._asked:
            return
        self._asked, self.is_known, self.rate = page, False, None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if len(page.data) / page.settings.batch_size <= AT_ONCE:
            self._take(stable_rate(page))
        else:
            work = partial(stable_rate, page)
            self._task = BackgroundTask(work, self._take, self._fail, self)
            self.found.emit()

    def _take(self, rate: float | None) -> None:
        self.rate, self.is_known, self._task = rate, True, None
        self.found.emit()

    def _fail(self, error: Exception) -> None:
        self._task = None
        raise error
