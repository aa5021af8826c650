"""Whoever asks for neighbors gets the true nearest rows, in a fixed order, whatever the factors are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cfstudio.explore.neighbors import METRICS, FactorIndex, default_min_ratings, nearest


def similarity(one, other, metric):
    """The textbook formula for one pair, in Python's own floats."""
    one, other = [float(x) for x in one], [float(x) for x in other]
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    if metric == "dot":
        return dot
    if metric == "euclidean":
        return 1 / (1 + sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)
    lengths = (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5
    return dot / lengths if lengths else 0.0


def by_brute_force(factors, code, k, candidates, metric):
    others = [row for row in range(len(factors)) if row != code and candidates[row]]
    scored = [(round(-similarity(factors[code], factors[row], metric), 9), row) for row in others]
    return [(row, -negative) for negative, row in sorted(scored)[:k]]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_nearest_rows_are_those_that_comparing_every_pair_finds(metric, dtype):
    random = np.random.default_rng(3)
    factors = random.normal(size=(400, 12)).astype(dtype)
    candidates = random.random(400) < 0.6
    for code in (0, 17, 399):
        found = nearest(factors, code, 15, candidates, metric)
        expected = by_brute_force(factors, code, 15, candidates, metric)
        assert found.codes.tolist() == [row for row, _ in expected]
        np.testing.assert_allclose(found.similarities, [value for _, value in expected], atol=2e-9)


@settings(max_examples=150, deadline=None)
@given(
    factors=hnp.arrays(
        np.float32, st.tuples(st.integers(2, 12), st.integers(1, 4)), elements=st.sampled_from([-2, -1, 0, 0.5, 1, 3])
    ),
    k=st.integers(1, 15),
    metric=st.sampled_from(METRICS),
)
def test_equally_similar_rows_come_in_the_order_of_their_codes(factors, k, metric):
    candidates = np.ones(len(factors), dtype=bool)
    found = nearest(factors, 1, k, candidates, metric)
    assert found.codes.tolist() == [row for row, _ in by_brute_force(factors, 1, k, candidates, metric)]


def test_duplicated_rows_tie_exactly_even_in_a_large_float32_matrix():
    factors = np.tile(np.random.default_rng(0).normal(size=(1, 50)).astype(np.float32), (1_003, 1))
    found = nearest(factors, 500, 10)
    assert found.codes.tolist() == list(range(10))
    assert len(set(found.similarities.tolist())) == 1


def test_neither_the_queried_row_nor_a_row_with_too_few_ratings_is_named():
    factors = np.array([[1, 0], [1, 0.01], [1, 0.1], [0, 1]], dtype=np.float32)
    n_ratings = np.array([100, 1, 40, 30])
    assert nearest(factors, 0, 10).codes.tolist() == [1, 2, 3]
    assert nearest(factors, 0, 10, candidates=n_ratings >= 20).codes.tolist() == [2, 3]


def test_a_zero_vector_is_similar_to_nothing_and_never_a_nan():
    factors = np.array([[0, 0], [1, 2], [0, 0], [-1, -2]], dtype=np.float32)
    from_zero = nearest(factors, 0, 10)
    assert from_zero.codes.tolist() == [1, 2, 3]
    assert from_zero.similarities.tolist() == [0, 0, 0]
    assert nearest(factors, 1, 10).codes.tolist() == [0, 2, 3]
    np.testing.assert_allclose(nearest(factors, 1, 10).similarities, [0, 0, -1])


@pytest.mark.parametrize("metric", METRICS)
def test_numbers_too_large_for_float32_squares_and_numbers_that_are_not_finite_do_no_harm(metric):
    factors = np.array([[1e30, 0], [1e30, 1e29], [np.nan, 1], [np.inf, 1], [0, 1]], dtype=np.float32)
    found = nearest(factors, 0, 10, metric=metric)
    assert found.codes[0] == 1
    assert sorted(found.codes.tolist()) == [1, 2, 3, 4]
    assert np.isfinite(found.similarities).all()


def test_no_candidate_gives_an_empty_answer():
    found = nearest(np.ones((3, 2), dtype=np.float32), 0, 5, candidates=np.zeros(3, dtype=bool))
    assert len(found.codes) == len(found.similarities) == 0


def test_asking_leaves_the_factors_as_they_are():
    factors = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
    before = factors.copy()
    for metric in METRICS:
        FactorIndex(factors, metric).nearest(4)
    np.testing.assert_array_equal(factors, before)


def test_an_unknown_metric_is_named_in_the_complaint():
    with pytest.raises(ValueError, match="cosine, euclidean, dot, not 'jaccard'"):
        FactorIndex(np.ones((2, 2)), "jaccard")


def test_small_data_sets_still_have_neighbors_by_default():
    assert default_min_ratings(15) == 2
    assert default_min_ratings(671) == 20
    assert default_min_ratings(0) == 0
