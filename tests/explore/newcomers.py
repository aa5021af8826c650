"""How well strangers are predicted: people and movies kept out of training entirely."""

from __future__ import annotations

import numpy as np

from cfstudio.explore.fold_in import fold_in
from cfstudio.explore.known_side import KnownSide
from cfstudio.explore.new_movie import fit_feature_model
from cfstudio.explore.prior import plain_prior
from cfstudio.explore.refined_prior import refined_prior
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.one_blas_thread import one_blas_thread
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start

SHOWN = (0, 1, 3, 10)
SHRINKAGES = (1, 3, 5, 8)


def trained(ratings, hidden, seed):
    """The default model, fitted to everything that is not hidden."""
    config = TrainingConfig(seed=seed)
    trainer = Trainer(ratings, hidden, random_start(ratings, config, hidden), config)
    while not trainer.finished:
        trainer.advance(100_000)
    return trainer.factorization()


def rmse(errors):
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


def new_people(ratings, n_draws):
    """A tenth of the users kept out: {method: {ratings shown: mean RMSE on their other ratings}}."""
    found = {}
    for draw in range(n_draws):
        rng = np.random.default_rng(draw)
        out = rng.permutation(ratings.n_users)[: ratings.n_users // 10]
        hidden = np.isin(ratings.users, out)
        predictors = _fold_ins(ratings, hidden, draw) | _offsets(ratings, hidden)
        orders = [rng.permutation(np.flatnonzero(ratings.users == user)) for user in out]
        for name, predict in predictors.items():
            for k in SHOWN:
                errors = []
                with one_blas_thread():
                    for rows in orders:
                        shown, rest = rows[:k], rows[k:]
                        predictions = predict(ratings.items[shown], ratings.values[shown])
                        errors.append(ratings.values[rest] - predictions[ratings.items[rest]])
                found.setdefault(name, {}).setdefault(k, []).append(rmse(errors))
    return {name: {k: float(np.mean(values)) for k, values in by_k.items()} for name, by_k in found.items()}


def _fold_ins(ratings, hidden, seed):
    model = trained(ratings, hidden, seed)
    known = KnownSide.for_newcomer(model, "user")
    priors = {"plain": plain_prior, "refined": refined_prior}
    fitted = {name: prior(model, "user", ratings, hidden) for name, prior in priors.items()}
    return {
        f"fold-in, {name} prior": lambda codes, values, prior=prior: fold_in(known, prior, codes, values).predictions
        for name, prior in fitted.items()
    }


def _offsets(ratings, hidden):
    """Item means, damped by five ratings at the mean of all, and the person's shrunken offset from them."""
    mean = ratings.values[~hidden].mean()
    sums = np.bincount(ratings.items[~hidden], ratings.values[~hidden] - mean, minlength=ratings.n_items)
    means = mean + sums / (np.bincount(ratings.items[~hidden], minlength=ratings.n_items) + 5)

    def predict(codes, values, shrinkage):
        return means + np.sum(values - means[codes]) / (len(codes) + shrinkage)

    return {
        f"item mean + offset shrunken by {one}": lambda codes, values, one=one: predict(codes, values, one)
        for one in SHRINKAGES
    }


def new_movies(ratings, n_draws):
    """A tenth of the movies kept out: mean RMSE from genres and year, and from mean and user offset."""
    ours, baseline = [], []
    for draw in range(n_draws):
        out = np.random.default_rng(draw).permutation(ratings.n_items)[: ratings.n_items // 10]
        hidden = np.isin(ratings.items, out)
        users, items, values = ratings.users[hidden], ratings.items[hidden], ratings.values[hidden]
        model = trained(ratings, hidden, draw)
        found = fit_feature_model(model, ratings, hidden)
        numbers = found.numbers(found.features.columns(ratings.item_table))
        known = KnownSide.for_newcomer(model, "item")
        total = np.einsum("nd,nd->n", known.columns[users], numbers[items]) + known.offsets[users]
        ours.append(rmse([values - known.to_rating(total)]))
        mean = ratings.values[~hidden].mean()
        sums = np.bincount(ratings.users[~hidden], ratings.values[~hidden] - mean, minlength=ratings.n_users)
        offsets = sums / (np.bincount(ratings.users[~hidden], minlength=ratings.n_users) + 5)
        baseline.append(rmse([values - mean - offsets[users]]))
    return float(np.mean(ours)), float(np.mean(baseline))
