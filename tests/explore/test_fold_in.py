"""A new person's (or movie's) numbers are the exact answer of the stated ridge problem, and of no use to nobody."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from explore_support import random_model, rated_by_model
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from cfstudio.explore.fold_in import fold_in
from cfstudio.explore.known_side import KnownSide, own_numbers
from cfstudio.explore.new_person import NewPerson
from cfstudio.explore.prior import Prior, average_numbers, plain_prior, rating_noise
from cfstudio.explore.refined_prior import refined_prior


def spherical(d, noise=0.7, seed=3):
    """A prior with correlated numbers."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(d, d)) / np.sqrt(d)
    return Prior(rng.normal(0, 0.2, d), root @ root.T + 0.05 * np.eye(d), noise)


def loss(model, known, prior, codes, values, numbers):
    """What is minimized, in the words of the docstring."""
    errors = model.to_rating(known.columns[codes] @ numbers + known.offsets[codes]) - values
    away = numbers - prior.mean
    return errors @ errors + prior.noise * away @ np.linalg.solve(prior.covariance, away)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("newcomer", ["user", "item"])
@pytest.mark.parametrize("n", [1, 3, 25])
def test_without_a_sigmoid_the_numbers_solve_the_ridge_equations(bias, newcomer, n):
    model = random_model(bias=bias)
    known = KnownSide.for_newcomer(model, newcomer)
    prior = spherical(known.n_numbers)
    rng = np.random.default_rng(n)
    codes, values = rng.choice(30, n, replace=False), rng.uniform(1, 5, n)
    found = fold_in(known, prior, codes, values)

    factors = model.item_factors if newcomer == "user" else model.user_factors
    others = model.item_bias if newcomer == "user" else model.user_bias
    x = np.column_stack([factors[codes], np.ones(n)]) if bias else factors[codes]
    y = values - model.global_mean - (others[codes] if bias else 0)
    precision = x.T @ x / 0.7 + np.linalg.inv(prior.covariance)
    expected = np.linalg.solve(precision, x.T @ y / 0.7 + np.linalg.solve(prior.covariance, prior.mean))
    np.testing.assert_allclose(found.numbers, expected, atol=1e-9)
    np.testing.assert_allclose(found.covariance, np.linalg.inv(precision), atol=1e-9)


def test_least_squares_with_the_prior_as_more_rows_gives_the_same():
    model = random_model()
    known = KnownSide.for_newcomer(model, "user")
    prior = Prior(np.zeros(5), np.eye(5) * 0.25, 0.5)
    codes, values = np.array([3, 7, 11]), np.array([5.0, 1.0, 3.5])
    x = np.vstack([np.column_stack([model.item_factors[codes], np.ones(3)]), np.sqrt(0.5 / 0.25) * np.eye(5)])
    y = np.concatenate([values - model.global_mean - model.item_bias[codes], np.zeros(5)])
    expected = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose(fold_in(known, prior, codes, values).numbers, expected, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_through_a_sigmoid_the_numbers_have_the_smallest_loss_that_a_general_optimizer_finds(seed):
    model = random_model(rating_range=(0.0, 5.5), seed=seed)
    known = KnownSide.for_newcomer(model, "user")
    prior = spherical(5, seed=seed)
    rng = np.random.default_rng(seed)
    codes, values = rng.choice(40, 12, replace=False), rng.integers(1, 11, 12) / 2
    found = fold_in(known, prior, codes, values)
    best = minimize(
        lambda p: loss(model, known, prior, codes, values, p), prior.mean, method="BFGS", options={"gtol": 1e-9}
    )
    np.testing.assert_allclose(found.numbers, best.x, atol=1e-3)
    assert loss(model, known, prior, codes, values, found.numbers) <= best.fun + 1e-6

    problem = found.problem
    weighted = problem.columns.T * problem.weights
    precision = weighted @ problem.columns / prior.noise + np.linalg.inv(prior.covariance)
    right = weighted @ problem.targets / prior.noise + np.linalg.solve(prior.covariance, prior.mean)
    np.testing.assert_allclose(found.numbers, np.linalg.solve(precision, right), atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.floats(0.01, 10), width=st.floats(0.01, 100), n=st.integers(1, 20))
def test_a_step_through_the_sigmoid_never_makes_things_worse_than_knowing_nothing(seed, size, width, n):
    rng = np.random.default_rng(seed)
    model = random_model(rating_range=(0.0, 5.5), seed=seed)
    model.item_factors[:] *= size
    known = KnownSide.for_newcomer(model, "user")
    prior = Prior(rng.normal(size=5), np.eye(5) * width, 0.8)
    codes, values = rng.integers(0, 40, n), rng.integers(1, 11, n) / 2
    found = fold_in(known, prior, codes, values)
    assert np.isfinite(found.numbers).all()
    at_start = loss(model, known, prior, codes, values, prior.mean)
    assert loss(model, known, prior, codes, values, found.numbers) <= at_start + 1e-6 * (1 + at_start)


def test_who_has_rated_nothing_is_the_average_person_as_unsure_as_people_differ():
    model = random_model()
    prior = spherical(5)
    found = fold_in(KnownSide.for_newcomer(model, "user"), prior, np.empty(0, dtype=int), np.empty(0))
    np.testing.assert_allclose(found.numbers, prior.mean)
    x = np.append(model.item_factors[6], 1.0)
    assert found.uncertainties(np.array([6]))[0] == pytest.approx(np.sqrt(x @ prior.covariance @ x))


def test_every_rating_more_makes_all_predictions_surer():
    model = random_model()
    known, prior = KnownSide.for_newcomer(model, "user"), spherical(5)
    everything = np.arange(40)
    spreads = [fold_in(known, prior, np.arange(n), np.full(n, 3.0)).uncertainties(everything) for n in (0, 1, 5, 20)]
    for before, after in pairwise(spreads):
        assert (after <= before + 1e-12).all()


def test_many_ratings_find_the_numbers_that_they_came_from():
    model = random_model(n_items=400)
    truth = np.array([0.4, -0.8, 0.1, 0.6, 0.25])
    known = KnownSide.for_newcomer(model, "user")
    values = model.global_mean + known.columns @ truth + known.offsets
    found = fold_in(known, Prior(np.zeros(5), np.eye(5), 0.01), np.arange(400), values)
    np.testing.assert_allclose(found.numbers, truth, atol=1e-3)
    assert found.bias == pytest.approx(0.25, abs=1e-3)
    np.testing.assert_allclose(found.predictions, values, atol=5e-3)


def test_predictions_of_the_folded_are_those_of_the_model_with_one_more_user():
    from dataclasses import replace

    model = random_model(rating_range=(0.0, 5.5))
    found = fold_in(KnownSide.for_newcomer(model, "user"), spherical(5), np.array([1, 2]), np.array([5.0, 1.0]))
    longer = replace(
        model,
        user_factors=np.vstack([model.user_factors, found.factors]),
        user_bias=np.append(model.user_bias, found.bias),
    )
    np.testing.assert_allclose(found.predictions, longer.predict(np.full(40, 30), np.arange(40)), atol=1e-12)


def test_numbers_that_are_not_finite_are_answered_with_a_sentence():
    model = random_model()
    with pytest.raises(ValueError, match="finite"):
        fold_in(KnownSide.for_newcomer(model, "user"), spherical(5), np.array([0]), np.array([np.nan]))
    model.item_factors[3, 1] = np.inf
    with pytest.raises(ValueError, match="train again"):
        KnownSide.for_newcomer(model, "user")


# What is known beforehand


def test_the_plain_prior_is_mean_and_covariance_of_those_with_ratings():
    model = random_model(n_users=50)
    ratings = rated_by_model(model)
    ratings.values[ratings.users == 4] = np.nan
    prior = plain_prior(model, "user", ratings)
    counts = np.bincount(ratings.users[ratings.rated], minlength=50)
    chosen = counts > 0
    numbers = np.column_stack([model.user_factors, model.user_bias])[chosen]
    trust = (counts / (counts + 20))[chosen]
    np.testing.assert_allclose(prior.mean, (trust[:, None] * numbers).sum(0) / trust.sum())
    away = numbers - prior.mean
    np.testing.assert_allclose(prior.covariance, (away * trust[:, None]).T @ away / trust.sum(), atol=1e-8)


def test_the_refined_prior_explains_the_ratings_better():
    """The evidence of all ratings, as SciPy's multivariate normal has it, goes up in every round."""
    from scipy.stats import multivariate_normal

    model = random_model(n_users=60, k=3)
    ratings = rated_by_model(model, density=0.3, noise=0.5)
    ratings.values[:] = model.predict(ratings.users, ratings.items) + np.random.default_rng(0).normal(
        0, 0.5, len(ratings.values)
    )

    def evidence(prior):
        total = 0.0
        for user in range(60):
            rows = ratings.rows_of_user(user)
            codes = ratings.items[rows]
            x = np.column_stack([model.item_factors[codes], np.ones(len(codes))])
            y = ratings.values[rows] - model.item_bias[codes] - model.global_mean
            total += multivariate_normal.logpdf(
                y, x @ prior.mean, x @ prior.covariance @ x.T + prior.noise * np.eye(len(codes))
            )
        return total

    found = [
        evidence(refined_prior(model, "user", ratings, rounds=rounds, factor_share=1.0)) for rounds in (0, 1, 2, 5)
    ]
    assert found == sorted(found)
    assert found[-1] > found[0] + 1


def test_the_noise_is_what_user_and_item_means_leave():
    rng = np.random.default_rng(5)
    model = random_model(n_users=80, n_items=90, k=1)
    model.user_factors[:] = 0
    ratings = rated_by_model(model, density=0.6)
    ratings.values[:] = model.predict(ratings.users, ratings.items) + rng.normal(0, 0.6, len(ratings.values))
    assert rating_noise(ratings) == pytest.approx(0.36, rel=0.05)


def test_the_average_of_nobody_is_no_accident():
    model = random_model()
    ratings = rated_by_model(model)
    everything = np.ones(len(ratings.values), dtype=bool)
    np.testing.assert_array_equal(average_numbers(model, "user", ratings, everything), np.zeros(5))
    counts = np.bincount(ratings.users, minlength=30)
    expected = counts @ own_numbers(model, "user") / counts.sum()
    np.testing.assert_allclose(average_numbers(model, "user", ratings), expected)


def test_identical_users_and_a_single_one_still_give_a_usable_prior():
    model = random_model(n_users=1)
    ratings = rated_by_model(model, density=1.0)
    prior = plain_prior(model, "user", ratings)
    found = fold_in(KnownSide.for_newcomer(model, "user"), prior, np.array([0]), np.array([5.0]))
    assert np.isfinite(found.predictions).all()


@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
def test_the_average_stranger_is_predicted_half_way_between_the_model_and_the_items_mean(rating_range):
    model = random_model(rating_range=rating_range)
    ratings = rated_by_model(model)
    prior = refined_prior(model, "user", ratings)
    known = KnownSide.for_newcomer(model, "user")
    nobody = np.empty(0, dtype=int)
    ours = fold_in(known, replace(prior, shift=None), nobody, np.empty(0)).predictions
    mean = ratings.values.mean()
    means = np.array(
        [
            (ratings.values[ratings.items == item].sum() + 2 * mean) / (np.count_nonzero(ratings.items == item) + 2)
            for item in range(ratings.n_items)
        ]
    )
    np.testing.assert_allclose(fold_in(known, prior, nobody, np.empty(0)).predictions, (ours + means) / 2, atol=1e-9)
    # With ratings it still is the ridge problem with these offsets.
    codes, values = np.array([2, 9, 30]), np.array([5.0, 1.0, 3.5])
    shifted = KnownSide(model, known.columns, known.offsets + prior.shift)
    direct = fold_in(shifted, replace(prior, shift=None), codes, values)
    np.testing.assert_allclose(fold_in(known, prior, codes, values).numbers, direct.numbers, atol=1e-9)


def test_kept_in_the_model_a_newcomer_is_folded_in_with_the_models_own_biases():
    model = random_model()
    prior = refined_prior(model, "user", rated_by_model(model))
    person = NewPerson(model, prior, {2: 5.0, 9: 1.0})
    plain = fold_in(
        KnownSide.for_newcomer(model, "user"), replace(prior, shift=None), np.array([2, 9]), np.array([5.0, 1.0])
    )
    np.testing.assert_allclose(person.numbers_for_model(), plain.numbers, atol=1e-9)


def test_the_refined_prior_of_many_ratings_never_holds_a_row_of_numbers_for_each():
    """Else every change of the model on 100,004 ratings takes 55 MB, several times over while answers overlap."""
    model = random_model(n_users=200, n_items=300, k=20)
    ratings = rated_by_model(model, density=0.5)
    a_row_each = ratings.n_rated * 21 * 8
    tracemalloc.start()
    try:
        refined_prior(model, "user", ratings, rounds=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < a_row_each
