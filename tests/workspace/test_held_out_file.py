"""A file of held-out ratings becomes the split of an open document: one step, undone, saved, named in the runs."""

from dataclasses import replace

import numpy as np
import pytest
from support import crosstab

from cfstudio.exchange.read_held_out import read_held_out_file
from cfstudio.learning.show_code import show_code
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.document_session import session_of_document
from cfstudio.workspace.run_log import differences
from cfstudio.workspace.session import open_session, save_session

BASE = [[5, None, 3, 1], [None, 4.5, 1, 2], [2, 2, None, 4]]
"""Users 1 to 3, movies 101 to 104."""
HELD = [(1, 102, 4.0), (2, 101, 3.5), (4, 103, 2.0), (3, 777, 5.0)]
"""The last two have a user and a movie that only the file has."""


@pytest.fixture
def workspace():
    workspace = Workspace()
    workspace.open_ratings(crosstab(BASE))
    return workspace


def written(path, rows):
    path.write_text("userId,movieId,rating\n" + "".join(f"{u},{m},{r}\n" for u, m, r in rows), encoding="utf-8")
    return str(path)


def held_out_cells(ratings, held_out):
    rows = np.flatnonzero(held_out)
    ids = zip(ratings.user_ids[ratings.users[rows]], ratings.item_table.ids[ratings.items[rows]], strict=True)
    return {(int(u), int(i), float(v)) for (u, i), v in zip(ids, ratings.values[rows], strict=True)}


def hold_out(workspace, path):
    file = read_held_out_file(path, workspace.ratings)
    workspace.exchange_contents(f"holding out {file.name}", file.of)
    return file


def test_the_files_ratings_are_held_out_and_one_undo_takes_them_back(workspace, tmp_path):
    before, table = workspace.state, workspace.ratings
    file = hold_out(workspace, written(tmp_path / "u1.test", HELD))
    assert held_out_cells(workspace.ratings, workspace.held_out) == set(HELD)
    assert (workspace.config.split, workspace.config.valid_file) == ("file", "u1.test")
    assert (workspace.score.n_train, workspace.score.n_valid) == (9, 4)
    assert workspace.shown.users.tolist() == [0, 1, 2, 3]
    assert workspace.shown.items.tolist() == [0, 1, 2, 3, 4]
    assert "4 ratings of u1.test are held out, 9 are for training" in file.sentence
    assert "New in the table: 1 user and 1 movie." in file.sentence
    workspace.edits.undo()
    assert workspace.state is before
    assert workspace.ratings is table
    assert (workspace.edits.top, workspace.score.n_valid) == (None, 0)
    workspace.edits.redo()
    assert held_out_cells(workspace.ratings, workspace.held_out) == set(HELD)


def test_a_cell_of_both_files_is_held_out_and_said(workspace, tmp_path):
    file = hold_out(workspace, written(tmp_path / "x.csv", [(1, 101, 1.0), (1, 102, 2.0), (1, 102, 3.0)]))
    assert held_out_cells(workspace.ratings, workspace.held_out) == {(1, 101, 1.0), (1, 102, 3.0)}
    assert "1 of them stood in the table already" in file.sentence
    assert "1 rating repeated a user and movie of another row; the last one of each was kept" in file.sentence


def test_other_settings_leave_the_files_cells_and_another_split_gives_them_to_the_training(workspace, tmp_path):
    hold_out(workspace, written(tmp_path / "u1.test", HELD))
    workspace.configure(replace(workspace.config, n_factors=3, learning_rate=0.01, split_seed=7, seed=5))
    assert held_out_cells(workspace.ratings, workspace.held_out) == set(HELD)
    workspace.configure(replace(workspace.config, split="random", valid_fraction=0.0))
    assert (workspace.score.n_train, workspace.score.n_valid) == (13, 0)
    with pytest.raises(ValueError, match=r"choose it under Held out, Split, From a file…"):
        workspace.configure(replace(workspace.config, split="file"))


def test_a_session_brings_back_the_file_and_its_cells(workspace, tmp_path):
    hold_out(workspace, written(tmp_path / "u1.test", HELD))
    path = tmp_path / "x.cfstudio"
    save_session(session_of_document(workspace, {}, None), path)
    again = Workspace()
    again.open_session(open_session(path))
    assert (again.config.split, again.config.valid_file) == ("file", "u1.test")
    assert held_out_cells(again.ratings, again.held_out) == set(HELD)


def test_runs_name_the_file_they_were_measured_on(workspace, tmp_path):
    one = replace(workspace.config, split="file", valid_file="u1.test")
    assert differences(one, replace(one, valid_file="u2.test")) == [("Held-out file", "u1.test", "u2.test")]
    changed = {label for label, _, _ in differences(workspace.config, one)}
    assert {"Split", "Held-out file"} <= changed


def test_the_shown_code_holds_the_same_cells_out(workspace, tmp_path):
    hold_out(workspace, written(tmp_path / "u1.test", HELD))
    script = show_code(workspace.ratings, workspace.held_out, workspace.state.start, workspace.config)
    (tmp_path / "start.npz").write_bytes(script.files["start.npz"]())
    rows = script.files["ratings.csv"]().decode().splitlines()[1:]
    with np.load(tmp_path / "start.npz") as arrays:
        chosen = [row for row, is_held in zip(rows, arrays["held_out"], strict=True) if is_held]
    assert sorted(float(row.rpartition(",")[2]) for row in chosen) == [2.0, 3.5, 4.0, 5.0]
    assert "start.npz" in script.fastai
