"""What people gain from the list of runs: nothing tried is lost, and any of it comes back as it was."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.workspace.document import Workspace
from cfstudio.workspace.document_session import session_of_document
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.run_log import RunRemovedEdit, RunTextEdit, differences, restored
from cfstudio.workspace.session import open_session, save_session
from cfstudio.workspace.training_control import TrainingControl

PATIENCE = 30


@pytest.fixture
def document():
    workspace = Workspace()
    workspace.open_ratings(random_ratings(30, 20, 300))
    workspace.configure(replace(workspace.config, epochs=5, valid_fraction=0.2))
    control = TrainingControl(workspace)
    yield workspace, control
    control.close()
    control.left.join()


def train(workspace, control, **changes):
    if changes:
        workspace.configure(replace(workspace.config, **changes))
    control.train()
    assert control.worker.wait_until(("finished", "failed"), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    assert control.state == "finished"


def test_every_run_is_entered_with_its_settings_curve_and_numbers(document):
    workspace, control = document
    train(workspace, control)
    first = workspace.factors.copy()
    train(workspace, control, learning_rate=0.01)
    one, two = workspace.runs.runs
    assert (one.config.learning_rate, two.config.learning_rate) == (0.05, 0.01)
    assert one.state.factors.equals(first)
    assert two.state.factors.equals(workspace.factors)
    assert one.best_valid == np.nanmin(one.history.valid_rmse)
    assert one.epochs == 5
    assert [label for label, *_ in differences(one.config, two.config)] == ["Learning rate"]


def test_a_restored_run_is_the_document_again_and_undo_takes_that_back(document):
    workspace, control = document
    train(workspace, control)
    first = workspace.factors.copy()
    train(workspace, control, learning_rate=0.01)
    second = workspace.factors.copy()
    workspace.exchange_state("restoring", restored(workspace.runs.get(1), workspace))
    assert workspace.factors.equals(first)
    assert workspace.config.learning_rate == 0.05
    assert workspace.history is workspace.runs.get(1).history
    workspace.edits.undo()
    assert workspace.factors.equals(second)


def test_editing_a_restored_run_leaves_the_list_as_it_was(document):
    workspace, control = document
    train(workspace, control)
    before = workspace.runs.get(1).state.factors.copy()
    workspace.exchange_state("restoring", restored(workspace.runs.get(1), workspace))
    workspace.set_factor("user", 0, 0, 9.0)
    assert workspace.runs.get(1).state.factors.equals(before)


def test_names_notes_and_deletions_can_be_undone(document):
    workspace, control = document
    train(workspace, control)
    edits, runs = workspace.edits, workspace.runs
    edits.apply(RunTextEdit(runs, 1, "name", "Ada's"))
    edits.apply(RunTextEdit(runs, 1, "note", "high rate"))
    assert (runs.get(1).title, runs.get(1).note) == ("Ada's", "high rate")
    edits.apply(RunRemovedEdit(runs, 1))
    assert len(runs) == 0
    edits.undo()
    assert runs.get(1).title == "Ada's"
    edits.undo()
    edits.undo()
    assert (runs.get(1).title, runs.get(1).note) == ("Run 1", "")


def test_undoing_a_run_keeps_its_row(document):
    workspace, control = document
    train(workspace, control)
    trained = workspace.factors.copy()
    workspace.edits.undo()
    workspace.exchange_state("restoring", restored(workspace.runs.get(1), workspace))
    assert workspace.factors.equals(trained)


def test_when_memory_is_short_the_oldest_numbers_go_but_never_the_best_runs(document):
    workspace, control = document
    for rate in (0.05, 1e-6, 1e-6, 1e-6):
        workspace.reset_factors()
        train(workspace, control, learning_rate=rate)
        workspace.runs.most_bytes = 2 * workspace.factors.n_bytes
    kept = [run.number for run in workspace.runs.runs if run.state is not None]
    assert kept == [workspace.runs.best().number, 4]
    with pytest.raises(Refusal, match="not kept any more"):
        restored(workspace.runs.get(2), workspace)


def test_what_a_bayesian_run_is_unsure_of_counts_as_memory_too(document, monkeypatch):
    """Its samples take sixteen times the room of its factors; uncounted, runs grew far beyond what they may keep."""
    workspace, control = document
    workspace.configure(replace(workspace.config, model="bayes", epochs=4))
    for _ in range(3):
        train(workspace, control)
    posterior = workspace.state.posterior
    samples = posterior.users.nbytes + posterior.items.nbytes + posterior.noise.nbytes
    assert workspace.runs.n_bytes >= 3 * (samples + workspace.factors.n_bytes)
    assert workspace.edits.n_bytes >= 3 * samples
    workspace.runs.most_bytes = workspace.runs.n_bytes
    train(workspace, control)
    assert workspace.runs.n_bytes <= workspace.runs.most_bytes
    assert [run.number for run in workspace.runs.runs if run.state is None] == [
        2 if workspace.runs.best().number == 1 else 1
    ]


def test_runs_of_other_users_are_refused_with_the_reason(document):
    from cfstudio.workspace.reshaping import with_user

    workspace, control = document
    train(workspace, control)
    workspace.exchange_contents("adding a user", with_user)
    with pytest.raises(Refusal, match="other users"):
        restored(workspace.runs.get(1), workspace)


def test_a_session_keeps_runs_with_names_curves_and_numbers(document, tmp_path):
    workspace, control = document
    train(workspace, control)
    train(workspace, control, learning_rate=0.01)
    workspace.edits.apply(RunTextEdit(workspace.runs, 2, "name", "slow"))
    save_session(session_of_document(workspace, {}), tmp_path / "runs.cfstudio")
    again = Workspace()
    again.open_session(open_session(tmp_path / "runs.cfstudio"))
    for old, new in zip(workspace.runs.runs, again.runs.runs, strict=True):
        assert (old.number, old.title, old.config) == (new.number, new.title, new.config)
        assert old.state.factors.equals(new.state.factors)
        assert np.array_equal(old.history.valid_rmse, new.history.valid_rmse)
    # The present run's curve is the document's own.
    assert again.runs.get(2).history is again.history
    assert again.runs.begin(again.config, again.history) == 3


def test_a_session_from_before_there_was_a_list_opens_with_its_run(document, tmp_path):
    workspace, control = document
    train(workspace, control)
    save_session(session_of_document(workspace, {}), tmp_path / "new.cfstudio")
    with zipfile.ZipFile(tmp_path / "new.cfstudio") as new, zipfile.ZipFile(tmp_path / "old.cfstudio", "w") as old:
        for name in new.namelist():
            if name.startswith("run-"):
                continue
            content = new.read(name)
            if name == "runs.json":
                content = json.dumps({"runs": json.loads(content)["runs"]}).encode()
            old.writestr(name, content)
    session = open_session(tmp_path / "old.cfstudio")
    (run,) = session.runs
    assert run.best_valid == workspace.runs.get(1).best_valid
    assert run.state.factors.equals(workspace.factors)


def test_nothing_is_entered_before_a_step_is_done():
    workspace = Workspace()
    workspace.open_ratings(crosstab([[4.0, 3.0], [2.0, 5.0]]))
    control = TrainingControl(workspace)
    control.step_batch()
    control.worker.wait_until(("paused",), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    assert len(workspace.runs) == 1
    control.close()
    control.left.join()


def test_a_paused_run_saved_and_opened_goes_on_as_if_never_stopped(document, tmp_path):
    workspace, control = document
    train(workspace, control)
    without_stop = workspace.factors.copy()
    workspace.reset_factors()
    control.step_epoch()
    control.worker.wait_until(("paused",), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    control.step_batch()
    control.worker.wait_until(("paused",), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    session = session_of_document(workspace, {}, control.unfinished())
    save_session(session, tmp_path / "paused.cfstudio")
    again = Workspace()
    again.open_session(open_session(tmp_path / "paused.cfstudio"))
    other = TrainingControl(again)
    # Saved once more without having gone on, it still can.
    assert other.unfinished() is again.saved_run
    other.train()
    assert other.worker.wait_until(("finished", "failed"), PATIENCE)
    other.poll(np.arange(1), np.arange(1))
    assert again.factors.equals(without_stop)
    assert again.history.epochs[0] == 0
    assert again.history.epochs[-1] == 5
    other.close()
    other.left.join()


def test_an_edited_paused_run_is_saved_without_its_optimizer(document):
    workspace, control = document
    control.step_epoch()
    control.worker.wait_until(("paused",), PATIENCE)
    control.poll(np.arange(1), np.arange(1))
    assert control.unfinished() is not None
    workspace.set_factor("user", 0, 0, 0.5)
    assert control.unfinished() is None
