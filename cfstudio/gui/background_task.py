"""Work that would hold up the window, done in a thread: result or error arrive on the GUI thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

from cfstudio.gui.collection import hold_collection, release_collection

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
POLL_MS = 20


class BackgroundTask(QObject, Generic[Result]):
    """One call in a thread of its own.

    `on_result` or `on_error` is called on the GUI thread, neither after `cancel`: the thread is then left to end by
    itself, since Python cannot stop it. `is_brief` is for what is asked often and answered in a moment.
    """

    def __init__(
        self,
        work: Callable[[], Result],
        on_result: Callable[[Result], None],
        on_error: Callable[[Exception], None],
        parent: QObject,
        *,
        is_brief: bool = False,
    ) -> None:
        super().__init__(parent)
        self._work, self._on_result, self._on_error = work, on_result, on_error
        self._result: list[Result] = []
        self._error: Exception | None = None
        self._is_cancelled = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="background task")
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        hold_collection(briefly=is_brief)
        self._thread.start()
        self._timer.start(POLL_MS)

    def cancel(self) -> None:
        """Take no notice of what comes of it."""
        self._is_cancelled = True

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except Exception as error:  # handed over whole to the thread that asked
            self._error = error

    def _poll(self) -> None:
        if self._thread.is_alive():
            return
        self._timer.stop()
        release_collection()
        if not self._is_cancelled:
            if self._error is not None:
                self._on_error(self._error)
            else:
                self._on_result(self._result[0])
        self.deleteLater()
