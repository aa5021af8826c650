"""You: the stars that somebody at the window gives, what follows from them, and taking them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.new_person import NewPerson
from cfstudio.gui.new_person.newcomer_prior import NewcomerPrior
from cfstudio.gui.new_person.stars_edit import with_stars
from cfstudio.gui.new_person.stars_session import StarsSession

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace


class PersonSession(StarsSession):
    """Ratings of somebody new, folded into the document's model at every change."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(workspace, parent)
        self.prior = NewcomerPrior(workspace, self)
        self._person: NewPerson | None = None
        self._counts: IntArray | None = None
        self.prior.arrived.connect(self._take_prior)
        workspace.opened.connect(self._start_over)
        workspace.resized.connect(self._follow_resize)
        workspace.ratings_changed.connect(self._follow_ratings)
        workspace.factors_changed.connect(self._follow_model)
        workspace.model_changed.connect(self._follow_model)
        self._ids = workspace.ratings.item_table.ids

    @property
    def person(self) -> NewPerson | None:
        """The ratings with what follows from them, None where nothing does; `trouble` says why."""
        return self._person

    @property
    def counts(self) -> IntArray:
        """(n_items,) ratings of each item."""
        if self._counts is None:
            self._counts = self.workspace.ratings.counts_by_item()
        return self._counts

    def predictions(self) -> FloatArray | None:
        """(n_items,) what the model says this person would give."""
        return None if self._person is None else self._person.folded.predictions

    @property
    def is_waiting(self) -> bool:
        """Whether something better is about to come."""
        return self._soon.isActive() or self.prior.is_refining

    def rate(self, code: int, value: float | None) -> None:
        """Give an item stars, or take them back."""
        title = str(self.workspace.ratings.item_table.titles[code])
        after = with_stars(self._rated, code, value)
        self._apply(f"{title} blanked" if value is None else f"{title} {value:g}", after)

    def rate_many(self, rated: dict[int, float], label: str) -> None:
        """Give many at once, one step to take back."""
        self._apply(label, {**self._rated, **rated})

    def clear(self) -> None:
        """Take all stars back."""
        self._apply("all stars taken back", {})

    def put(self, rated: dict[int, float]) -> None:
        """Have exactly these ratings; for edits."""
        self._rated = dict(rated)
        if self._person is not None:
            self._person.replace_ratings(self._rated)
            self._look_for_trouble()
        self.changed.emit()

    def refresh_live(self) -> None:
        """By the factors as they are in the middle of a run."""
        if self._is_awake and self.prior.can_be_live:
            self.prior.renew_quickly()
            self._fold_in()
            self.changed.emit()

    def renew_now(self) -> None:
        """Catch up with the document, if it changed, without waiting for the window to come to rest."""
        if self._soon.isActive() or self._is_stale:
            self._renew()

    def _renew(self) -> None:
        self._soon.stop()
        self._is_stale = False
        self.prior.renew()
        self._fold_in()
        self.changed.emit()

    def _take_prior(self) -> None:
        self._fold_in()
        self.changed.emit()

    def _fold_in(self) -> None:
        self._person, self.trouble = None, ""
        if self.prior.current is None:
            return
        try:
            self._person = NewPerson(self.workspace.factors, self.prior.current, self._rated)
        except ValueError as error:
            self.trouble = str(error)
            return
        self._look_for_trouble()

    def _look_for_trouble(self) -> None:
        assert self._person is not None
        self.trouble = ""
        try:
            _ = self._person.folded
        except ValueError as error:
            self.trouble, self._person = str(error), None

    def _follow_ratings(self) -> None:
        self._counts = None
        self._follow_model()

    def _follow_resize(self) -> None:
        """Codes may mean other items now; what was rated is found again by its id."""
        if np.array_equal(self._ids, self.workspace.ratings.item_table.ids):
            return
        self._find_again(self._ids, self.workspace.ratings.item_table.ids)
        self._ids, self._counts = self.workspace.ratings.item_table.ids, None
        self._person = None
        self.prior.forget()
        self.edits.clear()
        self._is_stale = True
        # The document tells next that factors and ratings changed; then everything is renewed.

    def _start_over(self) -> None:
        self._rated, self._person, self._counts = {}, None, None
        self._ids = self.workspace.ratings.item_table.ids
        self.prior.forget()
        self.edits.clear()
        self._follow_model()
