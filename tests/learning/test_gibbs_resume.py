"""A Bayesian run put aside, saved, or taken a step back: the numbers of one that did nothing else, to the last bit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import random_ratings, to_step

from cfstudio.learning.checkpoints import Checkpoints
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.gibbs import GibbsSampler
from cfstudio.learning.make_trainer import make_trainer, resumed_trainer, unfinished_state_of
from cfstudio.learning.run_state import RunState
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out
from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.session import Session, open_session, save_session

RATINGS = random_ratings(25, 18, 220)
HELD_OUT = random_hold_out(RATINGS, 0.2, 42)
CONFIG = TrainingConfig(model="bayes", sigmoid=False, n_factors=3, epochs=15, features="all")
PER_SWEEP = 4
TOTAL = 15 * PER_SWEEP


def made(config=CONFIG, ratings=RATINGS, held_out=HELD_OUT):
    return make_trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)


def assert_same_run(one, other):
    assert one.step == other.step
    assert one.factorization().equals(other.factorization())
    columns = [trainer.history.to_dict() for trainer in (one, other)]
    for column in columns:
        del column["seconds"]
    assert columns[0] == columns[1]
    first, second = one.state().memory, other.state().memory
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name], err_msg=name)
    samples = [trainer.posterior() for trainer in (one, other)]
    assert (samples[0] is None) == (samples[1] is None)
    if samples[0] is not None:
        for name, array in samples[0].tensors().items():
            np.testing.assert_array_equal(array, samples[1].tensors()[name], err_msg=name)


@settings(max_examples=20, deadline=None)
@given(stop=st.integers(0, TOTAL - 1), n_factors=st.sampled_from([1, 3, 20]))
def test_a_run_that_was_put_aside_goes_on_as_if_it_had_never_stopped(stop, n_factors):
    config = replace(CONFIG, n_factors=n_factors)
    first = to_step(made(config), stop)
    second = resumed_trainer(RATINGS, HELD_OUT, starting_factors(RATINGS, config, HELD_OUT), first.state())
    assert_same_run(first, second)
    assert_same_run(to_step(second, 10_000), to_step(made(config), 10_000))


@pytest.mark.parametrize("stop", [0, 2, 6, 14, 17, 30, 59])
def test_the_session_file_has_all_that_the_run_needs(tmp_path, stop):
    trainer = to_step(made(), stop)
    session = Session(RATINGS, HELD_OUT, trainer.factorization(), CONFIG, trainer.history)
    session.unfinished, session.posterior = unfinished_state_of(trainer), trainer.posterior()
    save_session(session, tmp_path / "a.cfstudio")
    state = open_session(tmp_path / "a.cfstudio").unfinished
    again = resumed_trainer(RATINGS, HELD_OUT, state.factors, state)
    assert_same_run(to_step(again, TOTAL), to_step(made(), TOTAL))


def test_samples_are_not_written_twice(tmp_path):
    trainer = to_step(made(), 50)
    session = Session(RATINGS, HELD_OUT, trainer.factorization(), CONFIG, trainer.history)
    session.unfinished = trainer.state()
    save_session(session, tmp_path / "without.cfstudio")
    session.posterior = trainer.posterior()
    save_session(session, tmp_path / "with.cfstudio")
    sizes = [(tmp_path / f"{name}.cfstudio").stat().st_size for name in ("without", "with")]
    samples = session.posterior.users.nbytes + session.posterior.items.nbytes
    assert abs(sizes[1] - sizes[0]) < 0.2 * samples
    # And without a posterior in the file they are there all the same.
    assert len(open_session(tmp_path / "without.cfstudio").unfinished.memory["kept.users"]) > 1


def test_a_state_is_a_copy():
    trainer = to_step(made(), 30)
    state = trainer.state()
    kept = {name: array.copy() for name, array in state.memory.items()}
    to_step(trainer, TOTAL)
    for name, array in state.memory.items():
        np.testing.assert_array_equal(array, kept[name], err_msg=name)


def test_a_finished_run_is_not_unfinished():
    assert unfinished_state_of(to_step(made(), TOTAL)) is None


def test_a_state_of_other_ratings_or_settings_or_with_damaged_numbers_is_refused_with_a_sentence():
    state = to_step(made(), 30).state()
    with pytest.raises(ValueError, match="other settings"):
        made(replace(CONFIG, n_factors=4)).restore(state)
    other = random_ratings(25, 18, 200)
    with pytest.raises(ValueError, match="another model or other ratings"):
        made(ratings=other, held_out=random_hold_out(other, 0.2, 42)).restore(state)
    memory = state.memory
    for wrong in (
        {"errors": memory["errors"].astype(np.float32)},
        {"kept.users": memory["kept.users"][:-1]},
        {"kept.every_and_seen": np.array([0, 3])},
        {"user.weights": np.where(memory["user.weights"] > 0, np.nan, 0.0)},
    ):
        with pytest.raises(ValueError, match="start a new run"):
            made().restore(replace(state, memory={**memory, **wrong}))
    with pytest.raises(ValueError, match="start a new run"):
        made().restore(replace(state, memory={}))


@settings(max_examples=20, deadline=None)
@given(done=st.integers(0, TOTAL), target=st.integers(0, TOTAL), kept=st.lists(st.integers(0, TOTAL), max_size=5))
def test_a_step_back_gives_the_numbers_of_then(done, target, kept):
    trainer = made()
    for step in sorted(kept):
        to_step(trainer, min(step, done))
        trainer.checkpoint()
    to_step(trainer, done)
    target = min(target, done)
    trainer.rewind(target)
    assert_same_run(trainer, to_step(made(), target))
    assert_same_run(to_step(trainer, TOTAL), to_step(made(), TOTAL))


def test_a_step_back_begins_at_the_latest_kept_state_and_not_anew(monkeypatch):
    trainer = to_step(made(), 40)
    trainer.checkpoint()
    to_step(trainer, 42)
    places = []
    step = GibbsSampler.step

    def noted(self, place):
        places.append(place)
        step(self, place)

    monkeypatch.setattr(GibbsSampler, "step", noted)
    trainer.rewind(41)
    assert places == [40 % PER_SWEEP]


def test_a_run_ended_by_its_target_steps_back_and_ends_there_again():
    trainer = made()
    trainer.change(replace(CONFIG, target_rmse=5.0))
    to_step(trainer, TOTAL)
    end = trainer.step
    assert end == PER_SWEEP * 4  # the first sweep after the burn-in
    trainer.change(replace(trainer.config, patience=1))
    trainer.rewind(end - 1)
    assert not trainer.finished
    assert trainer.history.changes == [(0, "target_rmse", 5.0), (end - 1, "patience", 1.0)]
    to_step(trainer, TOTAL)
    assert trainer.step == end
    assert "target" in trainer.stopped_because


def state_of(step, n_numbers=1_000):
    factors = random_start(RATINGS, CONFIG, HELD_OUT)
    return RunState(step, 0.0, CONFIG, factors, {"one": np.zeros(n_numbers)}, made().history)


def test_kept_states_stay_within_their_memory():
    each = state_of(0).n_bytes
    few = Checkpoints(3 * each)
    sampled = Checkpoints(2 * each, can_begin_anew=True)
    for step in range(1, 20):
        for checkpoints in (few, sampled):
            checkpoints.keep(state_of(step), 0.0)
    assert few.n_bytes <= 3 * each
    assert [few.find(step).step for step in (1, 5, 18, 19)] == [1, 1, 18, 19]
    assert sampled.n_bytes <= 2 * each
    assert sampled.find(17) is None
    # A gradient run cannot do without its first state; a sampler finds back to it.
    tiny, none = Checkpoints(1), Checkpoints(1, can_begin_anew=True)
    for step in range(1, 20):
        for checkpoints in (tiny, none):
            checkpoints.keep(state_of(step), 0.0)
    assert [tiny.find(step).step for step in (18, 19)] == [1, 19]
    assert none.find(19) is None
    assert not none.is_due
