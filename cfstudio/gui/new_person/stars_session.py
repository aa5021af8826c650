"""What a new person and a new movie share: stars by code, taking them back, following the document while seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cfstudio.gui.new_person.star_scale import StarScale
from cfstudio.gui.new_person.stars_edit import StarsEdit
from cfstudio.workspace.edits import EditHistory

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from cfstudio.workspace.document import Workspace


class StarsSession(QObject):
    """Holds the stars and their own undo; whoever derives from it says what follows from them."""

    changed = Signal()
    """Other stars, or other numbers of the model behind them."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.edits = EditHistory()
        self.trouble = ""
        """Why nothing can be predicted, a sentence; empty if it can."""
        self._rated: dict[int, float] = {}
        self._is_awake, self._is_stale = False, True
        # One change of the document tells several things at once.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._renew)

    @property
    def rated(self) -> dict[int, float]:
        """Stars by code, in the order in which they were given."""
        return dict(self._rated)

    @property
    def stars(self) -> StarScale:
        """How the document's scale is shown."""
        return StarScale(self.workspace.ratings.scale)

    def wake(self) -> None:
        """Somebody looks: keep up with the document from now on."""
        self._is_awake = True
        if self._is_stale:
            self._renew()

    def sleep(self) -> None:
        """Nobody looks any more."""
        self._is_awake = False

    def put(self, rated: dict[int, float]) -> None:
        """Have exactly these stars; for edits."""
        raise NotImplementedError

    def _renew(self) -> None:
        """Take over the document as it is now."""
        raise NotImplementedError

    def _apply(self, label: str, after: dict[int, float]) -> None:
        if after != self._rated:
            self.edits.apply(StarsEdit(self, label, self._rated, after))

    def _follow_model(self) -> None:
        self._is_stale = True
        if self._is_awake:
            self._soon.start()

    def _find_again(self, old_ids: NDArray[Any], new_ids: NDArray[Any]) -> None:
        """Codes mean others now: what was given stars is found again by its id."""
        place = {one: code for code, one in enumerate(new_ids.tolist())}
        old = old_ids.tolist()
        self._rated = {place[old[code]]: value for code, value in self._rated.items() if old[code] in place}
