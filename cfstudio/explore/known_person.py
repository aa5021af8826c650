"""What to recommend to a user whom the model was trained on, with reasons and uncertainties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.new_person import N_REASONS, NewPerson, PersonalRecommendations
from cfstudio.explore.reasons import reasons_for_each
from cfstudio.explore.recommendations import rated_by, recommend, user_predictions

if TYPE_CHECKING:
    from cfstudio.explore.fold_in import Folded
    from cfstudio.explore.prior import Prior
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings


def known_person(
    model: Factorization, prior: Prior, ratings: Ratings, user: int, held_out: BoolArray | None = None
) -> NewPerson:
    """A known user as if it were new: folded in from its ratings; the held-out ones stay hidden."""
    rows = ratings.rows_of_user(user)
    usable = ~np.isnan(ratings.values[rows])
    if held_out is not None:
        usable &= ~held_out[rows]
    rows = rows[usable]
    return NewPerson(model, prior, dict(zip(ratings.items[rows].tolist(), ratings.values[rows].tolist(), strict=True)))


def recommendations_for(
    model: Factorization,
    prior: Prior,
    ratings: Ratings,
    user: int,
    n: int = 20,
    candidates: BoolArray | None = None,
    held_out: BoolArray | None = None,
    *,
    with_rated: bool = False,
    diversity: float = 0.0,
) -> PersonalRecommendations:
    """Items with the highest predictions of the model itself, rated ones left out, held-out ones too.

    Uncertainties and reasons are those of the user folded in from its training ratings: what a fitted model does not
    tell of itself. See `recommend` for the arguments.
    """
    folded = known_person(model, prior, ratings, user, held_out).folded
    return personal_recommendations(
        model, ratings, user, folded, n, candidates, with_rated=with_rated, diversity=diversity
    )


def personal_recommendations(
    model: Factorization,
    ratings: Ratings,
    user: int,
    folded: Folded,
    n: int = 20,
    candidates: BoolArray | None = None,
    *,
    with_rated: bool = False,
    diversity: float = 0.0,
) -> PersonalRecommendations:
    """The same for a user who has been folded in already, so that other filters need not do it again."""
    found = recommend(
        user_predictions(model, user),
        rated_by(ratings, user),
        n,
        candidates,
        with_rated=with_rated,
        diversity=diversity,
        item_factors=model.item_factors,
    )
    return PersonalRecommendations(
        found.codes,
        found.predictions,
        folded.uncertainties(found.codes),
        found.is_rated,
        reasons_for_each(folded, found.codes, N_REASONS),
    )
