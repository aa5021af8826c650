"""A run ends when it should, says why in a sentence, and leaves the numbers that were asked for."""

from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

RATINGS = random_ratings(20, 15, 120)
# random ratings: the held-out error rises soon, as in any overfitting
CONFIG = TrainingConfig(
    n_factors=8, batch_size=16, epochs=60, learning_rate=0.05, schedule="constant", weight_decay=0.0
)


def run(held_out=None, **changes):
    config = replace(CONFIG, **changes)
    held_out = random_hold_out(RATINGS, 0.2, 42) if held_out is None else held_out
    trainer = Trainer(RATINGS, held_out, random_start(RATINGS, config, held_out), config)
    while not trainer.finished:
        trainer.run_epoch()
    return trainer


def valid_rmse(trainer):
    rows = random_hold_out(RATINGS, 0.2, 42)
    errors = trainer.factorization().predict(RATINGS.users[rows], RATINGS.items[rows]) - RATINGS.values[rows]
    return float(np.sqrt((errors**2).mean()))


def test_without_a_rule_all_epochs_are_done():
    trainer = run(epochs=3)
    assert trainer.epoch == 3.0
    assert trainer.stopped_because == "All epochs are done: 3."


def test_patience_ends_a_run_that_no_longer_improves():
    trainer = run(patience=4)
    rows = trainer.history.epoch_rows()
    best = min(rows, key=lambda row: row["valid_rmse"])
    assert rows[-1]["epoch"] == best["epoch"] + 4 < 60
    assert trainer.stopped_because.startswith("The held-out RMSE has not improved for 4 epochs: its best was ")
    assert trainer.stopped_because.endswith(f"in epoch {best['epoch']}.")


def test_the_best_numbers_are_kept_where_that_is_asked():
    kept, last = run(patience=4, keeps_best=True), run(patience=4)
    best = min(row["valid_rmse"] for row in kept.history.epoch_rows())
    assert valid_rmse(kept) == pytest.approx(best, rel=1e-6)
    assert valid_rmse(last) > best + 0.001
    assert "are kept" in kept.stopped_because


def test_the_best_is_kept_by_a_run_that_was_put_aside_in_the_middle():
    config = replace(CONFIG, patience=4, keeps_best=True)
    held_out = random_hold_out(RATINGS, 0.2, 42)
    first = Trainer(RATINGS, held_out, random_start(RATINGS, config, held_out), config)
    rows = run(patience=4).history.epoch_rows()
    n_best = min(rows, key=lambda row: row["valid_rmse"])["epoch"]
    for _ in range(n_best + 2):
        first.run_epoch()
    second = Trainer(RATINGS, held_out, random_start(RATINGS, config, held_out), config)
    second.restore(first.state())
    while not second.finished:
        second.run_epoch()
    np.testing.assert_array_equal(
        second.factorization().user_factors, run(patience=4, keeps_best=True).factorization().user_factors
    )


def test_a_target_is_met_by_the_held_out_error_or_by_the_training_error_where_nothing_is_held_out():
    reference = run(epochs=10).history
    target = float(reference.valid_rmse.min()) + 0.001
    trainer = run(target_rmse=target)
    assert trainer.history.valid_rmse[-1] <= target
    assert (trainer.history.valid_rmse[:-1] > target).all()
    assert f"reached the target of {target:g}" in trainer.stopped_because
    trainer = run(target_rmse=0.6, held_out=np.zeros(120, dtype=bool))
    assert trainer.history.train_rmse[-1] <= 0.6
    assert trainer.stopped_because.startswith("The training RMSE of ")


def test_minutes_of_training_end_a_run():
    trainer = run(minutes=1e-6, epochs=100_000)
    assert trainer.step >= 1
    assert trainer.epoch < 100_000
    assert "minutes of training are over" in trainer.stopped_because


def test_rules_may_change_during_a_run():
    config = CONFIG
    held_out = random_hold_out(RATINGS, 0.2, 42)
    trainer = Trainer(RATINGS, held_out, random_start(RATINGS, config, held_out), config)
    trainer.run_epoch()
    trainer.change(replace(config, target_rmse=100.0))
    trainer.run_epoch()
    assert "target of 100" in trainer.stopped_because
