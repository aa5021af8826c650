"""A document saved in the middle of a run goes on, once opened again, as if it had never been closed."""

import time
from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.learning.training_presets import training_preset
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.document_session import session_of_document
from cfstudio.workspace.session import open_session, save_session
from cfstudio.workspace.training_control import TrainingControl


def fresh():
    workspace = Workspace()
    workspace.open_ratings(random_ratings(20, 15, 120))
    workspace.configure(
        replace(workspace.config, batch_size=16, epochs=6, optimizer="momentum", learning_rate=0.05, schedule="sgdr")
    )
    return workspace, TrainingControl(workspace)


def rest(control):
    end = time.monotonic() + 60
    while control.is_active and time.monotonic() < end:
        control.poll(np.arange(3), np.arange(3))
        time.sleep(0.001)


def broken_off(workspace, control, n_epochs):
    """A run that rests one step after so many epochs."""
    for _ in range(n_epochs):
        control.step_epoch()
        rest(control)
    control.step_batch()
    rest(control)
    return workspace, control


def reopened(workspace, control, path):
    save_session(session_of_document(workspace, {}, control.unfinished()), path)
    control.close()
    opened = Workspace()
    opened.open_session(open_session(path))
    return opened, TrainingControl(opened)


@pytest.mark.parametrize("n_epochs", [1, 3])
def test_saved_and_opened_in_the_middle_a_run_ends_with_the_numbers_of_one_never_stopped(tmp_path, n_epochs):
    straight, control = fresh()
    control.train()
    rest(control)
    assert control.state == "finished"
    expected = straight.factors.copy()
    n_measured = len(straight.history)
    workspace, broken = broken_off(*fresh(), n_epochs)
    opened, resumed = reopened(workspace, broken, tmp_path / "x.cfstudio")
    # saved once more before anything is done
    opened, resumed = reopened(opened, resumed, tmp_path / "y.cfstudio")
    resumed.train()
    rest(resumed)
    assert resumed.state == "finished"
    assert opened.factors.equals(expected)
    assert len(opened.history) == n_measured
    resumed.close()


def test_the_first_step_after_opening_is_one_step(tmp_path):
    workspace, control = fresh()
    control.step_epoch()
    rest(control)
    n_steps = control.worker.steps_done
    _, resumed = reopened(workspace, control, tmp_path / "x.cfstudio")
    resumed.step_batch()
    rest(resumed)
    assert resumed.worker.steps_done == n_steps + 1
    resumed.close()


def sampled():
    workspace = Workspace()
    workspace.open_ratings(random_ratings(20, 15, 120))
    workspace.configure(replace(training_preset("best").config, n_factors=6, epochs=12, valid_fraction=0.2))
    return workspace, TrainingControl(workspace)


@pytest.mark.parametrize("n_epochs", [1, 7])
def test_a_bayesian_run_too_with_how_sure_it_is_and_a_step_back(tmp_path, n_epochs):
    straight, control = sampled()
    control.train()
    rest(control)
    workspace, broken = broken_off(*sampled(), n_epochs)
    opened, resumed = reopened(workspace, broken, tmp_path / "x.cfstudio")
    opened, resumed = reopened(opened, resumed, tmp_path / "y.cfstudio")
    at = opened.factors.copy()
    resumed.step_batch()
    rest(resumed)
    resumed.step_back()
    rest(resumed)
    assert opened.factors.equals(at)
    assert resumed.worker.epoch > n_epochs
    resumed.train()
    rest(resumed)
    assert resumed.state == "finished"
    assert opened.factors.equals(straight.factors)
    one, two = opened.state.posterior, straight.state.posterior
    assert all(np.array_equal(array, two.tensors()[name]) for name, array in one.tensors().items())
    assert len(opened.history) == len(straight.history)
    resumed.close()


def test_numbers_or_ratings_edited_since_begin_a_new_run(tmp_path):
    for edit in ("factor", "rating"):
        workspace, control = fresh()
        control.step_epoch()
        rest(control)
        opened, resumed = reopened(workspace, control, tmp_path / f"{edit}.cfstudio")
        assert opened.saved_run is not None
        if edit == "factor":
            opened.set_factor("user", 2, 1, 0.25)
        else:
            opened.set_rating(int(opened.ratings.users[0]), int(opened.ratings.items[0]), 1.5)
        resumed.step_batch()
        rest(resumed)
        assert resumed.worker.steps_done == 1
        resumed.close()


def test_a_finished_run_has_nothing_to_go_on_with(tmp_path):
    workspace, control = fresh()
    control.train()
    rest(control)
    opened, resumed = reopened(workspace, control, tmp_path / "x.cfstudio")
    assert opened.saved_run is None
    resumed.close()
