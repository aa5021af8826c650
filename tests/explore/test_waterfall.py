"""The steps of the waterfall start at nothing known and end at the prediction."""

import numpy as np
import pytest
from explore_support import random_model, rated_by_model

from cfstudio.explore.waterfall import neighbor_ratings, pair_errors, waterfall


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
@pytest.mark.parametrize("most", [None, 2, 0])
def test_the_steps_lead_without_a_gap_to_the_prediction(bias, rating_range, most):
    model = random_model(bias=bias, rating_range=rating_range)
    found = waterfall(model, 3, 8, most)
    assert found.prediction == pytest.approx(model.predict(np.array([3]), np.array([8]))[0])
    levels = [found.start]
    for term in found.terms:
        assert term.before == pytest.approx(levels[-1])
        levels.append(term.after)
    assert levels[-1] == pytest.approx(found.prediction)
    assert found.start == pytest.approx(2.75 if rating_range else 0.0)
    if rating_range is None:
        for term in found.terms:
            assert term.after - term.before == pytest.approx(term.amount)


def test_every_factor_is_its_product_largest_first():
    model = random_model()
    terms = waterfall(model, 3, 8).terms
    assert [term.label for term in terms[:3]] == ["global mean", "user bias", "item bias"]
    assert [term.amount for term in terms[:3]] == pytest.approx([3.5, model.user_bias[3], model.item_bias[8]])
    products = model.user_factors[3] * model.item_factors[8]
    assert [term.factor for term in terms[3:]] == np.argsort(-np.abs(products)).tolist()
    assert [term.amount for term in terms[3:]] == pytest.approx(sorted(products, key=abs, reverse=True))
    short = waterfall(model, 3, 8, 1).terms
    assert short[-1].label == "3 other factors"
    assert short[-1].amount == pytest.approx(sum(sorted(products, key=abs, reverse=True)[1:]))


def test_the_users_ratings_of_the_most_similar_movies_stand_beside_it():
    model = random_model()
    ratings = rated_by_model(model, density=0.3)
    held_out = np.random.default_rng(0).random(len(ratings.values)) < 0.2
    found = neighbor_ratings(model, ratings, 4, 9, 3, held_out)
    rows = [row for row in ratings.rows_of_user(4) if not held_out[row] and ratings.items[row] != 9]
    unit = model.item_factors / np.linalg.norm(model.item_factors, axis=1, keepdims=True)
    best = sorted(rows, key=lambda row: -(unit[ratings.items[row]] @ unit[9]))[:3]
    assert found.codes.tolist() == [ratings.items[row] for row in best]
    np.testing.assert_allclose(found.values, ratings.values[best])


def test_the_errors_of_that_user_and_that_movie():
    model = random_model()
    ratings = rated_by_model(model, density=0.3)
    found = pair_errors(model, ratings, 4, 9)
    errors = model.predict(ratings.users, ratings.items) - ratings.values
    assert found.user_rmse == pytest.approx(np.sqrt(np.mean(errors[ratings.users == 4] ** 2)))
    assert found.item_rmse == pytest.approx(np.sqrt(np.mean(errors[ratings.items == 9] ** 2)))
    assert (found.n_user, found.n_item) == (int((ratings.users == 4).sum()), int((ratings.items == 9).sum()))
    ratings.values[ratings.users == 4] = np.nan
    assert np.isnan(pair_errors(model, ratings, 4, 9).user_rmse)
