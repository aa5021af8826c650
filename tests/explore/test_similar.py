"""Neighbors of several movies, minus others, shrunk, are what comparing every pair by hand finds."""

import numpy as np
import pytest
from explore_support import random_model, rated_by_model

from cfstudio.explore.co_rating import co_rating
from cfstudio.explore.neighbors import METRICS, nearest
from cfstudio.explore.similar import SimilarQuery, factor_terms, similar

FACTORS = np.random.default_rng(4).normal(size=(300, 8)).astype(np.float32)


def cosine(one, other):
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("together", ["mean", "all"])
def test_of_a_single_movie_they_are_the_usual_neighbors(metric, together):
    candidates = np.random.default_rng(0).random(300) < 0.7
    found = similar(FACTORS, SimilarQuery((17,), metric=metric, together=together), 12, candidates)
    usual = nearest(FACTORS, 17, 12, candidates, metric)
    assert found.codes.tolist() == usual.codes.tolist()
    np.testing.assert_allclose(found.similarities, usual.similarities, atol=1e-9)


def test_like_two_and_not_a_third_compares_with_the_difference_of_their_mean_directions():
    rows = FACTORS.astype(float)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    toward = (unit[3] + unit[8]) / 2 - unit[100]
    expected = sorted((code for code in range(300) if code not in (3, 8, 100)), key=lambda c: -cosine(rows[c], toward))
    found = similar(FACTORS, SimilarQuery((3, 8), (100,)), 10)
    assert found.codes.tolist() == expected[:10]
    assert found.similarities[0] == pytest.approx(cosine(rows[expected[0]], toward))


def test_like_every_one_of_them_takes_the_least_similarity():
    rows = FACTORS.astype(float)

    def value(code):
        least = min(cosine(rows[code], rows[3]), cosine(rows[code], rows[8]))
        return least - max(cosine(rows[code], rows[100]), 0.0)

    expected = sorted((code for code in range(300) if code not in (3, 8, 100)), key=lambda code: -value(code))
    found = similar(FACTORS, SimilarQuery((3, 8), (100,), together="all"), 10)
    assert found.codes.tolist() == expected[:10]
    assert found.similarities.tolist() == pytest.approx([value(code) for code in expected[:10]])


def test_shrinkage_halves_the_similarity_of_a_movie_with_as_many_ratings():
    counts = np.full(300, 1_000_000)
    best = int(similar(FACTORS, SimilarQuery((0,)), 1).codes[0])
    counts[best] = 10
    found = similar(FACTORS, SimilarQuery((0,), shrinkage=10), 300, counts=counts)
    shrunk = found.similarities[found.codes.tolist().index(best)]
    assert shrunk == pytest.approx(0.5 * cosine(FACTORS[0].astype(float), FACTORS[best].astype(float)))
    assert found.codes[0] != best


def test_fewer_movies_than_asked_for_and_rows_without_a_direction_are_no_error():
    factors = np.array([[0, 0], [1, 2], [np.nan, 1], [-1, -2]], dtype=np.float32)
    found = similar(factors, SimilarQuery((1,)), 20)
    assert found.codes.tolist() == [0, 2, 3]
    assert found.similarities.tolist() == pytest.approx([0, 0, -1])
    assert similar(factors, SimilarQuery((1,)), 5, np.zeros(4, dtype=bool)).codes.tolist() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"likes": ()}, "Say first"),
        ({"likes": (1,), "unlikes": (1,)}, "both liked and not"),
        ({"likes": (1,), "metric": "jaccard"}, "cosine, euclidean, dot"),
        ({"likes": (1,), "together": "some"}, "'some'"),
        ({"likes": (1,), "shrinkage": -1}, "number of ratings"),
    ],
)
def test_a_query_that_makes_no_sense_says_why(arguments, words):
    with pytest.raises(ValueError, match=words):
        SimilarQuery(**arguments)


def test_the_factors_terms_add_up_to_the_similarity():
    one, other = FACTORS[5].astype(float), FACTORS[9].astype(float)
    assert factor_terms(FACTORS, 5, 9).sum() == pytest.approx(cosine(one, other))
    assert factor_terms(FACTORS, 5, 9, "dot").sum() == pytest.approx(one @ other)
    assert factor_terms(FACTORS, 5, 9, "euclidean").sum() == pytest.approx(-np.sum((one - other) ** 2))


# Without a model


@pytest.mark.parametrize("side", ["item", "user"])
def test_co_rating_is_pandas_correlation_over_the_common_raters(side):
    ratings = rated_by_model(random_model(), density=0.4)
    table = ratings.block(np.arange(30), np.arange(40))
    table = table if side == "item" else table.T
    import pandas as pd

    frame = pd.DataFrame(table)
    found = co_rating(ratings, 7, side)
    np.testing.assert_allclose(found.correlations, frame.corr(min_periods=2)[7].to_numpy(), atol=1e-9)
    both = (frame.notna() & frame[[7]].notna().to_numpy()).sum().to_numpy()
    assert found.n_common.tolist() == both.tolist()
    np.testing.assert_allclose(found.shrunken, np.nan_to_num(found.correlations) * both / (both + 10))


def test_movies_without_common_raters_or_all_alike_have_no_correlation():
    from support import crosstab

    ratings = crosstab([[4.0, 4.0, None, 1.0], [2.0, 4.0, None, 5.0], [None, None, 3.0, 2.0]])
    found = co_rating(ratings, 0)
    assert np.isnan(found.correlations[[1, 2]]).all()
    assert found.shrunken[1] == found.shrunken[2] == 0
    assert found.correlations[3] == pytest.approx(-1)
    ratings.values[ratings.items == 0] = np.nan
    assert not co_rating(ratings, 0).n_common.any()
