"""Reasons add up to the prediction, and the next question is the one that tells most."""

import numpy as np
import pytest
from explore_support import random_model

from cfstudio.explore.fold_in import fold_in
from cfstudio.explore.known_side import KnownSide
from cfstudio.explore.new_person import NewPerson
from cfstudio.explore.next_question import learning_gains, next_to_rate
from cfstudio.explore.prior import Prior
from cfstudio.explore.reasons import reasons_for

PRIOR = Prior(np.array([0.1, -0.1, 0.2, 0.0, 0.05]), np.diag([0.3, 0.2, 0.4, 0.1, 0.2]), 0.7)
CODES, VALUES = np.array([2, 5, 9, 20]), np.array([5.0, 1.5, 4.0, 3.0])


@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
def test_average_and_all_effects_add_up_to_the_prediction(rating_range):
    found = fold_in(KnownSide.for_newcomer(random_model(rating_range=rating_range), "user"), PRIOR, CODES, VALUES)
    for code in (0, 5, 39):
        reasons = reasons_for(found, code)
        assert reasons.start + reasons.effects.sum() == pytest.approx(found.predictions[code], abs=1e-6)
        assert sorted(reasons.codes.tolist()) == CODES.tolist()
        assert (np.diff(np.abs(reasons.effects)) <= 0).all()
        fewer = reasons_for(found, code, 2)
        assert fewer.start + fewer.effects.sum() + fewer.rest == pytest.approx(found.predictions[code], abs=1e-6)


def test_an_effect_is_how_the_prediction_follows_that_rating():
    """Ridge is linear: half a star more on one movie moves the prediction by its effect per star of surprise."""
    known = KnownSide.for_newcomer(random_model(), "user")
    found = fold_in(known, PRIOR, CODES, VALUES)
    reasons = reasons_for(found, 30)
    for code, effect in zip(reasons.codes, reasons.effects, strict=True):
        surprise = VALUES[code == CODES][0] - fold_in(known, PRIOR, CODES[:0], VALUES[:0]).predictions[code]
        more = np.where(code == CODES, VALUES + 0.5, VALUES)
        moved = fold_in(known, PRIOR, CODES, more).predictions[30] - found.predictions[30]
        assert effect == pytest.approx(moved / 0.5 * surprise, abs=1e-9)


def test_the_gain_is_the_fall_of_the_mean_variance_once_it_is_rated():
    known = KnownSide.for_newcomer(random_model(), "user")
    found = fold_in(known, PRIOR, CODES, VALUES)
    everything = np.arange(40)
    before = np.mean(found.uncertainties(everything) ** 2)
    gains = learning_gains(found)
    for code in (0, 7, 33):
        after = fold_in(known, PRIOR, np.append(CODES, code), np.append(VALUES, 2.0))
        assert gains[code] == pytest.approx(before - np.mean(after.uncertainties(everything) ** 2), rel=1e-4)
    assert (gains[CODES] == 0).all()


def test_after_a_run_at_a_rate_far_too_large_nothing_is_asked_and_nothing_warned_of():
    model = random_model()
    large = model.with_arrays({"item_factors": model.item_factors * np.float32(1e11)})
    found = fold_in(KnownSide.for_newcomer(large, "user"), PRIOR, CODES[:0], VALUES[:0])
    assert (learning_gains(found) == 0).all()
    assert next_to_rate(found, np.full(40, 20), 30) == []


def test_a_movie_that_hardly_anybody_knows_is_not_asked_for():
    known = KnownSide.for_newcomer(random_model(), "user")
    found = fold_in(known, PRIOR, CODES, VALUES)
    best = int(np.argmax(learning_gains(found)))
    counts = np.full(40, 20)
    assert next_to_rate(found, counts, 30, limit=1) == [best]
    counts[best] = 0
    asked = next_to_rate(found, counts, 30, limit=50)
    assert best not in asked
    assert not set(asked) & set(CODES.tolist())
    only = np.zeros(40, dtype=bool)
    only[11] = True
    assert next_to_rate(found, counts, 30, candidates=only) == [11]


def test_rating_again_and_taking_back_leave_no_trace():
    model = random_model(rating_range=(0.0, 5.5))
    person = NewPerson(model, PRIOR)
    person.rate(3, 1.0)
    person.rate(3, 5.0)
    person.rate(8, 2.0)
    person.rate(8, None)
    np.testing.assert_allclose(
        person.folded.numbers, NewPerson(model, PRIOR, {3: 5.0}).folded.numbers, rtol=0, atol=1e-12
    )
    assert person.rated == {3: 5.0}


def test_a_person_is_recommended_what_is_predicted_best_and_not_yet_rated():
    model = random_model()
    person = NewPerson(model, PRIOR, {1: 5.0, 4: 0.5})
    found = person.recommendations(5)
    predictions = person.folded.predictions
    expected = [code for code in np.argsort(-predictions, kind="stable") if code not in (1, 4)][:5]
    assert found.codes.tolist() == expected
    np.testing.assert_allclose(found.predictions, predictions[expected])
    assert [one.prediction for one in found.reasons] == pytest.approx(found.predictions.tolist())
    assert person.next_to_rate(np.full(40, 10), 30, 3)
