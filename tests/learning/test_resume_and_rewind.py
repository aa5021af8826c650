"""A run can be put aside, taken back, changed while it goes on, moved off a failing device: no difference."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import random_ratings, to_step

from cfstudio.learning import device_failure
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.engine import ARRAYS
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.make_trainer import resumed_trainer
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

RATINGS = random_ratings(20, 15, 120)
CONFIG = TrainingConfig(n_factors=4, batch_size=16, epochs=4, learning_rate=0.02, schedule="sgdr", weight_decay=0.05)


def make(config=CONFIG, ratings=RATINGS):
    held_out = random_hold_out(ratings, 0.2, 42)
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


def assert_same_run(one, other):
    assert one.step == other.step
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one.factorization(), name), getattr(other.factorization(), name))
    for name, numbers in one.state().memory.items():
        np.testing.assert_array_equal(numbers, other.state().memory[name])
    columns = (trainer.history.to_dict() for trainer in (one, other))
    first, second = ({name: column for name, column in each.items() if name != "seconds"} for each in columns)
    assert first == second


@settings(max_examples=30, deadline=None)
@given(
    optimizer=st.sampled_from(OPTIMIZERS),
    batch_size=st.sampled_from([1, 7, 16, 0]),
    stop=st.floats(0, 1),
    moves_untouched=st.booleans(),
)
def test_a_run_that_was_put_aside_goes_on_as_if_it_had_never_stopped(optimizer, batch_size, stop, moves_untouched):
    config = replace(
        CONFIG,
        optimizer=optimizer,
        batch_size=batch_size,
        epochs=2,
        learning_rate=0.01,
        moves_untouched=moves_untouched,
    )
    straight, first = make(config), make(config)
    total = straight.total_steps
    to_step(straight, total)
    state = to_step(first, int(stop * total)).state()
    second = make(config)
    second.restore(state)
    to_step(second, total)
    assert_same_run(straight, second)


def test_a_state_is_a_copy():
    trainer = to_step(make(), 3)
    state = trainer.state()
    kept, n_measured = state.factors.copy(), len(state.history)
    to_step(trainer, trainer.total_steps)
    np.testing.assert_array_equal(state.factors.user_factors, kept.user_factors)
    assert len(state.history) == n_measured


def test_a_state_of_another_run_is_refused_with_a_sentence():
    state = to_step(make(), 5).state()
    with pytest.raises(ValueError, match="other settings"):
        make(replace(CONFIG, batch_size=8)).restore(state)
    with pytest.raises(ValueError, match="other ratings or another split"):
        make(ratings=random_ratings(20, 15, 200)).restore(state)


@settings(max_examples=30, deadline=None)
@given(done=st.integers(0, 24), target=st.integers(0, 24), kept=st.lists(st.integers(0, 24), max_size=4))
def test_a_step_back_gives_the_numbers_of_then(done, target, kept):
    trainer = make()
    for step in sorted(kept):
        to_step(trainer, min(step, done))
        trainer.checkpoint()
    to_step(trainer, done)
    if target > done:
        target = done
    trainer.rewind(target)
    assert_same_run(trainer, to_step(make(), target))
    to_step(trainer, 24)
    assert_same_run(trainer, to_step(make(), 24))


def test_one_can_step_back_many_times_and_a_finished_run_goes_on():
    trainer = to_step(make(), 24)
    assert trainer.finished
    for step in range(23, 10, -1):
        trainer.rewind(step)
        assert not trainer.finished
        assert_same_run(trainer, to_step(make(), step))


def test_a_resumed_run_steps_back_to_where_it_was_resumed_and_no_further():
    """Which numbers it began with its state does not say: it must not make some up."""
    state = to_step(make(), 10).state()
    held_out = random_hold_out(RATINGS, 0.2, 42)
    trainer = to_step(resumed_trainer(RATINGS, held_out, state.factors, state), 13)
    trainer.rewind(12)
    assert_same_run(trainer, to_step(make(), 12))
    with pytest.raises(ValueError, match=r"go back to step 10, where it was resumed, and no further"):
        trainer.rewind(9)
    assert_same_run(to_step(trainer, 24), to_step(make(), 24))


def test_a_step_back_does_again_what_was_changed_before_it_and_keeps_the_settings_of_now():
    def changed(trainer):
        to_step(trainer, 4)
        trainer.change(replace(trainer.config, learning_rate=0.1))
        to_step(trainer, 9)
        trainer.change(replace(trainer.config, weight_decay=1.0))
        return trainer

    trainer = to_step(changed(make()), 15)
    trainer.rewind(11)
    assert_same_run(trainer, to_step(changed(make()), 11))
    trainer.rewind(7)
    assert trainer.config.weight_decay == 1.0
    expected = make()
    to_step(expected, 4)
    expected.change(replace(CONFIG, learning_rate=0.1))
    to_step(expected, 7)
    expected.change(replace(expected.config, weight_decay=1.0))
    assert_same_run(trainer, expected)


def test_edited_numbers_are_as_far_back_as_a_run_goes():
    trainer = to_step(make(), 10)
    factors = trainer.factorization()
    factors.item_bias[4] = 2.5
    trainer.replace_factors(factors)
    to_step(trainer, 14)
    trainer.rewind(10)
    assert trainer.factorization().item_bias[4] == 2.5
    with pytest.raises(ValueError, match=r"go back to step 10, .*no further"):
        trainer.rewind(9)


def test_a_changed_rate_counts_from_the_next_step_and_is_noted():
    # a constant rate that changes after 6 steps is two runs, the second from the first's state
    config = replace(CONFIG, schedule="constant")
    trainer = to_step(make(config), 6)
    trainer.change(replace(config, learning_rate=0.07, clip=0.5))
    assert trainer.history.changes == [(6, "learning_rate", 0.07), (6, "clip", 0.5)]
    engine = FastEngine(to_step(make(config), 6).factorization(), replace(config, learning_rate=0.07, clip=0.5), 16)
    engine.load_memory(to_step(make(config), 6).state().memory)
    cells = make(config)._cells
    cells.go_to(6)
    engine.steps(cells.ahead(3), np.full(3, 0.07, np.float32), np.full(3, 0.9, np.float32), 6)
    to_step(trainer, 9)
    np.testing.assert_array_equal(trainer.factorization().user_factors, engine.factorization().user_factors)
    assert trainer.history.learning_rates[-1] == pytest.approx(0.07)


def test_a_changed_peak_scales_the_rest_of_the_cycle():
    config = replace(CONFIG, schedule="one-cycle")
    trainer = to_step(make(config), 10)
    trainer.change(replace(config, learning_rate=0.04))
    to_step(trainer, 12)
    assert trainer.history.learning_rates[-1] == pytest.approx(2 * to_step(make(config), 12).history.learning_rates[-1])


def test_what_cannot_change_during_a_run_is_refused_by_its_name():
    trainer = make()
    for name, value, label in (("batch_size", 8, "Batch size"), ("optimizer", "sgd", "Optimizer"), ("seed", 1, "Seed")):
        with pytest.raises(ValueError, match=f"{label} cannot change while a run is on"):
            trainer.change(replace(CONFIG, **{name: value}))
    assert trainer.config == CONFIG
    assert trainer.history.changes == []


class FailingEngine(FastEngine):
    """Says that it is a GPU and runs out of memory after some steps."""

    device = "cuda"

    def __init__(self, *arguments, lost=False):
        super().__init__(*arguments)
        self._lost, self._calls = lost, 0

    def steps(self, *arguments):
        self._calls += 1
        if self._calls > 3:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB.\nMore words.")
        return super().steps(*arguments)

    def factorization(self):
        if self._lost and self._calls > 3:
            raise RuntimeError("no device")
        return super().factorization()


@pytest.mark.parametrize("lost", [False, True])
def test_a_device_that_fails_is_left_for_the_cpu_with_a_message(lost):
    trainer = make()
    good = trainer._engine
    failing = FailingEngine(good.factorization(), CONFIG, 16, lost=lost)
    trainer._engine = failing
    assert trainer.notice == ""
    to_step(trainer, trainer.total_steps)
    assert trainer.device == "cpu"
    reason = "CUDA out of memory. Tried to allocate 2 GiB"
    assert trainer.notice.startswith(f"The device cuda failed at step 3 ({reason});")
    assert trainer.notice.endswith("training goes on on the CPU from the last factors.")
    assert trainer.finished
    if not lost:
        assert_same_run(trainer, to_step(make(), trainer.total_steps))
    assert trainer.history.valid_rmse[-1] < trainer.history.valid_rmse[0] + 0.5


def test_a_device_without_room_for_the_model_is_left_before_the_first_step(monkeypatch):
    make_engine = device_failure.make_engine

    def full(factors, config, batch_size, columns=()):
        if config.device != "cpu":
            raise MemoryError
        return make_engine(factors, config, batch_size, columns)

    monkeypatch.setattr(device_failure, "make_engine", full)
    trainer = to_step(make(replace(CONFIG, device="auto")), 24)
    assert trainer.device == "cpu"
    assert trainer.notice.startswith("The device that was chosen failed at step 0 (MemoryError); training goes on")
    monkeypatch.undo()
    assert_same_run(trainer, to_step(make(), 24))


def test_an_error_of_the_cpu_is_not_hidden(monkeypatch):
    trainer = make()

    def broken(*_):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(trainer._engine, "steps", broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        trainer.advance(1)


def test_batch_errors_gradient_and_lengths_are_measured():
    trainer = to_step(make(), 24)
    history = trainer.history
    assert np.isnan(history.batch_rmse[0])
    assert np.isfinite(history.batch_rmse[1:]).all()
    assert (history.gradient_norms[1:] > 0).all()
    factors = trainer.factorization()
    assert history.user_norms[-1] == pytest.approx(np.sqrt((factors.user_factors**2).sum(1).mean()), rel=1e-5)
    assert history.item_norms[-1] == pytest.approx(np.sqrt((factors.item_factors**2).sum(1).mean()), rel=1e-5)
    # with one batch an epoch, the batch's error is the training error of the row before
    whole = to_step(make(replace(CONFIG, batch_size=0)), 4).history
    np.testing.assert_allclose(whole.batch_rmse[1:], whole.train_rmse[:-1], rtol=1e-5)
