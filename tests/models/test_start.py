"""The same seed gives the same start, and no start knows a held-out rating."""

from dataclasses import replace

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.models.lesson_start import lesson_start
from cfstudio.models.start import random_start
from cfstudio.ratings.table import RatingScale

PLAIN_DOT = TrainingConfig(model="dot", sigmoid=False, n_factors=5)
PLAIN_BIAS = TrainingConfig(sigmoid=False, n_factors=5)
DEFAULT = TrainingConfig(n_factors=5)
RATINGS = random_ratings(40, 30, 300)
NOTHING = np.zeros(300, dtype=bool)


@pytest.mark.parametrize("config", [PLAIN_DOT, PLAIN_BIAS, DEFAULT])
def test_the_seed_alone_decides_the_start(config):
    one, same = random_start(RATINGS, config, NOTHING), random_start(RATINGS, config, NOTHING)
    other = random_start(RATINGS, replace(config, seed=config.seed + 1), NOTHING)
    np.testing.assert_array_equal(one.user_factors, same.user_factors)
    np.testing.assert_array_equal(one.item_factors, same.item_factors)
    assert (one.user_factors != other.user_factors).any()


def test_a_plain_dot_product_starts_between_0_and_the_highest_rating():
    start = random_start(RATINGS, PLAIN_DOT, NOTHING)
    assert not start.has_bias
    # five factors on a five-star scale: the workbook's own uniform(0, 1)
    for factors in (start.user_factors, start.item_factors):
        assert factors.min() >= 0
        assert 0.9 < factors.max() <= 1


def test_a_scale_around_zero_or_below_it_still_gives_a_start():
    for scale in (RatingScale(-10, 10, 1), RatingScale(-5, 0, 1)):
        start = random_start(replace(RATINGS, scale=scale), PLAIN_DOT, NOTHING)
        assert (start.user_factors > 0).any()
        assert np.isfinite(start.user_factors).all()


def test_the_mean_is_that_of_the_training_cells_alone():
    ratings = crosstab([[1.0, 2.0], [5.0, None]])
    held_out = np.array([False, False, True])
    assert random_start(ratings, PLAIN_BIAS, held_out).global_mean == 1.5
    assert random_start(ratings, DEFAULT, held_out).global_mean == 0
    assert random_start(ratings, DEFAULT, held_out).rating_range == (0.0, 5.5)


@pytest.mark.parametrize("bias", [False, True])
def test_the_lessons_workbook_starts_from_five_numbers_each(bias):
    start = lesson_start(bias=bias)
    assert start.user_factors.shape == start.item_factors.shape == (15, 5)
    assert start.has_bias == bias
    assert start.user_factors.dtype == np.float64
    assert 0 <= start.user_factors.min() <= start.user_factors.max() <= 1
