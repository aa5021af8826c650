"""A new person: a few stars in, factors, recommendations with reasons and the next question out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.fold_in import Folded, fold_in
from cfstudio.explore.known_side import KnownSide
from cfstudio.explore.next_question import next_to_rate
from cfstudio.explore.reasons import Reasons, reasons_for_each
from cfstudio.explore.recommendations import recommend

if TYPE_CHECKING:
    from cfstudio.explore.prior import Prior
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray

N_REASONS = 3


@dataclass(frozen=True)
class PersonalRecommendations:
    """What to recommend: (n,) item codes, predicted ratings, their standard deviations, and why, best first.

    `uncertainties` tell how little the person is known; ratings scatter around the prediction in any case.
    """

    codes: IntArray
    predictions: FloatArray
    uncertainties: FloatArray
    is_rated: BoolArray
    reasons: tuple[Reasons, ...]


class NewPerson:
    """Ratings of somebody the model was not trained on, and what follows from them.

    Keeps no copy of the model: make a new one with the same `rated` when the factors have changed.
    """

    def __init__(self, model: Factorization, prior: Prior, rated: dict[int, float] | None = None) -> None:
        self._known = KnownSide.for_newcomer(model, "user").shifted(prior.shift)
        self._prior = prior
        self._rated = dict(rated or {})
        self._folded: Folded | None = None

    @property
    def rated(self) -> dict[int, float]:
        """Ratings by item code, in the order in which they were given."""
        return dict(self._rated)

    @property
    def folded(self) -> Folded:
        """The person's numbers by all ratings so far."""
        if self._folded is None:
            codes = np.fromiter(self._rated, dtype=np.int64, count=len(self._rated))
            values = np.fromiter(self._rated.values(), dtype=np.float64, count=len(self._rated))
            self._folded = fold_in(self._known, self._prior, codes, values)
        return self._folded

    def rate(self, code: int, value: float | None) -> None:
        """Rate an item, again if need be, or take the rating back with None."""
        if value is None:
            self._rated.pop(code, None)
        else:
            self._rated[code] = value
        self._folded = None

    def replace_ratings(self, rated: dict[int, float]) -> None:
        """Rate exactly these, by item code."""
        self._rated = dict(rated)
        self._folded = None

    def numbers_for_model(self) -> FloatArray:
        """(d,) factors and bias by all ratings, as a row of the model itself: with its own biases of the items."""
        folded = self.folded
        prior = replace(self._prior, shift=None)
        return fold_in(self._known.shifted(None), prior, folded.codes, folded.values).numbers

    def recommendations(
        self, n: int = 20, candidates: BoolArray | None = None, *, with_rated: bool = False, diversity: float = 0.0
    ) -> PersonalRecommendations:
        """What to recommend; see `recommend` for the arguments."""
        folded = self.folded
        found = recommend(
            folded.predictions,
            folded.codes,
            n,
            candidates,
            with_rated=with_rated,
            diversity=diversity,
            item_factors=self._known.model.item_factors,
        )
        return PersonalRecommendations(
            found.codes,
            found.predictions,
            folded.uncertainties(found.codes),
            found.is_rated,
            reasons_for_each(folded, found.codes, N_REASONS),
        )

    def next_to_rate(self, counts: IntArray, n_raters: int, limit: int = 10) -> list[int]:
        """Codes of what to rate next, the most is expected to be learned from the first; see `next_to_rate`."""
        return next_to_rate(self.folded, counts, n_raters, limit)
