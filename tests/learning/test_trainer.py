"""A run is repeatable to the last bit, never looks at what is hidden from it, and survives its own divergence."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crosstab, random_ratings

from cfstudio.learning import training_cells
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.engine import ARRAYS
from cfstudio.learning.trainer import Trainer, TrainingDiverged
from cfstudio.learning.training_cells import TrainingCells
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

CONFIG = TrainingConfig(n_factors=4, batch_size=16, epochs=4, learning_rate=0.02)
HOT = replace(CONFIG, model="dot", sigmoid=False, optimizer="sgd", schedule="constant", learning_rate=100.0, epochs=50)
RATINGS = random_ratings(20, 15, 120)


def make(config=CONFIG, ratings=RATINGS, held_out=None):
    held_out = random_hold_out(ratings, 0.2, 42) if held_out is None else held_out
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


def run_in_pieces(trainer, steps):
    while not trainer.finished:
        trainer.advance(steps)
    return trainer


def finished(trainer):
    return run_in_pieces(trainer, 1_000)


def assert_same(one, other):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def measured(trainer):
    """The history without its clock."""
    return {name: column for name, column in trainer.history.to_dict().items() if name != "seconds"}


def rmse(factors, ratings, rows):
    errors = factors.predict(ratings.users[rows], ratings.items[rows]) - ratings.values[rows]
    return float(np.sqrt(np.mean(errors**2)))


@settings(max_examples=40, deadline=None)
@given(
    pieces=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    batch_size=st.sampled_from([1, 7, 16, 96, 97, 0]),
    optimizer=st.sampled_from(["sgd", "adam"]),
    schedule=st.sampled_from(["constant", "one-cycle"]),
)
def test_a_run_is_the_same_however_it_is_cut_into_pieces(pieces, batch_size, optimizer, schedule):
    config = replace(CONFIG, batch_size=batch_size, optimizer=optimizer, schedule=schedule, epochs=2)
    whole, cut = finished(make(config)), make(config)
    while not cut.finished:
        for piece in pieces:
            cut.advance(piece)
    assert_same(whole.factorization(), cut.factorization())
    assert measured(whole) == measured(cut)


def test_the_seed_decides_start_and_batches():
    same, again = finished(make()), finished(make())
    assert_same(same.factorization(), again.factorization())
    assert measured(same) == measured(again)
    # from one start, so that the batches alone differ
    held_out = random_hold_out(RATINGS, 0.2, 42)
    start = random_start(RATINGS, CONFIG, held_out)
    other = finished(Trainer(RATINGS, held_out, start, replace(CONFIG, seed=1)))
    assert (other.factorization().user_factors != same.factorization().user_factors).any()


def test_a_run_leaves_the_ratings_and_the_start_as_they_were():
    held_out = random_hold_out(RATINGS, 0.2, 42)
    start = random_start(RATINGS, CONFIG, held_out)
    kept, users, values = start.copy(), RATINGS.users.copy(), RATINGS.values.copy()
    finished(Trainer(RATINGS, held_out, start, CONFIG))
    assert_same(start, kept)
    np.testing.assert_array_equal(RATINGS.users, users)
    np.testing.assert_array_equal(RATINGS.values, values)


@pytest.mark.parametrize(("batch_size", "per_epoch"), [(1, 96), (7, 14), (96, 1), (1_000_000, 1), (0, 1)])
def test_an_epoch_takes_every_training_cell_once_whatever_the_batch_size(batch_size, per_epoch, monkeypatch):
    seen = []
    trainer = make(replace(CONFIG, batch_size=batch_size, epochs=2))
    take_steps = trainer._engine.steps

    def watched(pairs, *others):
        seen.extend(zip(pairs.users.tolist(), pairs.items.tolist(), pairs.ratings.tolist(), strict=True))
        return take_steps(pairs, *others)

    monkeypatch.setattr(trainer._engine, "steps", watched)
    assert (trainer.steps_per_epoch, trainer.total_steps) == (per_epoch, 2 * per_epoch)
    trainer.run_epoch()
    assert (trainer.step, trainer.epoch) == (per_epoch, 1.0)
    first, _ = seen.copy(), seen.clear()
    trainer.run_epoch()
    assert trainer.finished
    train = ~random_hold_out(RATINGS, 0.2, 42)
    cells = list(
        zip(*(column[train].tolist() for column in (RATINGS.users, RATINGS.items, RATINGS.values)), strict=True)
    )
    assert sorted(first) == sorted(seen) == sorted(cells)
    assert (first == seen) == (per_epoch == 1), "each epoch has an order of its own"


def test_each_order_of_a_few_cells_is_equally_likely():
    # 3 cells, 6 orders: 6,000 epochs put each 1,000 times; ±150 is five standard deviations
    cells = TrainingCells(crosstab([[1.0, 2.0, 3.0]]), np.zeros(3, dtype=bool), batch_size=1, seed=CONFIG.seed)
    counts = {}
    for _ in range(6_000):
        order = tuple(cells.ahead(3).items.tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(850 < count < 1_150 for count in counts.values()), counts


def test_what_only_hidden_ratings_mention_keeps_its_start():
    ratings = crosstab([[4.0, 3.0, None], [2.0, 5.0, None], [None, None, 1.0]])
    held_out = ratings.users == 2
    assert held_out.sum() == 1
    trainer = make(replace(CONFIG, batch_size=2, weight_decay=1.0, epochs=30), ratings, held_out)
    start = trainer.factorization()
    end = finished(trainer).factorization()
    for name, code in zip(ARRAYS, (2, 2, 2, 2), strict=True):
        before, after = getattr(start, name), getattr(end, name)
        np.testing.assert_array_equal(before[code], after[code])
        assert (before[:code] != after[:code]).all()


def test_the_value_of_a_hidden_rating_changes_nothing_but_its_own_score():
    held_out = random_hold_out(RATINGS, 0.2, 42)
    other = replace(RATINGS, values=np.where(held_out, 5.5 - RATINGS.values, RATINGS.values))
    one, two = finished(make()), finished(make(ratings=other, held_out=held_out))
    assert_same(one.factorization(), two.factorization())
    np.testing.assert_array_equal(one.history.train_rmse, two.history.train_rmse)
    assert (one.history.valid_rmse != two.history.valid_rmse).any()


def test_blanked_cells_are_neither_trained_on_nor_scored():
    ratings = random_ratings(20, 15, 120)
    held_out = random_hold_out(ratings, 0.2, 42)
    blanked = np.arange(120) % 5 == 0
    ratings.values[blanked] = np.nan
    trainer = finished(make(ratings=ratings, held_out=held_out))
    rows = np.flatnonzero(~blanked & held_out)
    assert trainer.history.valid_rmse[-1] == pytest.approx(rmse(trainer.factorization(), ratings, rows), rel=1e-6)


@pytest.mark.parametrize("sigmoid", [False, True])
@pytest.mark.parametrize("model", ["dot", "dot-bias"])
def test_the_rmse_of_an_epoch_is_that_of_numpy_over_all_cells(model, sigmoid):
    held_out = random_hold_out(RATINGS, 0.2, 42)
    trainer = make(replace(CONFIG, model=model, sigmoid=sigmoid, learning_rate=0.005))
    for _ in range(3):
        trainer.run_epoch()
        factors = trainer.factorization()
        assert trainer.history.train_rmse[-1] == pytest.approx(rmse(factors, RATINGS, ~held_out), rel=1e-6)
        assert trainer.history.valid_rmse[-1] == pytest.approx(rmse(factors, RATINGS, held_out), rel=1e-6)
    assert [row["epoch"] for row in trainer.history.epoch_rows()] == [1, 2, 3]


def test_the_history_starts_before_the_first_step_and_follows_the_run():
    trainer = make()
    assert trainer.history.steps.tolist() == [0]
    finished(trainer)
    history = trainer.history
    assert history.steps[-1] == trainer.total_steps
    assert (np.diff(history.steps) > 0).all()
    np.testing.assert_allclose(history.epochs, history.steps / trainer.steps_per_epoch)
    assert (np.diff(history.seconds) >= 0).all()
    assert history.seconds[-1] == trainer.seconds
    assert history.learning_rates.max() <= np.float32(CONFIG.learning_rate)


def test_between_epochs_of_a_large_data_set_a_sample_of_the_training_cells_is_scored(monkeypatch):
    monkeypatch.setattr(training_cells, "SAMPLE_SIZE", 30)
    trainer, whole = make(), finished(make())
    finished(trainer)
    assert_same(trainer.factorization(), whole.factorization())
    ends = trainer.history.epochs % 1 == 0
    np.testing.assert_array_equal(trainer.history.train_rmse[~ends].size > 0, True)
    trainer = make()
    trainer.advance(1)
    held_out = random_hold_out(RATINGS, 0.2, 42)
    sampled, all_cells = trainer.history.train_rmse[-1], rmse(trainer.factorization(), RATINGS, ~held_out)
    assert sampled != pytest.approx(all_cells, rel=1e-6)
    assert sampled == pytest.approx(all_cells, rel=0.5)


def test_without_hidden_cells_there_is_no_held_out_rmse():
    trainer = finished(make(held_out=np.zeros(120, dtype=bool)))
    assert np.isnan(trainer.history.valid_rmse).all()
    assert trainer.history.best_valid is None


def test_nothing_to_train_on_is_said_in_a_sentence():
    blank = random_ratings(5, 5, 10)
    blank.values[:] = np.nan
    for ratings, held_out in ((RATINGS, np.ones(120, dtype=bool)), (blank, np.zeros(10, dtype=bool))):
        with pytest.raises(ValueError, match="no rating to train on; rate some cells or hold fewer out"):
            make(ratings=ratings, held_out=held_out)


@pytest.mark.parametrize("batch_size", [0, 16])
def test_a_diverging_run_says_so_and_keeps_finite_factors(batch_size):
    trainer = make(replace(HOT, batch_size=batch_size))
    start = trainer.factorization()
    with pytest.raises(TrainingDiverged, match=r"learning rate 100.*ten times smaller"):
        finished(trainer)
    assert_same(trainer.factorization(), start)
    shown = trainer.rows(np.arange(3), np.arange(2))
    np.testing.assert_array_equal(shown.user_factors, start.user_factors[:3])
    assert np.isfinite(trainer.history.train_rmse).all()
    with pytest.raises(TrainingDiverged):
        trainer.advance(1)


def test_a_diverging_run_stops_at_the_same_step_however_it_is_cut():
    one_by_one, at_once = make(HOT), make(HOT)
    with pytest.raises(TrainingDiverged):
        run_in_pieces(one_by_one, 1)
    with pytest.raises(TrainingDiverged):
        run_in_pieces(at_once, 1_000)
    assert one_by_one.step == at_once.step
    assert measured(one_by_one) == measured(at_once)


def test_a_run_that_learned_something_first_keeps_what_it_learned():
    # 1 is far too fast for the plain sum; the first epochs of the cycle are not
    trainer = make(replace(HOT, schedule="one-cycle", learning_rate=2.0, epochs=40, weight_decay=0.1))
    start = trainer.history.train_rmse[0]
    with pytest.raises(TrainingDiverged):
        finished(trainer)
    kept = rmse(trainer.factorization(), RATINGS, ~random_hold_out(RATINGS, 0.2, 42))
    assert kept < start


def test_numbers_that_overflow_between_two_evaluations_are_never_handed_out():
    trainer = make()
    start = trainer.factorization()
    trainer.advance(1)
    trainer._engine._user_rows[3, 1] = np.inf
    assert_same(trainer.factorization(), start)


def test_a_start_that_is_not_finite_is_refused():
    held_out = random_hold_out(RATINGS, 0.2, 42)
    config = replace(CONFIG, sigmoid=False)
    start = random_start(RATINGS, config, held_out)
    start.user_factors[3, 1] = np.nan
    with pytest.raises(ValueError, match="user factors hold numbers that are not finite"):
        Trainer(RATINGS, held_out, start, config)
    start.user_factors[:] = 1e30
    start.item_factors[:] = 1e30
    with pytest.raises(ValueError, match="too large"):
        Trainer(RATINGS, held_out, start, config)


def test_a_run_goes_on_from_numbers_that_were_edited_meanwhile():
    trainer = make()
    trainer.advance(5)
    factors = trainer.factorization()
    factors.item_bias[4] = 2.5
    trainer.replace_factors(factors)
    assert_same(trainer.factorization(), factors)
    factors.item_bias[4] = 99
    assert trainer.factorization().item_bias[4] == 2.5
    finished(trainer)
    assert trainer.step == trainer.total_steps


def test_numbers_put_back_unchanged_change_nothing():
    straight, looked_at = finished(make()), make()
    while not looked_at.finished:
        looked_at.advance(3)
        looked_at.replace_factors(looked_at.factorization())
    assert_same(straight.factorization(), looked_at.factorization())


def test_a_run_that_diverged_goes_on_from_other_numbers():
    trainer = make(HOT)
    with pytest.raises(TrainingDiverged):
        finished(trainer)
    zeros = trainer.factorization()
    zeros.user_factors[:] = 0
    zeros.item_factors[:] = 0
    trainer.replace_factors(zeros)
    assert trainer.advance(1) == 1
    assert_same(trainer.factorization(), zeros)


def test_float32_and_float64_starts_of_the_same_numbers_give_the_same_run():
    held_out = random_hold_out(RATINGS, 0.2, 42)
    start = random_start(RATINGS, CONFIG, held_out)
    wide = replace(start, **{name: getattr(start, name).astype(np.float64) for name in ARRAYS})
    one, two = (finished(Trainer(RATINGS, held_out, numbers, CONFIG)) for numbers in (start, wide))
    assert_same(one.factorization(), two.factorization())
    assert two.factorization().user_factors.dtype == np.float32


def test_a_finished_run_does_no_more_steps_and_a_trainer_says_what_computes():
    trainer = finished(make())
    assert trainer.advance(10) == 0
    assert trainer.step == trainer.total_steps
    assert trainer.device == "cpu"
    assert "numba" in trainer.engine_name
