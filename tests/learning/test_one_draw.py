"""What people gain from the microscope over the Bayesian model: a user's numbers drawn as the sampler draws them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from support import random_ratings

from cfstudio.learning.blackboard import Blackboard
from cfstudio.learning.draw_words import draw_board
from cfstudio.learning.gibbs_kernels import FACTOR, N_SUMS, OWN, draw_factor, draw_linear, settle, tally
from cfstudio.learning.one_draw import Prior, Rated, one_draw
from cfstudio.models.factorization import Factorization
from cfstudio.ratings.split import random_hold_out

K, USER = 3, 4


@pytest.fixture
def case():
    ratings = random_ratings(12, 15, 90)
    rng = np.random.default_rng(2)
    factors = Factorization(
        *(rng.normal(0, 0.4, (n, K)).astype(np.float32) for n in (12, 15)),
        *(rng.normal(0, 0.3, n).astype(np.float32) for n in (12, 15)),
        global_mean=3.2,
    )
    held_out = random_hold_out(ratings, 0.2, 1)
    numbers = np.column_stack((factors.user_factors, factors.user_bias)).astype(np.float64)
    return ratings, held_out, factors, numbers, rng.standard_normal(K + 1)


def drawn(case):
    ratings, held_out, factors, numbers, normals = case
    rated = Rated.of(ratings, held_out, factors, USER)
    return one_draw(rated, Prior.of(numbers), numbers[USER], normals, 1)


def test_the_draw_is_the_one_of_the_samplers_compiled_steps(case):
    ratings, held_out, factors, numbers, normals = case
    draw = drawn(case)
    rows = np.flatnonzero(ratings.rated & ~held_out & (ratings.users == USER))
    items, mine = ratings.items[rows].astype(np.int32), np.zeros(len(rows), dtype=np.int32)
    of_item = factors.item_factors.astype(np.float64)
    mean = factors.global_mean + factors.item_bias.astype(np.float64)[items]
    errors = ratings.values[rows] - mean - of_item[items] @ numbers[USER, :K] - numbers[USER, K]
    noise = np.full(len(rows), draw.noise_precision)
    one, sums, group = np.ones(1), np.zeros((1, N_SUMS)), np.zeros(1, dtype=np.int32)
    column = np.array([0, 1]), np.zeros(1, dtype=np.int32), one
    weight, linear, nothing = numbers[USER, K:].copy(), numbers[USER, K:].copy(), np.zeros(15)

    def prior(place):
        return group, draw.prior.mean[place : place + 1].copy(), draw.prior.precision[place : place + 1].copy()

    tally(mine, items, noise, errors, nothing, sums)
    draw_linear(*column, weight, normals[K:].copy(), *prior(K), linear, sums)
    settle(mine, items, errors, np.zeros(1), linear - numbers[USER, K:], nothing)
    assert draw.new[K] == pytest.approx(weight[0], abs=1e-10)
    for f in range(K):
        weight, factor = numbers[USER, f : f + 1].copy(), np.ascontiguousarray(of_item[:, f])
        tally(mine, items, noise, errors, factor, sums)
        sums[0, FACTOR], sums[0, OWN] = weight[0], weight[0] ** 2
        draw_factor(*column, weight, normals[f : f + 1].copy(), *prior(f), sums)
        settle(mine, items, errors, weight - numbers[USER, f], np.zeros(1), factor)
        assert draw.new[f] == pytest.approx(weight[0], abs=1e-10)


def test_a_numbers_distribution_is_likelihood_times_prior(case):
    ratings, held_out, factors, numbers, _ = case
    draw, place = drawn(case), K - 1
    rows = np.flatnonzero(ratings.rated & ~held_out & (ratings.users == USER))
    items = ratings.items[rows]
    others = draw.new.copy()  # the last factor is drawn given all new numbers

    def log_density(value):
        others[place] = value
        expected = factors.global_mean + factors.item_bias[items] + factors.item_factors[items] @ others[:K] + others[K]
        noise = stats.norm(expected, draw.noise_precision**-0.5).logpdf(ratings.values[rows]).sum()
        return noise + stats.norm(draw.prior.mean[place], draw.prior.precision[place] ** -0.5).logpdf(value)

    of_draw = stats.norm(draw.mean[place], draw.precision[place] ** -0.5)
    for value in (-0.7, 0.1, 1.3):
        found = log_density(value) - log_density(0.0)
        assert found == pytest.approx(of_draw.logpdf(value) - of_draw.logpdf(0.0), abs=1e-4)
    assert numbers.shape == (12, K + 1)


def test_who_has_rated_nothing_gets_numbers_like_everybody_elses(case):
    ratings, held_out, factors, numbers, normals = case
    rated = Rated.of(ratings, np.ones_like(held_out), factors, USER)
    draw = one_draw(rated, Prior.of(numbers), numbers[USER], normals, 1)
    assert draw.n_ratings == 0
    assert draw.mean == pytest.approx(draw.prior.mean)
    assert draw.precision == pytest.approx(draw.prior.precision)


def test_the_table_adds_up_and_the_words_name_every_part(case):
    board = draw_board(drawn(case), 4.0, 3.0, 3.5)
    assert isinstance(board, Blackboard)
    for row in board.rows:
        one = dict(zip(board.header, row, strict=True))
        assert one["prior"] + one["α Σ q²"] == pytest.approx(one["precision"])
        assert one["mean"] + one["z"] / one["precision"] ** 0.5 == pytest.approx(one["new"])
    assert [row[0] for row in board.rows] == ["user bias", "user f1", "user f2", "user f3"]
    text = board.as_text("User 5 × Film")
    for word in ("scatter", "prior", "precision", "normal(0, 1)", "3.0000 → 3.5000", "error −1.0000 → −0.5000"):
        assert word in text
