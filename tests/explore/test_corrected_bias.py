"""A movie is judged by how it was rated compared with how its raters rate; the plain mean stands beside it."""

import numpy as np
import pytest
from explore_support import random_model, rated_by_model
from support import crosstab

from cfstudio.explore.corrected_bias import corrected_biases, shrunken_biases


def test_a_movie_that_only_harsh_people_rated_is_lifted():
    harsh = [[2.0, *[1.0] * 12, None]] * 60
    kind = [[None, *[4.0] * 12, 3.5]] * 60
    ratings = crosstab(harsh + kind)
    model = random_model(n_users=120, n_items=14, bias=False)
    found = corrected_biases(model, ratings, "item")
    assert not found.is_from_model
    assert found.plain.tolist() == [2.0, *[2.5] * 12, 3.5]
    assert found.bias[0] > found.bias[1]
    assert found.bias[13] < found.bias[1]
    assert found.counts.tolist() == [60, *[120] * 12, 60]


def test_shrunken_biases_are_the_answer_of_the_whole_ridge_system():
    ratings = rated_by_model(random_model(), density=0.3)
    rows = np.arange(len(ratings.values))[::2]
    of_users, of_items = shrunken_biases(ratings, rows, 5.0)
    design = np.zeros((len(rows), 70))
    design[np.arange(len(rows)), ratings.users[rows]] = 1
    design[np.arange(len(rows)), 30 + ratings.items[rows]] = 1
    values = ratings.values[rows]
    expected = np.linalg.solve(design.T @ design + 5 * np.eye(70), design.T @ (values - values.mean()))
    np.testing.assert_allclose(np.concatenate([of_users, of_items]), expected, atol=1e-7)


@pytest.mark.parametrize("side", ["user", "item"])
def test_a_models_own_bias_comes_with_the_mean_that_everybody_would_give(side):
    model = random_model(rating_range=(0.0, 5.5))
    ratings = rated_by_model(model)
    found = corrected_biases(model, ratings, side)
    assert found.is_from_model
    np.testing.assert_array_equal(found.bias, model.item_bias if side == "item" else model.user_bias)
    everything = model.predict_block(np.arange(30), np.arange(40))
    np.testing.assert_allclose(found.corrected, everything.mean(axis=0 if side == "item" else 1))


def test_held_out_ratings_are_in_no_mean():
    ratings = crosstab([[5.0, 1.0], [1.0, None]])
    found = corrected_biases(random_model(2, 2), ratings, "item", np.array([False, True, False]))
    assert found.plain[0] == 3.0
    assert np.isnan(found.plain[1])
    assert found.counts.tolist() == [2, 0]


def test_both_ends_leave_out_the_rarely_rated_and_never_fail():
    model = random_model()
    ratings = rated_by_model(model)
    found = corrected_biases(model, ratings, "item")
    enough = np.flatnonzero(found.counts >= 15)
    order = enough[np.argsort(found.bias[enough])]
    ends = found.ends(3, 15)
    assert ends.highest.tolist() == order[::-1][:3].tolist()
    assert ends.lowest.tolist() == order[:3].tolist()
    assert found.ends(5, 10_000).highest.tolist() == []
    by_mean = found.ends(1, by="plain")
    assert by_mean.highest[0] == np.nanargmax(found.plain)
