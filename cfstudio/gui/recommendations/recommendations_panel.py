"""The panel of recommendations for the selected user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cfstudio.explore.known_person import known_person, personal_recommendations
from cfstudio.gui.live_follower import is_in_front
from cfstudio.gui.new_person.newcomer_prior import NewcomerPrior
from cfstudio.gui.recommendations.recommended_list import RecommendedList

if TYPE_CHECKING:
    from cfstudio.explore.new_person import PersonalRecommendations
    from cfstudio.ratings.table import BoolArray, IntArray
    from cfstudio.workspace.document import Workspace

REST_MS = 60
"""Selections that follow each other faster than this are somebody leafing through."""
FEW_RATINGS = 5


class RecommendationsPanel(QWidget):
    """Follows the selected user and the training, while it is shown."""

    live_every = 30
    cell_wanted = Signal(int, int)
    """User and item codes of a cell to go to."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recommendationsPanel")
        self.setAccessibleName("Recommendations")
        self._workspace = workspace
        self._user: int | None = None
        self._priors = NewcomerPrior(workspace, self, refines=False)
        self._is_stale = True
        self.header = QLabel()
        self.header.setAccessibleName("Recommendations for")
        font = self.header.font()
        font.setWeight(font.Weight.DemiBold)
        self.header.setFont(font)
        self.header.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.list = RecommendedList("recommendationsTable", "Recommendations", "recommendations.csv")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.header)
        layout.addWidget(self.list, 1)
        self._soon = QTimer(self, singleShot=True, interval=REST_MS)
        self._soon.timeout.connect(self._renew)
        self._connect()
        self._follow_document()

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.opened.connect(self._follow_document)
        workspace.resized.connect(self._follow_ratings)
        workspace.ratings_changed.connect(self._follow_ratings)
        workspace.factors_changed.connect(self._follow_model)
        workspace.selection_changed.connect(self._follow_selection)
        self._priors.arrived.connect(self._renew)
        self.list.activated.connect(self._go_to)

    @property
    def is_waiting(self) -> bool:
        """Whether the list is about to be made anew."""
        return self._soon.isActive()

    def _follow_document(self) -> None:
        self._user = None
        self._offer(anew=True)

    def _follow_ratings(self) -> None:
        self._offer(anew=False)

    def _offer(self, *, anew: bool) -> None:
        ratings = self._workspace.ratings
        self.list.offer(ratings, ratings.counts_by_item(), anew=anew)
        self._follow_model()

    def _follow_model(self) -> None:
        self._is_stale = True
        self._soon.start()

    def _follow_selection(self) -> None:
        user = self._workspace.selection.user
        # A whole movie is selected: the user of before stays.
        if user is not None and user != self._user:
            self._user = user
            self._soon.start()

    def refresh_live(self) -> None:
        """Show what the factors recommend as they are now."""
        if self._priors.can_be_live:
            self._priors.renew_quickly()
            self._renew()

    def can_be_seen(self) -> bool:
        """Whether it is in front."""
        return is_in_front(self)

    def live_rows(self) -> tuple[IntArray, IntArray] | None:
        """All of them: any may be recommended, and the others say what a user is like."""
        ratings = self._workspace.ratings
        return (np.arange(ratings.n_users), np.arange(ratings.n_items)) if self._priors.can_be_live else None

    def _renew(self) -> None:
        self._soon.stop()
        if not self.isVisible():
            return
        workspace = self._workspace
        self._user = workspace.selection.user if self._user is None else self._user
        if self._user is None or self._user >= workspace.ratings.n_users:
            self._user = None
            self.header.setText("")
            self.list.say("Select a cell or a user in the sheet to see what is recommended to them.")
            return
        user, ratings = self._user, workspace.ratings
        self.header.setText(f"For {ratings.user_name(user)}")
        if self._is_stale:
            self._is_stale = False
            self._priors.renew()
        if self._priors.current is None:
            self.list.say("Learning what people are like…")
            return
        try:
            folded = known_person(workspace.factors, self._priors.current, ratings, user, workspace.held_out).folded
        except ValueError as error:
            self.list.say(str(error))
            return

        def ask(n: int, candidates: BoolArray, *, with_rated: bool, diversity: float) -> PersonalRecommendations:
            return personal_recommendations(
                workspace.factors, ratings, user, folded, n, candidates, with_rated=with_rated, diversity=diversity
            )

        self.list.show_for(ask, self._note(len(folded.codes)))

    def _note(self, n_rated: int) -> str:
        said = []
        if not n_rated:
            said.append("This user has no training rating: what the average one is predicted.")
        elif n_rated <= FEW_RATINGS:
            said.append(f"Only {n_rated} rating{'s' * (n_rated != 1)} of this user: mostly what the average one likes.")
        if not len(self._workspace.history):
            said.append("The model is untrained; press Space to train it.")
        return " ".join(said)

    def _go_to(self, item: int) -> None:
        if self._user is not None:
            self.cell_wanted.emit(self._user, item)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._renew()
