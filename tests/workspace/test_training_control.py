"""Playing, pausing and stopping from the document's side: a run is one undo step, and the sheet shows its numbers."""

import gc
import threading
import time
from dataclasses import replace
from weakref import ref

import numpy as np
import pytest
from support import random_ratings

from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace import training_control
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.reshaping import with_item
from cfstudio.workspace.told_state import told_state
from cfstudio.workspace.training_control import TrainingControl

SECONDS = 60


@pytest.fixture
def workspace():
    workspace = Workspace()
    workspace.open_ratings(random_ratings(20, 15, 120))
    workspace.configure(replace(workspace.config, batch_size=16, epochs=8))
    workspace.edits.clear()
    return workspace


@pytest.fixture
def control(workspace):
    control = TrainingControl(workspace)
    yield control
    control.close()


def run_until(control, *states):
    everything = np.arange(control._workspace.ratings.n_users), np.arange(control._workspace.ratings.n_items)
    end = time.monotonic() + SECONDS
    while control.state not in states and time.monotonic() < end:
        control.poll(*everything)
        time.sleep(0.001)
    control.poll(*everything)
    assert control.state in states


def numbers(workspace):
    return workspace.factors.user_factors.copy(), workspace.factors.item_factors.copy()


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_finished_run_is_one_undo_step_and_can_be_redone(workspace, control):
    before = numbers(workspace)
    control.train()
    run_until(control, "finished")
    after = numbers(workspace)
    assert not same(before, after)
    assert workspace.edits.top.label == "training run"
    workspace.edits.undo()
    assert same(numbers(workspace), before)
    assert workspace.edits.top is None
    workspace.edits.redo()
    assert same(numbers(workspace), after)
    assert len(workspace.history) > 1


def test_pausing_shows_all_numbers_of_the_run_and_going_on_stays_the_same_undo_step(workspace, control):
    before = numbers(workspace)
    control.step_batch()
    run_until(control, "paused")
    first = numbers(workspace)
    assert same(first, numbers_of(control.worker.factorization()))
    assert workspace.score.train_rmse == pytest.approx(rmse(workspace), rel=1e-9)
    control.step_epoch()
    run_until(control, "paused")
    assert not same(numbers(workspace), first)
    workspace.edits.undo()
    assert same(numbers(workspace), before)


def numbers_of(factors):
    return factors.user_factors, factors.item_factors


def rmse(workspace):
    ratings, factors = workspace.ratings, workspace.factors
    predicted = np.einsum(
        "nf,nf->n",
        factors.user_factors[ratings.users].astype(float),
        factors.item_factors[ratings.items].astype(float),
    )
    return np.sqrt(np.mean((predicted - ratings.values) ** 2))


def test_an_edit_between_two_steps_is_trained_on_from(workspace, control):
    control.step_batch()
    run_until(control, "paused")
    workspace.set_factor("user", 3, 1, 2.5)
    control.step_batch()
    run_until(control, "paused")
    labels = []
    while workspace.edits.top is not None:
        labels.append(workspace.edits.top.label)
        workspace.edits.undo()
    assert labels == ["training run", "user factor 2 2.5", "training run"]


def test_an_edited_rating_is_in_the_next_runs_data(workspace, control):
    control.step_batch()
    run_until(control, "paused")
    old_worker = control.worker
    ratings = workspace.ratings
    workspace.set_rating(int(ratings.users[0]), int(ratings.items[0]), 5.5 - ratings.values[0])
    control.step_batch()
    run_until(control, "paused")
    assert control.worker is not old_worker
    assert not old_worker.thread.is_alive()


def test_undo_while_paused_and_playing_again_starts_from_the_old_numbers(workspace, control):
    before = numbers(workspace)
    control.step_epoch()
    run_until(control, "paused")
    workspace.edits.undo()
    control.step_batch()
    run_until(control, "paused")
    workspace.edits.undo()
    assert same(numbers(workspace), before)


def test_stopping_keeps_what_was_learned(workspace, control):
    before = numbers(workspace)
    workspace.configure(replace(workspace.config, epochs=100_000))
    control.train()
    while not (control.worker and control.worker.steps_done):
        time.sleep(0.001)
    control.stop()
    assert control.state == "stopped"
    assert not same(numbers(workspace), before)
    assert np.isfinite(workspace.factors.user_factors).all()


def test_a_run_still_getting_ready_can_be_taken_back_at_once(workspace, control, monkeypatch):
    """Making a trainer may take seconds the first time; nobody waits for it."""
    make = training_control.trainer_maker(workspace)
    is_ready = threading.Event()
    monkeypatch.setattr(training_control, "trainer_maker", lambda _: lambda: (is_ready.wait(SECONDS), make())[1])
    before, state = numbers(workspace), workspace.state
    control.train()
    assert control.state == "starting"
    thread = control.worker
    control.pause()
    assert not is_ready.is_set()
    assert control.state == "idle"
    assert workspace.state is state
    assert same(numbers(workspace), before)
    assert workspace.edits.top is None
    is_ready.set()
    thread.join(SECONDS)
    assert not thread.thread.is_alive()


@pytest.fixture
def not_ready(monkeypatch):
    """Trainers are not made before this event is set; the documents that they were to be made of are in `.asked`."""
    make, event = training_control.trainer_maker, threading.Event()
    event.asked = []

    def maker(workspace):
        maker_of_document = make(workspace)
        event.asked.append((workspace.ratings.values.copy(), workspace.factors.copy(), workspace.config))
        return lambda: (event.wait(SECONDS), maker_of_document())[1]

    monkeypatch.setattr(training_control, "trainer_maker", maker)
    yield event
    event.set()


def test_an_edit_while_a_run_is_getting_ready_is_what_the_run_begins_with(workspace, control, not_ready):
    control.train()
    assert control.state == "starting"
    workspace.set_factor("user", 3, 1, 2.5)
    workspace.set_rating(0, 0, 4.5)
    assert control.state == "starting"
    not_ready.set()
    run_until(control, "finished")
    values, factors, _ = not_ready.asked[-1]
    assert factors.user_factors[3, 1] == 2.5
    assert values[workspace.ratings.rows_at(np.array([0]), np.array([0]))[0]] == 4.5
    assert workspace.edits.top.label == "training run"
    workspace.edits.undo()
    assert workspace.factors.user_factors[3, 1] == 2.5
    assert [workspace.edits.undo() or workspace.edits.top for _ in range(2)][-1] is None


def test_an_edit_that_is_refused_does_not_end_a_run_that_is_getting_ready(workspace, control, not_ready):
    control.step_batch()
    with pytest.raises(ValueError, match="finite"):
        workspace.set_factor("user", 3, 1, float("nan"))
    assert control.state == "starting"
    not_ready.set()
    run_until(control, "paused")
    assert control.worker.steps_done == 1, "it does what it was told"


def test_a_movie_more_while_a_run_is_getting_ready_is_trained_too(workspace, control, not_ready):
    control.train()
    workspace.exchange_contents("new movie", lambda contents: with_item(contents, "New"))
    assert control.state == "starting"
    not_ready.set()
    run_until(control, "finished")
    assert len(workspace.factors.item_factors) == len(not_ready.asked[-1][1].item_factors) == 16


def test_pausing_or_opening_another_document_before_the_run_begins_with_the_edit_ends_it(workspace, control, not_ready):
    for end in (control.pause, control.stop, lambda: workspace.open_ratings(open_ratings("lesson"))):
        control.train()
        workspace.set_factor("user", 3, 1, float(workspace.factors.user_factors[3, 1]) + 1)
        end()
        assert control.state == "idle"
        assert not control.poll(np.arange(3), np.arange(3))
        assert control.state == "idle"
    assert len(not_ready.asked) == 3, "no run was begun after an end"


def test_a_rate_chosen_while_the_run_is_getting_ready_outlives_the_run(workspace, control, not_ready):
    control.train()
    control.change(replace(workspace.config, learning_rate=0.0123))
    workspace.set_factor("user", 3, 1, 2.5)
    not_ready.set()
    run_until(control, "finished")
    assert not_ready.asked[-1][2].learning_rate == workspace.config.learning_rate == 0.0123
    control.train()
    control.change(replace(workspace.config, learning_rate=0.0456))
    control.stop()
    assert workspace.config.learning_rate == 0.0456


def test_a_run_that_was_paused_before_its_first_step_can_be_taken_back_later(workspace, control):
    before = numbers(workspace)
    control._command(lambda worker: worker.step(0))
    run_until(control, "paused")
    assert (control.worker.steps_done, workspace.edits.top) == (0, None)
    control.train()
    run_until(control, "finished")
    workspace.edits.undo()
    assert same(numbers(workspace), before)


def test_opening_another_document_ends_the_run(workspace, control):
    workspace.configure(replace(workspace.config, epochs=100_000))
    control.train()
    thread = control.worker
    workspace.open_ratings(open_ratings("lesson"))
    assert control.state == "idle"
    thread.join(SECONDS)
    assert not thread.thread.is_alive()
    assert not control.left.are_at_work
    assert workspace.factors.user_factors.shape == (15, 5)


def test_of_a_run_that_another_one_replaces_nothing_stays_in_memory(workspace, control):
    """Its timeline alone may be 256 MB, or what somebody allowed it; two would be twice as much."""
    control.train()
    run_until(control, "finished")
    thread, timeline = control.worker.thread, ref(control.worker.timeline)
    control.train()
    thread.join(SECONDS)
    run_until(control, "finished")
    gc.collect()
    assert timeline() is None


def test_nothing_to_train_on_is_said_and_changes_nothing(workspace, control):
    for user, item in zip(workspace.ratings.users.tolist(), workspace.ratings.items.tolist(), strict=True):
        workspace.set_rating(user, item, None)
    said = []
    control.failed.connect(said.append)
    before = numbers(workspace)
    control.train()
    run_until(control, "failed")
    assert said == ["There is no rating to train on; rate some cells or hold fewer out."]
    assert same(numbers(workspace), before)


def test_the_lesson_trains_from_the_workbooks_numbers_to_its_optimum():
    workspace = Workspace()
    workspace.open_ratings(open_ratings("lesson"))
    control = TrainingControl(workspace)
    control.train()
    run_until(control, "finished")
    assert 0.3929 <= workspace.score.train_rmse < 0.40
    workspace.reset_factors()
    assert workspace.score.train_rmse == pytest.approx(2.80606206164831, abs=1e-12)
    control.close()


def test_a_run_that_goes_on_after_saving_is_unsaved_again(workspace, control):
    control.step_batch()
    run_until(control, "paused")
    workspace.edits.mark_saved()
    assert not workspace.edits.is_modified
    control.step_batch()
    run_until(control, "paused")
    assert workspace.edits.is_modified


def test_an_edit_during_a_run_comes_after_it_and_undo_leads_back_to_the_start(workspace, control):
    before = numbers(workspace)
    workspace.configure(replace(workspace.config, epochs=100_000))
    control.train()
    while not (control.worker and control.worker.steps_done):
        time.sleep(0.001)
    workspace.set_factor("user", 3, 1, 2.5)
    assert control.state == "paused"
    while workspace.edits.top is not None:
        workspace.edits.undo()
    assert same(numbers(workspace), before)


def test_stopping_a_paused_run_keeps_what_was_edited_since(workspace, control):
    control.step_batch()
    run_until(control, "paused")
    workspace.set_factor("user", 3, 1, 2.5)
    control.stop()
    assert control.state == "stopped"
    assert workspace.factors.user_factors[3, 1] == 2.5
    assert workspace.edits.top.label == "user factor 2 2.5"


def test_playing_right_after_stopping_is_a_run_of_its_own(workspace, control):
    for _ in range(20):
        control.step_batch()
        run_until(control, "paused")
        control.stop()
        control.train()
        run_until(control, "finished")


def test_of_a_run_whose_curve_is_not_the_documents_nothing_is_told(workspace, control):
    control.train()
    run_until(control, "finished")
    assert told_state(workspace, control) == "finished"
    workspace.configure(replace(workspace.config, model="dot-bias"))
    assert told_state(workspace, control) == "idle"
    workspace.edits.undo()
    assert told_state(workspace, control) == "finished"
    workspace.reset_factors()
    assert told_state(workspace, control) == "idle"


def test_a_paused_run_is_told_to_be_paused_only_while_it_can_go_on(workspace, control):
    control.step_batch()
    run_until(control, "paused")
    assert told_state(workspace, control) == "paused"
    workspace.configure(replace(workspace.config, learning_rate=0.001))
    assert told_state(workspace, control) == "paused"
    workspace.configure(replace(workspace.config, n_factors=workspace.config.n_factors + 1))
    assert told_state(workspace, control) == "stopped"
    workspace.configure(replace(workspace.config, seed=5))
    assert told_state(workspace, control) == "idle"


def test_a_model_that_comes_back_has_its_paused_run_again(workspace, control):
    config = workspace.config
    control.step_batch()
    run_until(control, "paused")
    workspace.configure(replace(config, model="dot-bias"))
    assert told_state(workspace, control) == "idle"
    workspace.configure(config)
    assert told_state(workspace, control) == "paused"
    assert control.can_go_on


def test_how_long_a_run_is_stays_known_when_the_setting_changes_after_it(workspace, control):
    control.train()
    run_until(control, "finished")
    workspace.configure(replace(workspace.config, epochs=20))
    assert control.worker.total_epochs == 8
