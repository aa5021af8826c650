"""What happens when the program itself goes wrong: it says so, stays open, and hands out the details."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from types import TracebackType

    from cfstudio.gui.card import Card


class Mishaps:
    """Shows exceptions that nobody caught in the card instead of letting them end the program."""

    def __init__(self, card: Card) -> None:
        self._card = card

    def install(self) -> None:
        """Take over from Python, which would only print them."""
        sys.excepthook = self.tell

    def tell(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Print the exception and say it in the window."""
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(1)
        details = "".join(traceback.format_exception(kind, error, trace))
        self._card.say(
            f"Something went wrong inside CF Studio ({kind.__name__}: {error}). What is open is still there; "
            "save it under another name to be safe.",
            "Copy details",
            lambda: QGuiApplication.clipboard().setText(details),
        )
