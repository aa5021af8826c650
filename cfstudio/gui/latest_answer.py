"""The answer to the last of many questions: one thread at a time, and what was asked meanwhile is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from cfstudio.gui.background_task import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class LatestAnswer(QObject, Generic[Result]):
    """Questions that live numbers pose again and again, answered off the GUI thread.

    While one is worked on, only the latest other waits. `on_result` or `on_error` is called on the GUI thread; neither
    for what was asked before `forget`, nor after the parent is gone.
    """

    def __init__(
        self, on_result: Callable[[Result], None], on_error: Callable[[Exception], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._on_result, self._on_error = on_result, on_error
        self._waiting: Callable[[], Result] | None = None
        self._is_working = False
        self._generation = 0

    @property
    def is_working(self) -> bool:
        """Whether an answer is still to come."""
        return self._is_working

    def ask(self, work: Callable[[], Result]) -> None:
        """Have this worked out, after what is being worked out now."""
        if self._is_working:
            self._waiting = work
            return
        self._is_working = True
        generation = self._generation
        app = QApplication.instance()
        assert app is not None
        # Not a child of ours: a thread outlives the panel that asked, and the collector waits for its end.
        BackgroundTask(
            work,
            lambda result: self._answer(generation, lambda: self._on_result(result)),
            lambda error: self._answer(generation, lambda: self._on_error(error)),
            app,
            is_brief=True,
        )

    def forget(self) -> None:
        """Take no notice of what has been asked so far."""
        self._generation += 1
        self._waiting = None

    def _answer(self, generation: int, tell: Callable[[], None]) -> None:
        if not shiboken6.isValid(self):
            return
        self._is_working = False
        if generation == self._generation:
            tell()
        if self._waiting is not None and not self._is_working:
            work, self._waiting = self._waiting, None
            self.ask(work)
