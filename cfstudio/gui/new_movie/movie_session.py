"""A new movie in the making: genres, year, ratings by users, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.fold_in import Folded, fold_in
from cfstudio.explore.known_side import KnownSide
from cfstudio.explore.neighbors import FactorIndex, Neighbors
from cfstudio.explore.new_movie import FeatureModel, fit_feature_model
from cfstudio.explore.prior import Prior, plain_prior
from cfstudio.gui.latest_answer import LatestAnswer
from cfstudio.gui.new_person.stars_edit import with_stars
from cfstudio.gui.new_person.stars_session import StarsSession

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace


@dataclass(frozen=True)
class Learned:
    """What the rated movies say of a new one: by its features, or of any where the data set knows no features."""

    known: KnownSide
    features: FeatureModel | None
    rows: FloatArray | None
    """(n_items, n_features) of the movies there are."""
    plain: Prior

    def prior(self, genres: tuple[str, ...], year: int) -> Prior:
        """What is known before the first rating."""
        return self.plain if self.features is None else self.features.prior(genres, year)


class MovieSession(StarsSession):
    """Folds the movie in at every change; the stars are by user code."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(workspace, parent)
        self.genres: tuple[str, ...] = ()
        self.year = 0
        self._learned: Learned | None = None
        self._folded: Folded | None = None
        self._answer: LatestAnswer[Learned] = LatestAnswer(self._take, self._fail, self)
        self._is_learning = False
        self._user_ids = workspace.ratings.user_ids
        workspace.opened.connect(self._start_over)
        workspace.resized.connect(self._follow_resize)
        workspace.ratings_changed.connect(self._follow_model)
        workspace.factors_changed.connect(self._follow_model)

    @property
    def folded(self) -> Folded | None:
        """The movie's numbers and predictions for all users, None while nothing is known."""
        return self._folded

    @property
    def is_waiting(self) -> bool:
        """Whether genres and years are still being learned."""
        return self._soon.isActive() or self._is_learning

    @property
    def knows_features(self) -> bool:
        """Whether genres and year say anything."""
        return self._learned is not None and self._learned.features is not None

    def describe(self, genres: tuple[str, ...], year: int) -> None:
        """Say what kind of movie it is; year 0 where unknown."""
        self.genres, self.year = genres, year
        self._fold_in()

    def rate(self, user: int, value: float | None) -> None:
        """Let a user rate it, or take the rating back."""
        name = self.workspace.ratings.user_name(user)
        after = with_stars(self._rated, user, value)
        self._apply(f"{name} blanked" if value is None else f"{name} {value:g}", after)

    def clear(self) -> None:
        """Take all ratings back."""
        self._apply("all ratings taken back", {})

    def put(self, rated: dict[int, float]) -> None:
        """Have exactly these ratings; for edits."""
        self._rated = dict(rated)
        self._fold_in()

    def nearest(self, k: int, candidates: BoolArray) -> Neighbors | None:
        """The movies most like it: by genres and year, by its factors once there are ratings."""
        learned, folded = self._learned, self._folded
        if learned is None or folded is None:
            return None
        factors = folded.known.model.item_factors
        if not self._rated and learned.features is not None and learned.rows is not None:
            row = learned.features.features.row(self.genres, self.year)
            return learned.features.nearest(learned.rows, row, k, candidates)
        everything = np.vstack((factors.astype(np.float64), folded.factors[None, :]))
        return FactorIndex(everything).nearest(len(factors), k, np.append(candidates, False))

    def _renew(self) -> None:
        self._soon.stop()
        self._is_stale = False
        self._answer.forget()
        workspace = self.workspace
        model, ratings, held_out = workspace.factors.copy(), workspace.ratings, workspace.held_out.copy()

        def work() -> Learned:
            known, plain = KnownSide.for_newcomer(model, "item"), plain_prior(model, "item", ratings, held_out)
            try:
                features = fit_feature_model(model, ratings, held_out)
            except ValueError:  # neither genres nor years, or nothing to learn them from
                return Learned(known, None, None, plain)
            return Learned(known, features, features.features.columns(ratings.item_table), plain)

        self._is_learning = True
        self._answer.ask(work)

    def _take(self, learned: Learned) -> None:
        self._is_learning, self._learned = False, learned
        self._fold_in()

    def _fail(self, error: Exception) -> None:
        self._is_learning, self._learned = False, None
        if not isinstance(error, (ValueError, IndexError)):
            raise error
        self._folded, self.trouble = None, str(error)
        self.changed.emit()

    def _fold_in(self) -> None:
        self._folded, self.trouble = None, ""
        learned = self._learned
        if learned is not None and len(learned.known.columns) == self.workspace.ratings.n_users:
            codes: IntArray = np.fromiter(self._rated, dtype=np.int64, count=len(self._rated))
            values = np.fromiter(self._rated.values(), dtype=np.float64, count=len(self._rated))
            try:
                self._folded = fold_in(learned.known, learned.prior(self.genres, self.year), codes, values)
            except ValueError as error:
                self.trouble = str(error)
        self.changed.emit()

    def _follow_resize(self) -> None:
        """Codes may mean other users now."""
        ids = self.workspace.ratings.user_ids
        if not np.array_equal(self._user_ids, ids):
            self._find_again(self._user_ids, ids)
            self._user_ids = ids
            self.edits.clear()
        self._forget_learned()

    def _forget_learned(self) -> None:
        """Also what is being learned: it is of other users or movies."""
        self._answer.forget()
        self._is_learning = False
        self._learned = self._folded = None

    def _start_over(self) -> None:
        self._forget_learned()
        self._rated = {}
        self.genres, self.year = (), 0
        self._user_ids = self.workspace.ratings.user_ids
        self.edits.clear()
        self._follow_model()
