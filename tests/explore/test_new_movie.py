"""A movie that nobody has rated is told from its genres and year, as far as these say anything."""

from dataclasses import replace

import numpy as np
import pytest
from explore_support import items, random_model, rated_by_model

from cfstudio.explore.fold_in import fold_in
from cfstudio.explore.item_features import ItemFeatures
from cfstudio.explore.known_side import KnownSide
from cfstudio.explore.new_movie import fit_feature_model
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.one_blas_thread import one_blas_thread
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start
from cfstudio.ratings.catalog import open_ratings

GENRES = ["Action", "Romance", "Action|Romance", ""]


def world(*, bias=True, rating_range=None, n_items=200):
    """Genres decide a movie's factors: action has (1, 0, …), romance (0, 1, …)."""
    model = random_model(n_users=120, n_items=n_items, k=3, bias=bias, rating_range=rating_range, mean=3.0)
    table = items(n_items, [GENRES[code % 4] for code in range(n_items)])
    action = np.array(["Action" in one for one in table.genres], dtype=float)
    romance = np.array(["Romance" in one for one in table.genres], dtype=float)
    model.item_factors[:] = 0.05 * model.item_factors + np.column_stack([action, romance, np.zeros(n_items)])
    if bias:
        model.item_bias[:] = 0.05 * model.item_bias + 0.4 * action
    if not rating_range:
        model = replace(model, user_factors=model.user_factors * 0.6)
    ratings = rated_by_model(model, density=0.4, noise=0.1, item_table=table)
    ratings.values[:] = model.predict(ratings.users, ratings.items)
    return model, ratings


def fitted(ratings):
    """A dot product without biases, as the lesson's first sheet has it, after 300 epochs."""
    config = TrainingConfig(model="dot", n_factors=5, epochs=300, learning_rate=0.05, batch_size=0, seed=1)
    trainer = Trainer(ratings, ~ratings.rated, random_start(ratings, config, ~ratings.rated), config)
    while not trainer.finished:
        trainer.advance(100_000)
    return trainer.factorization()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
def test_a_new_action_movie_is_predicted_like_the_action_movies_that_there_are(bias, rating_range):
    model, ratings = world(bias=bias, rating_range=rating_range)
    found = fit_feature_model(model, ratings)
    known = KnownSide.for_newcomer(model, "item")
    nobody = np.empty(0, dtype=int)
    predicted = fold_in(known, found.prior(("action",), 1985), nobody, np.empty(0)).predictions
    action_only = ratings.item_table.genres == "Action"
    everybody = model.predict_block(np.arange(120), np.flatnonzero(action_only))
    assert np.sqrt(np.mean((predicted - everybody.mean(axis=1)) ** 2)) < 0.12
    romance_only = model.predict_block(np.arange(120), np.flatnonzero(ratings.item_table.genres == "Romance"))
    assert np.sqrt(np.mean((predicted - romance_only.mean(axis=1)) ** 2)) > 0.4


def test_without_a_sigmoid_the_weights_are_those_of_least_squares_over_all_ratings():
    model, ratings = world()
    found = fit_feature_model(model, ratings)
    features = found.features.columns(ratings.item_table)
    standardized = np.column_stack([np.ones(200), (features - found.center) / found.scale])
    tastes = np.column_stack([model.user_factors, np.ones(120)])
    design = np.einsum("nf,nq->nfq", standardized[ratings.items], tastes[ratings.users]).reshape(
        len(ratings.values), -1
    )
    offset = ratings.values - model.user_bias[ratings.users] - model.global_mean
    best = np.linalg.lstsq(design, offset, rcond=None)[0]
    predicted = design @ found.weights.reshape(-1)
    # The ridge keeps it from being exactly the best; it must be nearly as good.
    assert np.mean((predicted - offset) ** 2) < np.mean((design @ best - offset) ** 2) + 0.02


def test_a_few_ratings_make_a_new_movie_surer_and_move_it_towards_them():
    model, ratings = world()
    prior = fit_feature_model(model, ratings).prior(("Action",), 1990)
    known = KnownSide.for_newcomer(model, "item")
    before = fold_in(known, prior, np.empty(0, dtype=int), np.empty(0))
    fans = np.arange(10)
    after = fold_in(known, prior, fans, np.clip(before.predictions[fans] + 1.5, 0.5, 5.0))
    everybody = np.arange(120)
    assert (after.uncertainties(everybody) <= before.uncertainties(everybody) + 1e-12).all()
    assert after.predictions.mean() > before.predictions.mean()


def test_the_nearest_by_features_share_genres_and_year():
    _, ratings = world()
    found = fit_feature_model(*world())
    columns = found.features.columns(ratings.item_table)
    near = found.nearest(columns, found.features.row(("Romance",), 1981), 3)
    assert {ratings.item_table.genres[code] for code in near.codes} == {"Romance"}
    assert {int(ratings.item_table.years[code]) for code in near.codes} <= {1979, 1981, 1983}
    assert near.similarities[0] == pytest.approx(1.0)
    only = ratings.item_table.genres == "Action"
    assert (ratings.item_table.genres[found.nearest(columns, columns[1], 2, only).codes] == "Action").all()


def test_the_row_of_a_movie_that_exists_is_its_row_in_the_table():
    table = items(6, ["A|B", "", "B", "A", "C|A", "B|C"], [1950, 0, 1980, 1999, 2005, 2010])
    features = ItemFeatures.of(table)
    for code, genres in enumerate(table.genres):
        row = features.row(tuple(one for one in genres.split("|") if one), int(table.years[code]))
        np.testing.assert_allclose(row, features.columns(table)[code])


def test_what_cannot_be_told_is_said():
    model, ratings = world()
    with pytest.raises(ValueError, match='"Opera": it knows Action, Romance'):
        fit_feature_model(model, ratings).prior(("Opera",))
    bare = rated_by_model(model, item_table=items(200, [""] * 200, [0] * 200))
    with pytest.raises(ValueError, match="neither genres nor years"):
        fit_feature_model(model, bare)
    with pytest.raises(ValueError, match="no ratings to learn from"):
        fit_feature_model(model, ratings, np.ones(len(ratings.values), dtype=bool))


@pytest.mark.parametrize("name", ["lesson", "three-tastes"])
def test_on_a_small_sheet_an_unknown_movie_is_predicted_near_the_mean_rating(name):
    """A ridge that also shrinks the average movie would say 0.7 where people give 4."""
    ratings = open_ratings(name)
    model = fitted(ratings)
    prior = fit_feature_model(model, ratings).prior((), 0)
    nobody = np.empty(0, dtype=int)
    predicted = fold_in(KnownSide.for_newcomer(model, "item"), prior, nobody, np.empty(0)).predictions
    assert float(predicted.mean()) == pytest.approx(float(ratings.values.mean()), abs=0.5)


def test_linear_algebra_has_its_threads_back_afterwards():
    from threadpoolctl import threadpool_info

    def threads():
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    before = threads()
    with one_blas_thread():
        assert set(threads()) <= {1}
    assert threads() == before
