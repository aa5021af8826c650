"""A person sees what a random start implies before it is drawn: checked against SciPy, NumPy and many draws."""

import math

import numpy as np
import pytest
from scipy import stats
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.models.factorization import Factorization
from cfstudio.models.lesson_start import lesson_start
from cfstudio.models.start import random_start
from cfstudio.models.start_distribution import StartDistribution
from cfstudio.models.start_statistics import (
    Spread,
    implied_predictions,
    implied_rmse,
    implied_sum,
    normal_for_sd,
    sum_for,
    uniform_for_mean,
    with_new_numbers,
)

UNIFORMS = [(0.0, 1.0), (-1.0, 1.0), (-0.3, 1.2), (0.5, 2.0), (-2.0, -0.5), (0.7, 0.7)]
FACTORS_ONLY = frozenset({"users", "items"})
EVERYTHING = frozenset({"users", "items", "biases"})


def uniform(low, high, seed=42):
    return StartDistribution("uniform", low=low, high=high, seed=seed)


def normal(sigma, seed=42):
    return StartDistribution("normal", sigma=sigma, seed=seed)


def many_dot_products(numbers, k, n=400_000):
    """Drawn with SciPy, not with the code under test."""
    if numbers.kind == "uniform":
        law = stats.uniform(numbers.low, numbers.high - numbers.low)
    else:
        law = stats.norm(0, numbers.sigma)
    u, v = law.rvs((2, n, k), random_state=7)
    return (u * v).sum(axis=1)


# The numbers themselves


@pytest.mark.parametrize("bounds", UNIFORMS[:-1])
def test_moments_of_uniform_numbers_are_scipys(bounds):
    law = stats.uniform(bounds[0], bounds[1] - bounds[0])
    assert [uniform(*bounds).moment(n) for n in (1, 2, 3, 4)] == pytest.approx([law.moment(n) for n in (1, 2, 3, 4)])
    assert uniform(*bounds).variance == pytest.approx(law.var())


def test_moments_of_normal_numbers_are_scipys():
    law = stats.norm(0, 0.3)
    assert [normal(0.3).moment(n) for n in (1, 2, 3, 4)] == pytest.approx([law.moment(n) for n in (1, 2, 3, 4)])
    assert normal(0.3).variance == pytest.approx(law.var())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"low": 2.0, "high": 1.0}, "lower bound"),
        ({"kind": "normal", "sigma": -1.0}, "negative"),
        ({"high": math.inf}, "finite"),
    ],
)
def test_numbers_that_cannot_be_drawn_are_refused_with_the_reason(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        StartDistribution(**wrong)


def test_drawn_numbers_follow_their_distribution():
    drawn = uniform(-0.3, 1.2).draw(300, 400, 5, with_bias=True)
    assert drawn.user_factors.dtype == np.float32
    for numbers in (drawn.user_factors, drawn.item_factors, drawn.user_bias, drawn.item_bias):
        assert stats.kstest(numbers.ravel(), stats.uniform(-0.3, 1.5).cdf).pvalue > 0.001
    assert stats.kstest(normal(0.2).draw(300, 400, 5).item_factors.ravel(), stats.norm(0, 0.2).cdf).pvalue > 0.001


def test_the_same_seed_draws_the_same_and_another_one_others():
    one, again, other = (normal(0.1, seed).draw(4, 5, 3) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.user_factors, again.user_factors)
    assert not np.array_equal(one.user_factors, other.user_factors)


def test_the_programs_own_starts_can_be_had_by_their_names():
    ratings = random_ratings(6, 7, 20)
    nothing = np.zeros(20, dtype=bool)
    dot = random_start(ratings, TrainingConfig(model="dot", sigmoid=False, n_factors=5, seed=9), nothing)
    ours = uniform(0.0, 1.0, seed=9).draw(6, 7, 5)
    np.testing.assert_array_equal(ours.item_factors, dot.item_factors)
    bias = random_start(ratings, TrainingConfig(model="dot-bias", n_factors=5, seed=9), nothing)
    ours = normal(0.01, seed=9).draw(6, 7, 5, with_bias=True)
    np.testing.assert_array_equal(ours.item_bias, bias.item_bias)


# Their dot products


@pytest.mark.parametrize("k", [1, 5, 50])
@pytest.mark.parametrize("numbers", [*(uniform(*bounds) for bounds in UNIFORMS), normal(0.4)])
def test_mean_and_spread_of_the_dot_product_are_those_of_many_draws(numbers, k):
    n = 400_000 if k < 50 else 100_000
    drawn = many_dot_products(numbers, k, n)
    implied = numbers.dot_product(k)
    tolerance = 5 * implied.sd / math.sqrt(n)
    assert implied.mean == pytest.approx(drawn.mean(), abs=tolerance + 1e-12)
    assert implied.sd == pytest.approx(drawn.std(), rel=0.02, abs=1e-7)
    low, high = implied.range
    assert low - 1e-9 <= drawn.min()
    assert drawn.max() <= high + 1e-9


def test_the_lessons_start_lies_around_five_quarters():
    # By hand: E[u] = 1/2, E[u²] = 1/3, so mean 5/4 and variance 5 (1/9 − 1/16) = 35/144.
    implied = uniform(0, 1).dot_product(5)
    assert implied.mean == pytest.approx(1.25)
    assert implied.sd == pytest.approx(math.sqrt(35 / 144))
    assert implied.range == (0, 5)


def test_normal_numbers_lie_around_zero_with_spread_root_k_sigma_squared():
    implied = normal(0.3).dot_product(20)
    assert implied.mean == 0
    assert implied.sd == pytest.approx(math.sqrt(20 * 0.3**4))
    assert implied.range == (-math.inf, math.inf)


@pytest.mark.parametrize("k", [3, 5, 50])
@pytest.mark.parametrize("numbers", [uniform(0, 1), uniform(-0.3, 1.2), uniform(-1, 1), normal(0.4)])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.95])
def test_percentiles_are_those_of_many_draws_within_a_tenth_of_the_spread(numbers, k, part):
    implied = numbers.dot_product(k)
    drawn = np.quantile(many_dot_products(numbers, k, 100_000), part)
    assert implied.percentile(part) == pytest.approx(drawn, abs=0.1 * implied.sd)


def test_percentiles_stay_within_what_can_come_out():
    assert uniform(0, 1).dot_product(1).percentile(0.001) >= 0
    assert uniform(0.7, 0.7).dot_product(4).percentile(0.05) == pytest.approx(4 * 0.49)


# Sums with biases, and with blocks that stay as they are


def old_factors(*, bias, seed=5):
    rng = np.random.default_rng(seed)
    users, items = rng.normal(0.3, 0.5, (40, 4)), rng.uniform(-0.5, 1.5, (60, 4))
    if not bias:
        return Factorization(users, items)
    # A bias that goes with a factor, as training makes them.
    return Factorization(users, items, users[:, 0] * 2, items[:, 1] - 0.5, global_mean=3.0)


@pytest.mark.parametrize("numbers", [uniform(-0.2, 1.0), normal(0.5)])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    "blocks", [(), ("users",), ("items",), ("biases",), ("users", "items"), ("users", "items", "biases")]
)
def test_mean_and_spread_of_the_sum_are_those_of_many_starts(numbers, bias, blocks):
    from dataclasses import replace

    factors, blocks = old_factors(bias=bias), frozenset(blocks)
    totals = []
    for seed in range(300):
        start = with_new_numbers(factors, replace(numbers, seed=seed), blocks)
        total = start.user_factors @ start.item_factors.T
        if bias:
            total = total + start.user_bias[:, None] + start.item_bias
        totals.append(total)
    implied = implied_sum(factors, numbers, blocks)
    assert implied.mean == pytest.approx(np.mean(totals), abs=0.03)
    assert implied.sd == pytest.approx(np.std(totals), rel=0.03)


def test_without_biases_the_sum_is_the_dot_product():
    numbers, factors = uniform(-0.2, 1.0), old_factors(bias=False)
    implied, dot = implied_sum(factors, numbers, FACTORS_ONLY), numbers.dot_product(4)
    assert (implied.mean, implied.sd) == pytest.approx((dot.mean, dot.sd))


def test_only_the_chosen_blocks_get_new_numbers_and_nothing_is_written_in_place():
    factors = lesson_start(bias=True)
    before = factors.copy()
    new = with_new_numbers(factors, uniform(0, 1), frozenset({"items"}))
    assert new.item_factors.dtype == np.float64
    assert not np.array_equal(new.item_factors, factors.item_factors)
    for name in ("user_factors", "user_bias", "item_bias"):
        np.testing.assert_array_equal(getattr(new, name), getattr(factors, name))
        assert getattr(new, name) is not getattr(factors, name)
    np.testing.assert_array_equal(factors.item_factors, before.item_factors)


def test_the_same_seed_gives_a_block_the_same_numbers_whatever_else_is_chosen():
    factors = old_factors(bias=True)
    one = with_new_numbers(factors, normal(0.1), frozenset({"biases"}))
    all_of_them = with_new_numbers(factors, normal(0.1), EVERYTHING)
    np.testing.assert_array_equal(one.item_bias, all_of_them.item_bias)


@pytest.mark.parametrize("spread", [Spread(0.6, 0.9), Spread(0.0, 0.02), Spread(3.0, 2.0)])
def test_predictions_behind_a_sigmoid_lie_where_those_of_many_normal_sums_do(spread):
    squashed = Factorization(np.ones((1, 1)), np.ones((1, 1)), rating_range=(0.0, 5.5))
    sums = np.random.default_rng(3).normal(spread.mean, spread.sd, 1_000_000)
    predicted = 5.5 / (1 + np.exp(-sums))
    implied = implied_predictions(squashed, spread)
    assert implied.mean == pytest.approx(predicted.mean(), abs=0.005)
    assert implied.sd == pytest.approx(predicted.std(), rel=0.005)


def test_predictions_without_a_sigmoid_are_shifted_by_the_mean():
    assert implied_predictions(old_factors(bias=True), Spread(0.5, 0.2)) == Spread(3.5, 0.2)


def test_the_rmse_of_a_start_follows_from_the_two_spreads():
    rng = np.random.default_rng(0)
    predicted, rated = rng.normal(1.25, 0.5, 1_000_000), rng.normal(4.0, 0.9, 1_000_000)
    expected = np.sqrt(np.mean((predicted - rated) ** 2))
    assert implied_rmse(Spread(1.25, 0.5), Spread(4.0, 0.9)) == pytest.approx(expected, rel=0.002)


# The other way round


@pytest.mark.parametrize(("k", "high"), [(5, 2 * math.sqrt(3.5 / 5)), (50, 2 * math.sqrt(3.5 / 50))])
def test_the_upper_bound_that_starts_at_the_mean_rating(k, high):
    factors = uniform(0, 1).draw(30, 30, k)
    found = uniform_for_mean(factors, uniform(0, 1), FACTORS_ONLY, 3.5)
    assert (found.low, found.high) == pytest.approx((0.0, high))
    assert found.dot_product(k).mean == pytest.approx(3.5)


@pytest.mark.parametrize("blocks", [("users",), ("items",), ("biases",), ("users", "items", "biases")])
@pytest.mark.parametrize("target", [0.4, 2.0])
def test_a_wanted_mean_is_met_whichever_blocks_are_new(blocks, target):
    factors, numbers = old_factors(bias=True), uniform(-0.1, 0.3)
    found = uniform_for_mean(factors, numbers, frozenset(blocks), target)
    assert found.low < found.high
    many = [
        with_new_numbers(factors, StartDistribution("uniform", found.low, found.high, seed=seed), frozenset(blocks))
        for seed in range(300)
    ]
    sums = [s.user_factors @ s.item_factors.T + s.user_bias[:, None] + s.item_bias for s in many]
    assert np.mean(sums) == pytest.approx(target, abs=0.05)


def test_a_mean_below_the_lower_bound_moves_both_bounds_and_keeps_the_width():
    factors = uniform(0, 1).draw(10, 10, 5)
    found = uniform_for_mean(factors, uniform(1.0, 2.0), FACTORS_ONLY, 0.05)
    assert found.high - found.low == pytest.approx(1.0)
    assert found.dot_product(5).mean == pytest.approx(0.05)


def test_a_mean_that_no_numbers_give_is_refused_with_a_sentence():
    factors = uniform(0, 1).draw(10, 10, 5)
    with pytest.raises(ValueError, match="No uniform numbers"):
        uniform_for_mean(factors, uniform(0, 1), FACTORS_ONLY, -1.0)
    with pytest.raises(ValueError, match="No uniform numbers"):
        uniform_for_mean(factors, uniform(0, 1), frozenset(), 2.0)


def test_a_spread_smaller_than_that_of_the_old_numbers_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="No normal numbers"):
        normal_for_sd(old_factors(bias=True), normal(0.1), frozenset({"biases"}), 0.01)


@pytest.mark.parametrize("k", [5, 50])
def test_the_sigma_that_spreads_dot_products_like_the_ratings(k):
    factors = uniform(0, 1).draw(30, 30, k)
    found = normal_for_sd(factors, normal(0.1), FACTORS_ONLY, 0.94)
    assert found.sigma == pytest.approx((0.94**2 / k) ** 0.25)
    assert many_dot_products(found, k, 100_000).std() == pytest.approx(0.94, rel=0.02)


def test_a_sigma_that_counts_the_biases_too():
    factors = uniform(0, 1).draw(30, 30, 5, with_bias=True)
    found = normal_for_sd(factors, normal(0.1), EVERYTHING, 1.0)
    # σ² solves 5 s² + 2 s = 1.
    assert found.sigma**2 == pytest.approx((-2 + math.sqrt(24)) / 10)


def test_the_sum_behind_a_prediction_goes_back_through_the_sigmoid():
    squashed = Factorization(np.ones((1, 1)), np.ones((1, 1)), rating_range=(0.0, 5.5))
    total = sum_for(squashed, 3.54)
    assert squashed.to_rating(np.array([total])) == pytest.approx([3.54])
    assert sum_for(old_factors(bias=True), 3.5) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="sigmoid"):
        sum_for(squashed, 6.0)
