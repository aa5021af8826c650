"""Making a real user of somebody new, then training the model with it and comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cfstudio.explore.neighbors import default_min_ratings
from cfstudio.gui.new_person.retraining import Comparison, Kept, compare
from cfstudio.workspace.newcomers import with_kept_user

if TYPE_CHECKING:
    from cfstudio.gui.live_display import LiveDisplay
    from cfstudio.gui.new_person.person_session import PersonSession
    from cfstudio.workspace.training_control import TrainingControl


class Keeping(QObject):
    """Keeps the person of a session; `compared` comes when a training that was started here has ended."""

    said = Signal(str)
    changed = Signal()
    """There is, or is no longer, somebody kept whom a training could be about."""
    compared = Signal(object)

    def __init__(
        self, session: PersonSession, control: TrainingControl, training: LiveDisplay, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._control, self._training = session, control, training
        self._workspace = session.workspace
        self._kept: Kept | None = None
        self._is_waiting = False
        training.finished.connect(self._on_finished)
        self._workspace.opened.connect(self._forget)
        self._workspace.resized.connect(self._follow_users)

    @property
    def can_retrain(self) -> bool:
        """Whether the one kept is still in the document."""
        return self._kept is not None and self._kept.user(self._workspace) is not None

    def keep(self) -> None:
        """Put the person into the sheet's last row, ratings and factors."""
        # A run comes to rest first: numbers are then the document's, and those of the person fit them.
        self._workspace.about_to_change.emit()
        self._session.renew_now()
        person = self._session.person
        if person is None or not person.rated:
            self.said.emit("There is nobody to keep yet; give some stars first.")
            return
        rated, predictions = person.rated, person.folded.predictions.copy()
        numbers = person.numbers_for_model()
        self._workspace.exchange_contents(
            "keep you as a user", lambda contents: with_kept_user(contents, rated, numbers)
        )
        ratings = self._workspace.ratings
        user = ratings.n_users - 1
        self._kept = Kept(ratings.user_ids[user], predictions)
        self._workspace.select(user=user)
        n = len(rated)
        self.said.emit(
            f"You are {ratings.user_name(user)} now, in the sheet's last row, with {n} rating{'s' * (n != 1)} and the "
            "factors found here. Ctrl+Z in the sheet takes it back."
        )
        self.changed.emit()

    def retrain(self) -> None:
        """Train the whole model anew from its start, with the new user in it."""
        if not self.can_retrain:
            self.said.emit("Keep yourself as a real user first; then the model can be trained with your ratings.")
            return
        self._training.reset()
        self._is_waiting = True
        self._training.toggle()
        self.said.emit("Training from the start with your ratings; the comparison comes at its end.")

    def _on_finished(self) -> None:
        if not self._is_waiting or self._kept is None:
            return
        self._is_waiting = False
        user = self._kept.user(self._workspace)
        if user is None:
            return
        counts = self._workspace.ratings.counts_by_item()
        enough = counts >= default_min_ratings(self._workspace.ratings.n_users)
        found: Comparison = compare(self._workspace, self._kept, user, enough)
        self.compared.emit(found)

    def _follow_users(self) -> None:
        self.changed.emit()

    def _forget(self) -> None:
        self._kept, self._is_waiting = None, False
        self.changed.emit()
