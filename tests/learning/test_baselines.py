"""A model is worth something when it beats what needs no model."""

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.learning.baselines import (
    ITEM_SHRINKAGE,
    PUBLISHED,
    USER_SHRINKAGE,
    baselines,
    mean_rmse,
    published_for,
)
from cfstudio.ratings.split import random_hold_out


def test_means_are_those_of_linear_algebra():
    ratings = random_ratings(15, 12, 120)
    held_out = random_hold_out(ratings, 0.25, 42)
    train = ~held_out
    mean = ratings.values[train].mean()
    design = np.zeros((train.sum(), 27))
    design[np.arange(train.sum()), ratings.users[train]] = 1
    design[np.arange(train.sum()), 15 + ratings.items[train]] = 1
    shrinkage = np.diag([USER_SHRINKAGE] * 15 + [ITEM_SHRINKAGE] * 12)
    biases = np.linalg.solve(design.T @ design + shrinkage, design.T @ (ratings.values[train] - mean))
    predicted = mean + biases[ratings.users[held_out]] + biases[15 + ratings.items[held_out]]
    found = baselines(ratings, held_out)
    assert found.global_mean == pytest.approx(np.sqrt(np.mean((ratings.values[held_out] - mean) ** 2)))
    expected = np.sqrt(np.mean((ratings.values[held_out] - predicted) ** 2))
    assert found.user_and_item == pytest.approx(expected, abs=1e-5)


def test_without_held_out_cells_the_training_cells_are_scored():
    ratings = crosstab([[1.0, 2.0], [3.0, 4.0]])
    assert baselines(ratings, np.zeros(4, dtype=bool)).global_mean == pytest.approx(np.sqrt(1.25))
    with pytest.raises(ValueError, match="no rating to take a mean of"):
        baselines(ratings, np.ones(4, dtype=bool))


def test_published_figures_have_a_source_and_most_data_sets_have_none():
    assert published_for(crosstab([[1.0]])) == ()
    for figures in PUBLISHED.values():
        assert all(figure.source and 0.5 < figure.rmse < 1.5 for figure in figures)
        assert [figure.rmse for figure in figures] == sorted(figure.rmse for figure in figures)


def test_the_mean_of_no_rating_has_no_error():
    ratings = crosstab([[1.0, 2.0], [3.0, 4.0]])
    assert np.isnan(mean_rmse(ratings, np.ones(4, dtype=bool)))
    assert mean_rmse(ratings, np.array([False, False, False, True])) == pytest.approx(2.0)
