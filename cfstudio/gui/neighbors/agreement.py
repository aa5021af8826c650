"""The plain correlation of ratings beside the model's likeness, worked out in a thread and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cfstudio.explore.co_rating import co_rating
from cfstudio.gui.latest_answer import LatestAnswer

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

Found = tuple["Side", int, "FloatArray"]
LATER_MS = 40
"""The list is painted first, and nothing is asked for somebody who leafs through the sheet."""


class Agreement(QObject):
    """Knows the correlations with the last one asked about; asks for those of another."""

    arrived = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._found: Found | None = None
        self._wanted: tuple[Side, int] | None = None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._ask)
        self._answer: LatestAnswer[Found] = LatestAnswer(self._take, lambda _error: None, self)

    @property
    def is_waiting(self) -> bool:
        """Whether correlations are on their way."""
        return self._later.isActive() or self._answer.is_working

    def forget(self) -> None:
        """Ratings changed, or all is another document's."""
        self._answer.forget()
        self._later.stop()
        self._found = self._wanted = None

    def of_all(self, side: Side, code: int | None) -> FloatArray | None:
        """(n,) correlations with everybody, None as long as they are not there, or for several at once."""
        if code is None:
            return None
        if self._found is not None and self._found[:2] == (side, code):
            return self._found[2]
        if self._wanted != (side, code):
            self._wanted = side, code
            self._later.start()
        return None

    def _ask(self) -> None:
        if self._wanted is None:
            return
        (side, code), ratings, held_out = self._wanted, self._workspace.ratings, self._workspace.held_out
        self._answer.ask(lambda: (side, code, co_rating(ratings, code, side, held_out).correlations))

    def _take(self, found: Found) -> None:
        self._found = found
        if self._wanted == found[:2]:
            self.arrived.emit()
