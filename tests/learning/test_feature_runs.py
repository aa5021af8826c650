"""Whole runs with genres and years go on where they were put aside, step back, and take edits; all to the last bit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from net_cases import GENRES, N_ITEMS, QUIET, cells, constant, ratings_with_genres, start_of

from cfstudio.learning import compiling
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.feature_engine import FeatureEngine
from cfstudio.learning.net_engine import NetEngine
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.trainer import Trainer
from cfstudio.models.features import FeatureColumn
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

CONFIG = replace(
    QUIET, model="dot-bias", features="genres, year", weight_decay=0.02, bias_decay=0.005, batch_size=8,
    learning_rate=0.02, epochs=6, schedule="sgdr",
)  # fmt: skip


def make(config):
    ratings = ratings_with_genres()
    held_out = random_hold_out(ratings, 0.2, 42)
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


def to_step(trainer, step):
    while trainer.step < step and not trainer.finished:
        trainer.advance(step - trainer.step)
    return trainer


def assert_same_run(one, other):
    assert one.step == other.step
    assert one.factorization().equals(other.factorization())
    for name, numbers in one.state().memory.items():
        np.testing.assert_array_equal(numbers, other.state().memory[name], err_msg=name)
    columns = (trainer.history.to_dict() for trainer in (one, other))
    first, second = ({name: column for name, column in each.items() if name != "seconds"} for each in columns)
    assert first == second


@pytest.mark.parametrize("moves_untouched", [True, False])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_that_was_put_aside_goes_on_and_steps_back_as_if_it_had_never_stopped(optimizer, moves_untouched):
    config = replace(CONFIG, optimizer=optimizer, moves_untouched=moves_untouched)
    straight = make(config)
    assert "numba" in straight.engine_name
    to_step(straight, straight.total_steps)
    second = make(config)
    second.restore(to_step(make(config), 11).state())
    assert_same_run(straight, to_step(second, second.total_steps))
    second.rewind(14)
    assert_same_run(to_step(make(config), 14), second)


def test_numbers_that_were_edited_after_saving_win_over_the_saved_ones():
    columns = (FeatureColumn.of("genres", "item", GENRES),)
    engine = FeatureEngine(start_of(CONFIG), CONFIG, 8, columns)
    engine.steps(cells(), constant(0.02, 5), constant(0.9, 5), 0)
    memory, edited = engine.memory(), engine.factorization()
    edited.item_factors[4] = 0.25
    resumed = FeatureEngine(edited, CONFIG, 8, columns)
    resumed.load_memory(memory)
    for name, array in edited.arrays().items():
        np.testing.assert_allclose(resumed.factorization().arrays()[name], array, atol=1e-6, err_msg=name)
    untouched = np.arange(N_ITEMS) != 4
    np.testing.assert_array_equal(resumed.memory()["item_rows"][untouched], memory["item_rows"][untouched])


@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_row_outside_the_batch_stays_but_for_what_its_labels_do(is_compiled):
    config, columns = replace(CONFIG, optimizer="adam"), (FeatureColumn.of("genres", "item", GENRES),)
    if is_compiled:
        engine = FeatureEngine(start_of(config), config, 8, columns)
    else:
        engine = NetEngine(start_of(config), config, 8, torch.device("cpu"), columns)
    pairs = cells(8)
    before = engine.factorization()
    engine.steps(pairs, constant(0.02, 1), constant(0.9, 1), 0)
    after, rated = engine.factorization(), {GENRES[item] for item in pairs.items}
    without_labels = [n for n in range(N_ITEMS) if n not in pairs.items and not GENRES[n]]
    shares_labels = [n for n in range(N_ITEMS) if n not in pairs.items and GENRES[n] in rated and GENRES[n]]
    assert shares_labels
    np.testing.assert_array_equal(after.item_factors[without_labels], before.item_factors[without_labels])
    assert (after.item_factors[shares_labels] != before.item_factors[shares_labels]).any(axis=1).all()


def test_the_first_run_with_features_waits_for_their_kernels_and_no_other_does(monkeypatch):
    asked = []

    class Process:
        def __init__(self, command, **_):
            asked.append(command[-1])

        def wait(self, _):
            asked.append("waited")

    monkeypatch.setattr(compiling, "_processes", {})
    monkeypatch.setattr(compiling, "is_compiled", lambda what: what == "rows")
    monkeypatch.setattr(compiling.subprocess, "Popen", Process)
    others = TrainingConfig(), TrainingConfig(model="net", features="genres")
    for config in others:
        compiling.wait_until_compiled(config)
    assert asked == []
    compiling.wait_until_compiled(TrainingConfig(features="genres"))
    assert asked == ["features", "waited"]
    for config in others:
        compiling.wait_until_compiled(config)
    assert asked == ["features", "waited"]
