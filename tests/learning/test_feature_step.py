"""What people gain from the microscope over genres: a step moves the labels, too, and all movies that share them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from net_cases import GENRES, N_ITEMS, N_USERS, QUIET, ratings_with_genres

from cfstudio.learning.engine import Pairs, make_engine
from cfstudio.learning.feature_cell import cell_with
from cfstudio.learning.one_step import Memory, one_step
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.step_words import as_text, header, table
from cfstudio.models.features import feature_columns
from cfstudio.models.start import random_start

RATING = 4.5
USER, ITEM = 2, 7  # "Comedy|Horror"
WORK = ("nurse", "cook", "", "nurse", "cook", "nurse|cook", "")
BIAS = replace(QUIET, model="dot-bias", features="genres, work, year")
NET = replace(QUIET, features="genres, work, year")


def case(config, scale=30.0):
    """Ratings with genres and with what users do, their columns, and numbers large enough to tell apart."""
    ratings = replace(ratings_with_genres(), user_columns={"work": np.array(WORK, dtype=object)})
    start = random_start(ratings, config, np.zeros(40, dtype=bool))
    start = replace(start, user_factors=start.user_factors * scale, item_factors=start.item_factors * scale)
    return feature_columns(ratings, config.features), start


def taken(config, n_steps, user=USER):
    """Factors after so many steps of the microscope, and the steps."""
    columns, factors = case(config)
    cell, memory, steps = cell_with(factors, user, ITEM, columns), Memory(), []
    for _ in range(n_steps):
        step = one_step(cell, RATING, config, memory)
        step.after.write_into(factors, user, ITEM)
        cell, memory = step.after, step.memory
        steps.append(step)
    return factors, steps


CASES = [
    *itertools.product((BIAS, NET), OPTIMIZERS, ("decoupled", "l2"), (0.0,)),
    *itertools.product((BIAS, NET), ("sgd", "adam"), ("decoupled",), (0.02,)),
]


@pytest.mark.parametrize(("config", "optimizer", "kind", "clip"), CASES)
def test_three_steps_leave_every_row_where_a_run_on_this_cell_does(config, optimizer, kind, clip):
    # A larger epsilon: next to nothing divided by next to nothing differs between float32 and float64.
    config = replace(
        config, optimizer=optimizer, decay_kind=kind, clip=clip, weight_decay=0.1, bias_decay=0.03, net_decay=0.02,
        epsilon=1e-2,
    )  # fmt: skip
    columns, start = case(config)
    engine = make_engine(start, config, 1, columns)
    one = Pairs(np.array([0], np.int32), np.array([ITEM], np.int32), np.array([RATING], np.float32))
    rate = np.full(1, config.learning_rate, np.float32)
    for step in range(3):
        engine.steps(one, rate, np.full(1, config.momentum, np.float32), step)
    found, _ = taken(config, 3, user=0)
    for name, array in engine.factorization().arrays().items():
        np.testing.assert_allclose(found.arrays()[name], array, atol=2e-5, err_msg=name)


def by_autograd(config, columns, start):
    """Gradients of the squared error by own numbers and each label's, in float64, from the formula alone."""
    k = start.n_factors
    rows = {}
    for side, code in (("user", USER), ("item", ITEM)):
        row = getattr(start, f"{side}_factors")[code].astype(float)
        if config.model == "dot-bias":
            row = np.append(row, getattr(start, f"{side}_bias")[code])
        mine = [column for column in columns if column.side == side]
        n_own = len(row) if config.model == "dot-bias" else len(row) - sum(column.width for column in mine)
        own, begin, parts = torch.tensor(row[:n_own], requires_grad=True), n_own, []
        labels = {}
        for column in mine:
            names = [column.labels[n] for n in column.members[column.starts[code] : column.starts[code + 1]]]
            width = n_own if config.model == "dot-bias" else column.width
            given = {name: torch.zeros(width, dtype=torch.float64, requires_grad=True) for name in names}
            labels |= given
            shown = torch.tensor(row[begin : begin + width]) if config.model == "net" else torch.zeros(width)
            parts.append(shown + sum(given.values(), torch.zeros(width)))
            begin += column.width
        whole = own + sum(parts) if config.model == "dot-bias" else torch.cat([own, *parts])
        rows[side] = (own, labels, whole)
    (_, _, u), (_, _, i) = rows["user"], rows["item"]
    if config.model == "dot-bias":
        total = (u[:k] * i[:k]).sum() + u[k] + i[k]
    else:
        total = torch.cat([u, i])
        for place, (weight, offset) in enumerate(zip(start.weights, start.offsets, strict=True)):
            total = torch.tensor(weight).double() @ (torch.relu(total) if place else total) + torch.tensor(offset)
        total = total[0]
    low, high = start.rating_range
    ((low + (high - low) * torch.sigmoid(total) - RATING) ** 2).backward()
    return {
        side: (own.grad.numpy(), {name: one.grad.numpy() for name, one in labels.items()})
        for side, (own, labels, _) in rows.items()
    }


@pytest.mark.parametrize("config", [BIAS, NET], ids=["dot product", "net"])
def test_gradients_of_own_numbers_and_of_labels_are_those_of_autograd(config):
    columns, start = case(config)
    step = one_step(cell_with(start, USER, ITEM, columns), RATING, config, Memory())
    labels = 0
    for side, (own, of_labels) in by_autograd(config, columns, start).items():
        assert step.rows[side].gradient == pytest.approx(own, abs=1e-6)
        for name, row in step.rows.items():
            if name.startswith(f"{side} ") and ": " in name:
                assert row.gradient == pytest.approx(of_labels[name.split(": ")[1]], abs=1e-6)
                labels += 1
    assert labels == 3


@pytest.mark.parametrize("config", [BIAS, NET], ids=["dot product", "net"])
def test_the_prediction_after_the_step_is_that_of_the_document(config):
    factors, (first, second) = taken(config, 2)
    predicted = factors.predict(np.array([USER]), np.array([ITEM]))[0]
    assert second.forward_after.predicted == pytest.approx(predicted, abs=1e-5)
    assert abs(second.error_after) < abs(first.error)


def test_movies_that_share_a_genre_move_and_others_stay():
    config = replace(BIAS, features="genres")
    _, start = case(config)
    factors, _ = taken(config, 1)
    moved = np.flatnonzero((factors.item_factors != start.item_factors).any(axis=1))
    shared = [code for code in range(N_ITEMS) if {"Comedy", "Horror"} & set(GENRES[code].split("|"))]
    assert moved.tolist() == shared
    assert np.flatnonzero((factors.user_factors != start.user_factors).any(axis=1)).tolist() == [USER]
    assert N_USERS > 1


def test_the_table_has_each_label_and_the_words_say_what_a_row_is_made_of():
    columns, start = case(BIAS)
    step = one_step(cell_with(start, USER, ITEM, columns), RATING, replace(BIAS, optimizer="adam"), Memory())
    names = [line[0] for line in table(step)]
    assert "item bias" in names
    assert "Comedy f1" in names
    assert "Horror bias" in names
    assert header(step)[-1] == "new"
    text = as_text(step, "User 3 × Film 8")
    assert "item = own numbers + genres: Comedy + Horror" in text
    assert "start at 0" in text
    columns, start = case(NET)
    step = one_step(cell_with(start, USER, ITEM, columns), RATING, NET, Memory())
    assert "‖genres: all others‖" in [line[0] for line in table(step)]
    assert "item = own numbers, then genres: Comedy + Horror, then year" in as_text(step, "User 3 × Film 8")
