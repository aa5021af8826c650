"""Genres and years as numbers of their own: what they add, where it is shown, and what becomes of edits."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from net_cases import GENRES, N_ITEMS, QUIET, cells, constant, engine_for, ratings_with_genres, start_of

from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start

BIAS = replace(QUIET, model="dot-bias", features="genres")
NET = replace(QUIET, features="genres, year")
SAME_GENRES = [code for code in range(N_ITEMS) if GENRES[code] == "Drama"]


def test_a_genre_moves_all_its_movies_rated_or_not():
    engine, pairs = engine_for(BIAS, 60), cells()
    only = pairs.take(np.flatnonzero(pairs.items == SAME_GENRES[0]))
    before = engine.factorization()
    engine.steps(only, constant(0.05, 1), constant(0.9, 1), 0)
    after = engine.factorization()
    unrated = SAME_GENRES[1]
    assert after.item_bias[unrated] != before.item_bias[unrated]
    assert (after.item_factors[unrated] != before.item_factors[unrated]).any()
    without = GENRES.index("")
    assert after.item_bias[without] == before.item_bias[without]


def test_a_step_with_genres_is_that_of_plain_torch():
    start, pairs, rate = start_of(BIAS, scale=1.0), cells(), 0.1
    engine = engine_for(BIAS, 60, start)
    genres = sorted({one for text in GENRES for one in text.split("|") if one})
    flags = torch.tensor([[float(one in text.split("|")) for one in genres] for text in GENRES])
    arrays = {name: torch.tensor(array, requires_grad=True) for name, array in start.arrays().items()}
    of_genres = torch.zeros(len(genres), 5, requires_grad=True)
    users, items = (torch.tensor(one, dtype=torch.int64) for one in (pairs.users, pairs.items))
    for step in range(10):
        shown = arrays["item_factors"] + flags @ of_genres[:, :4]
        bias = arrays["item_bias"] + flags @ of_genres[:, 4]
        total = (arrays["user_factors"][users] * shown[items]).sum(1) + arrays["user_bias"][users] + bias[items]
        low, high = start.rating_range
        predicted = low + (high - low) * torch.sigmoid(total)
        loss = (predicted - torch.tensor(pairs.ratings)).square().mean()
        gradients = torch.autograd.grad(loss, [*arrays.values(), of_genres])
        with torch.no_grad():
            for one, gradient in zip([*arrays.values(), of_genres], gradients, strict=True):
                one.sub_(rate * gradient)
        engine.steps(pairs, constant(rate, 1), constant(0.9, 1), step)
    found = engine.factorization()
    np.testing.assert_allclose(
        found.item_factors, (arrays["item_factors"] + flags @ of_genres[:, :4]).detach(), atol=1e-5
    )
    np.testing.assert_allclose(found.item_bias, (arrays["item_bias"] + flags @ of_genres[:, 4]).detach(), atol=1e-5)
    np.testing.assert_allclose(found.user_bias, arrays["user_bias"].detach(), atol=1e-5)


@pytest.mark.parametrize("config", [BIAS, NET])
def test_edited_numbers_are_shown_as_they_were_typed(config):
    engine, pairs = engine_for(config, 10), cells()
    engine.steps(pairs, constant(0.05, 6), constant(0.9, 6), 0)
    edited = engine.factorization()
    edited.item_factors[3] = np.arange(edited.item_factors.shape[1]) / 10
    engine.load(edited)
    shown = engine.factorization()
    for name, array in edited.arrays().items():
        np.testing.assert_allclose(shown.arrays()[name], array, atol=1e-6, err_msg=name)
    some = engine.rows(np.array([1]), np.array([3, 4]))
    np.testing.assert_allclose(some.item_factors, edited.item_factors[[3, 4]], atol=1e-6)


def test_a_net_that_was_trained_with_genres_goes_on_with_them():
    first = engine_for(NET, 10)
    first.steps(cells(), constant(0.05, 6), constant(0.9, 6), 0)
    trained = first.factorization()
    again = engine_for(NET, 10, trained)
    again.steps(cells(), constant(0.05, 6), constant(0.9, 6), 0)
    begin = dict_of_parts(trained)["genres"]
    one, other = (again.factorization().item_factors[code, begin] for code in SAME_GENRES)
    np.testing.assert_allclose(one, other, atol=1e-5)
    assert (one != trained.item_factors[SAME_GENRES[0], begin]).any()


def dict_of_parts(factors):
    begins, begin = {}, 0
    for name, width in factors.item_parts:
        begins[name] = slice(begin, begin + width)
        begin += width
    return begins


def test_an_unknown_column_is_refused_with_those_there_are():
    ratings = ratings_with_genres()
    config = replace(BIAS, features="genres, director")
    with pytest.raises(ValueError, match=r"no column “director”.*its columns are genres, year"):
        Trainer(ratings, np.zeros(40, dtype=bool), random_start(ratings, BIAS, np.zeros(40, dtype=bool)), config)
