"""What people gain from runs that know whom they were trained on: numbers never land on somebody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import random_ratings

from cfstudio.workspace.document import Workspace
from cfstudio.workspace.document_session import session_of_document
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.reshaping import with_user, without
from cfstudio.workspace.run_log import restored
from cfstudio.workspace.session import open_session, save_session
from cfstudio.workspace.training_control import TrainingControl

PATIENCE = 30


@pytest.fixture
def trained():
    """A document with one run."""
    workspace = Workspace()
    workspace.open_ratings(random_ratings(30, 20, 300))
    workspace.configure(replace(workspace.config, epochs=2, valid_fraction=0.2))
    control = TrainingControl(workspace)
    control.train()
    assert control.worker.wait_until(("finished", "failed"), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    yield workspace
    control.close()
    control.join()


def add_user(workspace, user_id=None):
    workspace.exchange_contents("adding a user", lambda contents: with_user(contents, user_id))


def remove_user(workspace, code):
    workspace.exchange_contents("removing a user", lambda contents: without(contents, "user", np.array([code])))


def test_a_run_is_not_restored_onto_others_when_one_user_went_and_another_came(trained):
    """As many users as before: row 3 of the run's factors would be another person's, and the split would not fit."""
    remove_user(trained, 3)
    add_user(trained)
    with pytest.raises(Refusal, match="other users"):
        restored(trained.runs.get(1), trained)
    trained.edits.undo()
    trained.edits.undo()
    assert restored(trained.runs.get(1), trained).factors.equals(trained.factors)


def test_a_run_is_not_restored_when_the_last_user_came_back_without_the_ratings(trained):
    last = trained.ratings.n_users - 1
    name = str(trained.ratings.user_ids[last])
    remove_user(trained, last)
    add_user(trained, name)
    with pytest.raises(Refusal, match="undo their change"):
        restored(trained.runs.get(1), trained)


def test_a_run_comes_back_after_a_user_was_added_and_removed_again_and_ratings_were_given(trained):
    factors = trained.runs.get(1).state.factors.copy()
    free = next(item for item in range(20) if np.isnan(trained.ratings.values_at(np.array([0]), np.array([item])))[0])
    add_user(trained)
    remove_user(trained, trained.ratings.n_users - 1)
    trained.set_rating(0, free, 4.0)
    trained.exchange_state("restoring", restored(trained.runs.get(1), trained))
    assert trained.factors.equals(factors)
    assert len(trained.held_out) == len(trained.ratings.values)


@pytest.mark.parametrize("swaps", [True, False])
def test_a_session_with_a_run_over_other_users_opens_and_says_what_became_of_its_numbers(trained, tmp_path, swaps):
    if swaps:
        remove_user(trained, 3)
    add_user(trained)
    save_session(session_of_document(trained, {}), tmp_path / "other.cfstudio")
    again = Workspace()
    again.open_session(open_session(tmp_path / "other.cfstudio"))
    (run,) = again.runs.runs
    assert len(run.history) == len(trained.runs.get(1).history)
    with pytest.raises(Refusal, match="not kept any more"):
        restored(run, again)


def test_a_session_that_an_earlier_version_wrote_with_such_numbers_opens_too(trained, tmp_path, monkeypatch):
    """They could not be opened at all: everything else in them was lost."""
    add_user(trained)
    with monkeypatch.context() as earlier:
        earlier.setattr("cfstudio.workspace.run_log.Run.fits", lambda _run, _ratings: True)
        save_session(session_of_document(trained, {}), tmp_path / "earlier.cfstudio")
    again = Workspace()
    again.open_session(open_session(tmp_path / "earlier.cfstudio"))
    assert again.factors.equals(trained.factors)
    assert again.runs.get(1).state is None
