"""Pairs are predicted by their ids, and whoever is unknown is taken for the average one, and told."""

import numpy as np
import pytest
from explore_support import items, random_model, rated_by_model

from cfstudio.explore.strangers import Strangers


def test_known_pairs_get_the_models_own_predictions_whatever_kind_their_ids_are():
    model = random_model(rating_range=(0.0, 5.5))
    ratings = rated_by_model(model)
    nothing = np.zeros(len(ratings.values), dtype=bool)
    strangers = Strangers(model, ratings, nothing)
    expected = model.predict(np.array([4, 0, 4]), np.array([7, 3, 39]))
    numbers = strangers.predict(np.array([5, 1, 5]), np.array([108, 104, 140]))
    texts = strangers.predict(np.array(["5", "1", "5"], dtype=object), np.array(["108", "104", "140"], dtype=object))
    np.testing.assert_allclose(numbers.predictions, expected)
    np.testing.assert_allclose(texts.predictions, expected)
    assert numbers.sentences() == []


def test_unknown_ones_are_the_average_each_as_often_as_it_was_rated():
    model = random_model()
    ratings = rated_by_model(model)
    found = Strangers(model, ratings, np.zeros(len(ratings.values), dtype=bool)).predict(
        np.array([5, 999, 999, 998]), np.array([777, 108, 777, 777])
    )
    n_users, n_items = np.bincount(ratings.users), np.bincount(ratings.items)
    user, item = n_users @ model.user_factors / n_users.sum(), n_items @ model.item_factors / n_items.sum()
    user_bias, item_bias = n_users @ model.user_bias / n_users.sum(), n_items @ model.item_bias / n_items.sum()
    expected = [
        model.user_factors[4] @ item + model.user_bias[4] + item_bias,
        user @ model.item_factors[7] + user_bias + model.item_bias[7],
        user @ item + user_bias + item_bias,
        user @ item + user_bias + item_bias,
    ]
    np.testing.assert_allclose(found.predictions, np.array(expected) + model.global_mean)
    assert (found.n_unknown_users, found.n_unknown_items) == (2, 1)
    assert found.is_user_unknown.tolist() == [False, True, True, True]
    assert found.sentences() == [
        "2 unknown users in 3 rows: predicted as the average user.",
        "1 unknown movie: 3 rows as the average movie.",
    ]


def test_an_unknown_movie_with_genres_is_predicted_from_them():
    model = random_model(n_users=60, n_items=90, k=2)
    genres = ["Action" if code % 2 else "Romance" for code in range(90)]
    model.item_bias[:] = np.where(np.arange(90) % 2, 0.8, -0.8)
    model.item_factors[:] *= 0.1
    ratings = rated_by_model(model, item_table=items(90, genres))
    described = items(2, ["Action", "Romance"], [1990, 1990])
    described.ids[:] = [5001, 5002]
    nothing = np.zeros(len(ratings.values), dtype=bool)
    found = Strangers(model, ratings, nothing, described).predict(np.array([1, 1]), np.array([5001, 5002]))
    assert found.is_from_features.all()
    assert found.predictions[0] - found.predictions[1] == pytest.approx(1.6, abs=0.4)
    assert found.sentences() == ["2 unknown movies: 2 rows from genres and year."]


def test_whoever_was_never_trained_on_is_as_unknown_as_a_stranger():
    model = random_model()
    ratings = rated_by_model(model)
    held_out = ratings.items == 7
    found = Strangers(model, ratings, held_out).predict(np.array([5]), np.array([108]))
    assert found.is_item_unknown.tolist() == [True]
