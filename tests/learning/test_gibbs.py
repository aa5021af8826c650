"""The sampler draws what the model's formula says: checked against the formula written out with dense matrices."""

import numpy as np
import pytest
from scipy import stats
from support import random_ratings

from cfstudio.learning.engine import Pairs
from cfstudio.learning.gibbs import GibbsSampler
from cfstudio.learning.gibbs_kernels import N_SUMS, draw_linear, tally
from cfstudio.models.bayes_features import FeatureBlock, FeatureGroup, bayes_features

RATINGS = random_ratings(6, 5, 18)
NOBODY = np.zeros(18, dtype=bool)
FEATURES = "sets, genres, year"


def pairs_of(ratings, rows=slice(None)):
    return Pairs(ratings.users[rows], ratings.items[rows], ratings.values[rows].astype(np.float32))


def sampler(rank=2, seed=3, noise_of=None):
    noise_of = np.arange(RATINGS.n_users) if noise_of is None else noise_of
    return GibbsSampler(pairs_of(RATINGS), *bayes_features(RATINGS, NOBODY, FEATURES), rank, seed, noise_of)


def dense_design(one):
    """(n_ratings, n_features) all features of each rating, users' first, in the sampler's order of ratings."""
    users, items = one.users.block.to_dense(), one.items.block.to_dense()
    return np.hstack([users[one.users.codes], items[one.items.codes]])


def formula(x, bias, w, v):
    """A factorization machine as Rendle (2010) writes it: every pair of features once."""
    n = x.shape[1]
    total = bias + x @ w
    for a in range(n):
        for b in range(a + 1, n):
            total = total + (v[:, a] @ v[:, b]) * x[:, a] * x[:, b]
    return total


def weights_of(one):
    w = np.concatenate([one.users.linear_weights, one.items.linear_weights])
    return w, np.hstack([one.users.weights, one.items.weights])


def predicted(one):
    return formula(dense_design(one), one.global_bias, *weights_of(one))


def test_the_errors_are_those_of_the_formula_after_every_part_of_a_sweep():
    one = sampler()
    for _ in range(3):
        for place in range(one.rank + 1):
            one.step(place)
            np.testing.assert_allclose(one.errors, one.ratings - predicted(one), atol=1e-10)


def test_a_sample_folds_into_factors_and_biases_without_loss():
    one = sampler()
    one.sweep()
    folded = one.folded()
    np.testing.assert_allclose(folded.predict(one.users.codes, one.items.codes), predicted(one), atol=1e-10)
    # cells that nobody rated, too
    users, items = np.repeat(np.arange(6), 5), np.tile(np.arange(5), 6)
    x = np.hstack([one.users.block.to_dense()[users], one.items.block.to_dense()[items]])
    expected = formula(x, one.global_bias, *weights_of(one))
    np.testing.assert_allclose(folded.predict(users, items), expected, atol=1e-10)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("normal", [0.0, 1.0])
def test_each_weight_is_drawn_from_its_exact_conditional(place, normal, monkeypatch):
    one = sampler()
    one.sweep()
    one.step(0)
    for side in (one.users, one.items):
        monkeypatch.setattr(side, "draw_prior", lambda row, rng: None)
    monkeypatch.setattr(one, "_draw_noise", lambda: None)
    monkeypatch.setattr(one, "_draw_global_bias", lambda: None)
    one._rng = Fixed(normal)
    expected = conditional_walk(one, place, normal)
    one.step(place)
    w, v = weights_of(one)
    np.testing.assert_allclose(w if place == 0 else v[place - 1], expected, rtol=1e-8, atol=1e-10)


class Fixed:
    """Random numbers that are not."""

    def __init__(self, value):
        self._value = value

    def standard_normal(self, n):
        return np.full(n, self._value)


def conditional_walk(one, place, normal):
    """Mean + `normal` standard deviations of one weight after the other, from the prediction's slope in it."""
    x, (w, v) = dense_design(one), weights_of(one)
    w, v = w.copy(), v.copy()
    alpha = one.noise_precisions[one.users.codes]
    row = w if place == 0 else v[place - 1]
    sides = [(side, j) for side in (one.users, one.items) for j in range(side.block.n_features)]
    for column, (side, j) in enumerate(sides):
        group = side.block.groups[j]
        prior_mean, prior_precision = side.means[place, group], side.precisions[place, group]
        row[column] = 0.0
        without = formula(x, one.global_bias, w, v)
        row[column] = 1.0
        slope = formula(x, one.global_bias, w, v) - without
        precision = alpha @ slope**2 + prior_precision
        mean = (alpha @ (slope * (one.ratings - without)) + prior_precision * prior_mean) / precision
        row[column] = mean + normal / np.sqrt(precision)
    return row


def test_a_long_chain_of_linear_weights_has_the_mean_and_covariance_of_the_exact_posterior():
    rng = np.random.default_rng(0)
    block = FeatureBlock.of(4, [FeatureGroup.ids("user", 4), FeatureGroup.members("set", 2, *SETS_OF_FOUR)])
    codes, items = np.repeat(np.arange(4), 3).astype(np.int32), np.zeros(12, dtype=np.int32)
    targets, alpha = rng.normal(0, 2, 12), rng.uniform(0.5, 2.0, 12)
    means, precisions = np.array([0.3, -0.2]), np.array([0.5, 1.5])
    x = block.to_dense()[codes]
    prior = precisions[block.groups]
    exact_precision = x.T @ (alpha[:, None] * x) + np.diag(prior)
    exact_mean = np.linalg.solve(exact_precision, x.T @ (alpha * targets) + prior * means[block.groups])
    weights, linear, sums = np.zeros(6), np.zeros(4), np.zeros((4, N_SUMS))
    chain = np.empty((20_000, 6))
    for n in range(len(chain)):
        tally(codes, items, alpha, targets - linear[codes], np.zeros(1), sums)
        draw_linear(
            block.starts, block.rows, block.values, weights, rng.standard_normal(6), block.groups, means, precisions,
            linear, sums,
        )  # fmt: skip
        chain[n] = weights
    np.testing.assert_allclose(chain[100:].mean(axis=0), exact_mean, atol=0.03)
    np.testing.assert_allclose(np.cov(chain[100:].T), np.linalg.inv(exact_precision), atol=0.03)


SETS_OF_FOUR = np.array([0, 1, 1, 2, 3], dtype=np.int32), np.array([0, 0, 1, 1, 0], dtype=np.int32)


def test_priors_and_weights_drawn_in_turn_keep_the_distribution_they_start_from():
    """Geweke's joint distribution test (JASA 2004): weights from the prior, the prior from the weights, and so on."""
    rng = np.random.default_rng(1)
    side = sampler(rank=1).users
    side.block = FeatureBlock.of(5, [FeatureGroup.ids("user", 5)])
    side.group_sizes, side._group_starts = np.array([5.0]), np.array([0])
    side.means, side.precisions = np.zeros((1, 1)), np.ones((1, 1))
    precisions = np.empty(30_000)
    for n in range(len(precisions)):
        side.linear_weights = side.means[0] + rng.standard_normal(5) / np.sqrt(side.precisions[0])
        side.draw_prior(0, rng)
        precisions[n] = side.precisions[0, 0]
    prior = stats.gamma(0.5, scale=2.0)
    quantiles = np.array([0.25, 0.5, 0.75, 0.9])
    np.testing.assert_allclose([(precisions < prior.ppf(q)).mean() for q in quantiles], quantiles, atol=0.04)


def simulated(n_users=80, n_items=60, rank=2, noise=(0.3, 0.9), seed=0):
    """Ratings from a known model; every second user is noisier; returns them with the expected ratings of all cells."""
    rng = np.random.default_rng(seed)
    ratings = random_ratings(n_users, n_items, n_users * n_items // 2, seed)
    expected = 3.5 + rng.normal(0, 0.5, (n_users, 1)) + rng.normal(0, 0.4, (1, n_items))
    expected = expected + rng.normal(0, 0.6, (n_users, rank)) @ rng.normal(0, 0.6, (rank, n_items))
    sd = np.array(noise)[ratings.users % 2]
    ratings.values = expected[ratings.users, ratings.items] + sd * rng.standard_normal(len(ratings.users))
    return ratings, expected


def test_known_noise_and_known_expectations_come_out_of_simulated_ratings():
    ratings, expected = simulated()
    blocks = bayes_features(ratings, np.zeros(len(ratings.values), dtype=bool), "")
    one = GibbsSampler(pairs_of(ratings), *blocks, 3, 0, np.arange(80))
    users, items = np.repeat(np.arange(80), 60), np.tile(np.arange(60), 80)
    total, noise = 0.0, 0.0
    for sweep in range(150):
        one.sweep()
        if sweep >= 50:
            total = total + one.folded().predict(users, items) / 100
            noise = noise + 1.0 / one.noise_precisions / 100
    noise = np.sqrt(noise)
    assert np.median(noise[::2]) == pytest.approx(0.3, rel=0.15)
    assert np.median(noise[1::2]) == pytest.approx(0.9, rel=0.15)
    errors = total - expected[users, items]
    # Least squares with the two true factors' columns known would leave about σ·√(numbers per user / ratings per user).
    assert np.sqrt(np.mean(errors[users % 2 == 0] ** 2)) < 0.2
    assert np.sqrt(np.mean(errors[users % 2 == 1] ** 2)) < 0.5


def test_one_noise_for_all_is_the_plain_model():
    one = sampler(noise_of=np.zeros(RATINGS.n_users, dtype=int))
    one.sweep()
    assert len(set(one.noise_precisions.tolist())) == 1


def test_what_is_held_out_enters_no_set():
    held_out = np.arange(18) % 3 == 0
    for block, owners, members in zip(
        bayes_features(RATINGS, held_out, "sets"),
        (RATINGS.users, RATINGS.items),
        (RATINGS.items, RATINGS.users),
        strict=True,
    ):
        table = block.to_dense()[:, block.groups == 1]
        assert not table[owners[held_out], members[held_out]].any()
        assert table[owners[~held_out], members[~held_out]].all()
        np.testing.assert_allclose((table**2).sum(axis=1)[np.unique(owners[~held_out])], 1.0)


def test_a_feature_that_the_data_does_not_have_is_refused_by_name():
    with pytest.raises(ValueError, match="director"):
        bayes_features(RATINGS, NOBODY, "genres, director")


def test_all_takes_what_there_is():
    users, items = bayes_features(RATINGS, NOBODY, "all")
    assert users.names == ("user", "items of the user")
    assert set(items.names) == {"item", "users of the item", "genres", "year"}
