"""Recommendations are the best predicted unseen movies; filters and diversity do what they say."""

import numpy as np
import pytest
from explore_support import items, random_model, rated_by_model

from cfstudio.explore.filters import ItemFilter, NothingLeft, genre_columns, genre_names
from cfstudio.explore.known_person import recommendations_for
from cfstudio.explore.prior import plain_prior
from cfstudio.explore.recommendations import nudged_predictions, rated_by, recommend, user_predictions


def test_a_known_user_gets_the_best_predicted_of_what_it_has_not_rated_held_out_ones_included():
    model = random_model(rating_range=(0.0, 5.5))
    ratings = rated_by_model(model, density=0.4)
    held_out = np.random.default_rng(0).random(len(ratings.values)) < 0.3
    found = recommendations_for(model, plain_prior(model, "user", ratings, held_out), ratings, 7, 6, held_out=held_out)
    seen = set(ratings.items[ratings.users == 7].tolist())
    everything = model.predict(np.full(40, 7), np.arange(40))
    expected = [code for code in np.argsort(-everything, kind="stable") if code not in seen][:6]
    assert found.codes.tolist() == expected
    np.testing.assert_allclose(found.predictions, everything[expected])
    known = set(ratings.items[(ratings.users == 7) & ~held_out].tolist())
    assert all(set(one.codes.tolist()) <= known for one in found.reasons)


def test_what_was_blanked_is_unseen_again():
    ratings = rated_by_model(random_model())
    first = int(rated_by(ratings, 3)[0])
    ratings.set(3, first, np.nan)
    assert first not in rated_by(ratings, 3)


def test_already_rated_ones_are_marked_when_asked_for():
    predictions = np.array([1.0, 5.0, 3.0, 4.0])
    found = recommend(predictions, np.array([1]), 3, with_rated=True)
    assert found.codes.tolist() == [1, 3, 2]
    assert found.is_rated.tolist() == [True, False, False]
    assert recommend(predictions, np.array([1]), 3).codes.tolist() == [3, 2, 0]


def test_equal_predictions_come_by_code_and_too_few_are_no_error():
    predictions = np.array([2.0, 4.0, 4.0, 4.0, np.nan])
    assert recommend(predictions, np.array([], dtype=int), 2).codes.tolist() == [1, 2]
    assert recommend(predictions, np.array([0]), 99).codes.tolist() == [1, 2, 3]
    assert recommend(predictions, np.arange(5), 3).codes.tolist() == []
    assert recommend(predictions, np.arange(5), 3, diversity=0.5, item_factors=np.ones((5, 2))).codes.tolist() == []


def test_diversity_passes_over_the_twin_of_what_is_already_listed():
    factors = np.array([[1.0, 0], [1, 0.01], [0, 1], [0.01, 1]])
    predictions = np.array([5.0, 4.9, 4.0, 3.9])
    nothing = np.array([], dtype=int)
    assert recommend(predictions, nothing, 2).codes.tolist() == [0, 1]
    assert recommend(predictions, nothing, 2, diversity=0.6, item_factors=factors).codes.tolist() == [0, 2]
    with pytest.raises(ValueError, match="between 0 and 1"):
        recommend(predictions, nothing, 2, diversity=1.5)


def test_diversity_is_the_greedy_rule_of_the_paper():
    rng = np.random.default_rng(2)
    factors, predictions = rng.normal(size=(15, 3)), rng.uniform(1, 5, 15)
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    relevance = (predictions - predictions.min()) / np.ptp(predictions)
    chosen = [int(np.argmax(relevance))]
    while len(chosen) < 5:
        worth = [
            -np.inf if one in chosen else 0.7 * relevance[one] - 0.3 * max(unit[one] @ unit[other] for other in chosen)
            for one in range(15)
        ]
        chosen.append(int(np.argmax(worth)))
    found = recommend(predictions, np.array([], dtype=int), 5, diversity=0.3, item_factors=factors)
    assert found.codes.tolist() == chosen


@pytest.mark.parametrize("bias", [True, False])
def test_adding_a_multiple_of_a_factor_to_a_user_is_editing_that_factor(bias):
    model = random_model(bias=bias, rating_range=(0.0, 5.5))
    direction = np.array([0, 1.0, 0, 0])
    nudged = nudged_predictions(model, 5, direction, -0.8)
    edited = model.copy()
    edited.user_factors[5, 1] -= 0.8
    np.testing.assert_allclose(nudged, user_predictions(edited, 5), atol=1e-12)


# Filters


def world():
    ratings = rated_by_model(random_model(n_items=4))
    ratings.item_table = items(4, ["Drama|War", "Comedy", "", "Comedy|Drama"], [1950, 1999, 0, 2005])
    return ratings


def test_all_conditions_must_hold_and_any_of_the_genres():
    ratings = world()
    assert ItemFilter().passing(ratings).tolist() == [True] * 4
    assert ItemFilter(("war", "COMEDY")).passing(ratings).tolist() == [True, True, False, True]
    assert ItemFilter(("Comedy",), year_from=2000).passing(ratings).tolist() == [False, False, False, True]
    assert ItemFilter(year_to=1999).passing(ratings).tolist() == [True, True, False, False]
    counts = np.array([5, 50, 50, 50])
    assert ItemFilter(min_ratings=6).passing(ratings, counts).tolist() == [False, True, True, True]
    assert genre_names(ratings.item_table) == ["Comedy", "Drama", "War"]
    assert genre_columns(ratings.item_table, ["War", "Drama"]).tolist() == [[1, 1], [0, 0], [0, 0], [0, 1]]


def test_a_filter_that_leaves_nothing_says_what_to_loosen():
    with pytest.raises(NothingLeft, match="genre War, year 2000 to any; loosen one"):
        ItemFilter(("War",), year_from=2000).passing(world())
    with pytest.raises(NothingLeft, match='"Kabuki": it knows Comedy, Drama, War'):
        ItemFilter(("Kabuki",)).passing(world())
