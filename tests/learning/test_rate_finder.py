"""The learning-rate finder suggests a rate that trains, changes nothing, and can be cancelled."""

from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.rate_finder import find_rate, steepest_rate, valley_rate
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.split import random_hold_out

CONFIG = TrainingConfig(n_factors=5, batch_size=16, epochs=10)


def prepared(config=CONFIG, name="three-tastes"):
    ratings = open_ratings(name)
    held_out = random_hold_out(ratings, 0.2, 42)
    return ratings, held_out, random_start(ratings, config, held_out)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_suggested_rate_trains_better_than_one_far_above_or_below(optimizer):
    config = TrainingConfig(optimizer=optimizer, weight_decay=0.0, epochs=1, schedule="constant")
    ratings, held_out, start = prepared(config, "ml-latest-small-2016")
    found = find_rate(ratings, held_out, start, config)
    assert found.steepest is not None
    suggested = found.valley or found.steepest

    def error(rate):
        trainer = Trainer(ratings, held_out, start, replace(config, learning_rate=rate))
        while not trainer.finished:
            trainer.run_epoch()
        return trainer.history.train_rmse[-1]

    assert error(suggested) < error(suggested / 100) - 0.01
    assert error(suggested) < error(suggested * 100) - 0.01


def test_nothing_is_changed_and_the_same_call_gives_the_same_curve():
    ratings, held_out, start = prepared()
    kept = start.copy()
    curves = [find_rate(ratings, held_out, start, CONFIG) for _ in range(2)]
    assert start.equals(kept)
    np.testing.assert_array_equal(curves[0].losses, curves[1].losses)
    assert len(curves[0].rates) == len(curves[0].losses)
    assert (np.diff(np.log(curves[0].rates)) > 0).all()
    np.testing.assert_allclose(np.diff(np.log(curves[0].rates)), np.log(1e6) / 299)


def test_the_first_loss_is_that_of_the_start():
    ratings, held_out, start = prepared(replace(CONFIG, batch_size=0))
    curve = find_rate(ratings, held_out, start, replace(CONFIG, batch_size=0))
    train = ratings.rated & ~held_out
    errors = start.predict(ratings.users[train], ratings.items[train]) - ratings.values[train]
    assert curve.losses[0] == pytest.approx(np.mean(errors**2), rel=1e-5)


def test_progress_is_told_and_may_cancel():
    ratings, held_out, start = prepared()
    told = []

    def progress(part):
        told.append(part)
        return part < 0.2

    curve = find_rate(ratings, held_out, start, CONFIG, progress)
    assert not curve.is_complete
    assert told == pytest.approx(np.arange(1, 61) / 300)
    assert len(curve.rates) == 60
    assert find_rate(ratings, held_out, start, CONFIG).is_complete


def test_a_sweep_that_explodes_ends_there():
    config = replace(CONFIG, model="dot", sigmoid=False, optimizer="sgd", weight_decay=0.0)
    ratings = random_ratings(20, 15, 120)
    held_out = np.zeros(120, dtype=bool)
    curve = find_rate(ratings, held_out, random_start(ratings, config, held_out), config)
    assert len(curve.rates) < 300
    assert np.isfinite(curve.losses).all()


def test_suggestions_are_the_steepest_place_and_half_along_the_fall():
    rates = np.geomspace(1e-5, 10, 61)
    losses = 2 - 1 / (1 + np.exp(-3 * (np.log10(rates) + 2))) + np.where(rates > 0.5, rates, 0)
    assert steepest_rate(rates, losses) == pytest.approx(1e-2, rel=0.2)
    falling = rates[(losses < 2 - 0.05 * (2 - losses.min())) & (np.arange(61) <= np.argmin(losses))]
    assert valley_rate(rates, losses) == pytest.approx(np.sqrt(falling[0] * falling[-1]), rel=0.4)
    bumpy = losses + np.where(np.arange(61) == 20, 0.3, 0.0)
    assert valley_rate(rates, bumpy) == pytest.approx(valley_rate(rates, losses), rel=0.5)
    assert steepest_rate(rates, np.arange(61.0)) is None
    assert valley_rate(rates, np.arange(61.0)) is None


def test_the_noise_of_the_first_batches_is_no_steep_place():
    ratings, held_out, start = prepared(CONFIG, "lesson")
    for batch_size in (8, 64):
        curve = find_rate(ratings, held_out, start, replace(CONFIG, batch_size=batch_size))
        assert curve.steepest > curve.rates[len(curve.rates) // 10]
        assert 1e-3 < curve.steepest < 1
