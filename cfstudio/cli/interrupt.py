"""Ctrl-C as a request that long work looks at, instead of an exception anywhere inside it."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType


class Interrupt:
    """While it is entered, the first Ctrl-C only sets `requested`; a second one interrupts as usual."""

    def __init__(self) -> None:
        self.requested = False
        self._usual: Callable[[int, FrameType | None], Any] | int | None = None

    def __enter__(self) -> Self:
        # Python lets only the main thread set signal handlers.
        if threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
            self._usual = None
