"""What people gain from microscope and code: every number of one step, and the whole model as a script of their own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

Role = Qt.ItemDataRole


def click(person, name):
    button = person.find(name, QPushButton)
    assert button.isEnabled()
    person.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def words(person):
    return person.find("microscopeWords", QLabel).text()


def outcome(person):
    return person.find("microscopeOutcome", QLabel).text()


def rated_cell(person):
    ratings = person.numbers("ratingsView")
    return next((r, c) for r, c in np.argwhere(~np.isnan(ratings)).tolist())


@pytest.fixture
def looking(lesson):
    """The microscope over the first rated cell of the untrained lesson."""
    lesson.select("ratingsView", *rated_cell(lesson))
    lesson.do("actionMicroscope")
    return lesson


def test_a_step_moves_the_cell_as_written_and_undo_takes_it_back(looking):
    row, column = rated_cell(looking)
    users, items = looking.numbers("userFactorsView"), looking.numbers("itemFactorsView")
    u, i, rating = users[row], items[:, column], looking.numbers("ratingsView")[row, column]
    # Adam's first step is the learning rate in the direction of the gradient's sign.
    gradient = 2 * (u @ i - rating) * i
    click(looking, "microscopeStep")
    moved = looking.numbers("userFactorsView")[row]
    assert moved == pytest.approx(u - 0.05 * gradient / (abs(gradient) + 1e-5), abs=1e-5)
    others = np.arange(len(users)) != row
    assert np.array_equal(looking.numbers("userFactorsView")[others], users[others])
    model = looking.find("microscopeTable").model()
    assert model.index(0, model.columnCount() - 1).data(Role.EditRole) == pytest.approx(moved[0], abs=1e-6)
    assert "→" in outcome(looking)
    looking.do("actionUndo")
    assert np.array_equal(looking.numbers("userFactorsView"), users)
    assert "step 1 would be" in looking.find("microscopeTitle", QLabel).text()


def test_the_optimizer_remembers_from_step_to_step_and_forgets_with_undo(looking):
    for number in (1, 2, 3):
        click(looking, "microscopeStep")
        assert f"step {number}, done" in looking.find("microscopeTitle", QLabel).text()
    after_three = looking.numbers("userFactorsView")
    looking.do("actionUndo")
    assert "step 2, done" in looking.find("microscopeTitle", QLabel).text()
    click(looking, "microscopeStep")
    assert np.allclose(looking.numbers("userFactorsView"), after_three, atol=1e-6)


def test_it_says_what_to_do_where_there_is_no_rating(lesson):
    blank = np.argwhere(np.isnan(lesson.numbers("ratingsView"))).tolist()[0]
    lesson.select("ratingsView", *blank)
    lesson.do("actionMicroscope")
    assert "select a rated one" in lesson.find("microscopeTitle", QLabel).text()
    assert not lesson.find("microscopeStep", QPushButton).isEnabled()
    lesson.select("ratingsView", *rated_cell(lesson))
    assert lesson.find("microscopeStep", QPushButton).isEnabled()


def test_a_held_out_cell_can_be_looked_at_but_not_learned_from(tastes):
    tastes.find("valid_fraction").setValue(0.5)
    held_out = [
        (r, c)
        for r, row in enumerate(tastes.texts("ratingsView", Role.AccessibleTextRole))
        for c, cell in enumerate(row)
        if cell.endswith("held out")
    ]
    tastes.select("ratingsView", *held_out[0])
    tastes.do("actionMicroscope")
    assert "held out" in tastes.find("microscopeNote", QLabel).text()
    assert not tastes.find("microscopeStep", QPushButton).isEnabled()


def test_everything_is_copied_as_text(looking):
    click(looking, "microscopeCopy")
    text = QGuiApplication.clipboard().text()
    for word in ("products", "error", "slope", "optimizer", "prediction", "user f1\t", "item f5\t"):
        assert word in text


def test_while_it_trains_the_microscope_waits(looking):
    looking.full_speed()
    looking.do("actionTrain")
    looking.wait_for_state("finished")
    looking.wait_until(lambda: "would be" in looking.find("microscopeTitle", QLabel).text())


# Code


def test_the_code_follows_the_settings_and_is_copied(lesson):
    lesson.do("actionShowCode")
    page = lesson.find("codeTorch", QPlainTextEdit)
    assert "class Dot(torch.nn.Module):" in page.toPlainText()
    assert "torch.optim.Adam(" in page.toPlainText()
    lesson.find("optimizer").setCurrentIndex(lesson.find("optimizer").findData("sgd"))
    assert "torch.optim.SGD(" in page.toPlainText()
    click(lesson, "codeCopy")
    assert QGuiApplication.clipboard().text() == page.toPlainText()
    lesson.window.training_windows.code.tabs.setCurrentIndex(1)
    click(lesson, "codeCopy")
    assert "collab_learner" in QGuiApplication.clipboard().text()


def test_the_sampler_has_a_numpy_script_and_says_that_fastai_has_none(lesson):
    lesson.do("actionShowCode")
    window = lesson.window.training_windows.code
    lesson.window.workspace.configure(replace(lesson.window.workspace.config, model="bayes"))
    assert "standard_gamma" in window.torch.toPlainText()
    assert window.tabs.tabText(0) == "NumPy"
    assert lesson.find("codeCopy", QPushButton).isEnabled()
    window.tabs.setCurrentIndex(1)
    assert "no Bayesian model" in window.fastai.placeholderText()
    assert not lesson.find("codeCopy", QPushButton).isEnabled()
    assert not lesson.find("codeSave", QPushButton).isEnabled()
    window.tabs.setCurrentIndex(0)
    assert lesson.find("codeCopy", QPushButton).isEnabled()


def test_without_a_rating_to_train_on_the_page_says_so(lesson):
    lesson.do("actionShowCode")
    window, workspace = lesson.window.training_windows.code, lesson.window.workspace
    workspace.put_state(replace(workspace.state, held_out=np.ones_like(workspace.held_out)))
    assert "no rating to train on" in window.note.text()
    assert window.torch.placeholderText() == window.note.text()
    assert not lesson.find("codeCopy", QPushButton).isEnabled()


@pytest.mark.slow
def test_the_saved_script_ends_where_the_sheet_ends(lesson, tmp_path):
    lesson.do("actionShowCode")
    window = lesson.window.training_windows.code
    window.save_to(tmp_path / "train.py")
    lesson.wait_until(lambda: not window.is_saving)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ratings.csv", "start.npz", "train.py"]
    done = subprocess.run([sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    last = float(done.stdout.splitlines()[-1].split("train ")[1].split(",")[0])
    lesson.train()
    assert last == pytest.approx(lesson.shown_rmse(), abs=6e-5)


def test_a_step_moves_labels_too_goes_on_with_them_and_undo_takes_it_back(looking):
    workspace = looking.window.workspace
    workspace.configure(replace(workspace.config, model="dot-bias", features="genres"))
    looking.select("ratingsView", *rated_cell(looking))
    assert "labels" in words(looking)
    before = workspace.factors.copy()
    click(looking, "microscopeStep")
    once = workspace.factors.copy()
    column = rated_cell(looking)[1]
    item = looking.window.axes.items[column]
    genres = set(workspace.ratings.item_table.genres[item].split("|"))
    sharing = [bool(genres & set(text.split("|"))) for text in workspace.ratings.item_table.genres.tolist()]
    assert (once.item_bias != before.item_bias).tolist() == sharing
    click(looking, "microscopeStep")
    assert "step 2, done" in looking.find("microscopeTitle", QLabel).text()
    model = looking.find("microscopeTable").model()
    labels = [model.index(place, 0).data() for place in range(model.rowCount())]
    of_label = labels.index(f"{min(genres)} bias")
    # What the first step has made of it is what the second begins with.
    assert model.index(of_label, 1).data(Role.EditRole) != 0
    twice = workspace.factors.copy()
    looking.do("actionUndo")
    click(looking, "microscopeStep")
    assert np.allclose(workspace.factors.item_factors, twice.item_factors, atol=1e-6)
    looking.do("actionUndo")
    looking.do("actionUndo")
    assert workspace.factors.equals(before)


def test_the_dot_product_has_no_columns_and_shows_its_step_all_the_same(looking):
    workspace = looking.window.workspace
    workspace.configure(replace(workspace.config, model="dot", features="genres"))
    looking.wait_until(lambda: "step 1 would be" in looking.find("microscopeTitle", QLabel).text())
    looking.do("actionShowCode")
    assert "import torch" in looking.window.training_windows.code.torch.toPlainText()


def test_a_net_has_its_step_too_and_undo_takes_the_layers_back(lesson):
    lesson.window.workspace.configure(replace(lesson.window.workspace.config, model="net", n_factors=4, hidden="6"))
    lesson.select("ratingsView", *rated_cell(lesson))
    lesson.do("actionMicroscope")
    before = lesson.window.workspace.factors.copy()
    assert "layer 1" in words(lesson)
    click(lesson, "microscopeStep")
    after = lesson.window.workspace.factors
    assert (after.weights[0] != before.weights[0]).any()
    row, column = rated_cell(lesson)
    axes = lesson.window.axes
    user, item = axes.users[row], axes.items[column]
    predicted = after.predict(np.array([user]), np.array([item]))[0]
    assert f"→ {predicted:.4f}" in outcome(lesson)
    lesson.do("actionUndo")
    assert lesson.window.workspace.factors.equals(before)


def test_the_bayesian_model_draws_the_users_numbers_and_undo_takes_them_back(lesson):
    workspace = lesson.window.workspace
    workspace.configure(replace(workspace.config, model="bayes"))
    lesson.select("ratingsView", *rated_cell(lesson))
    lesson.do("actionMicroscope")
    title, button = lesson.find("microscopeTitle", QLabel), lesson.find("microscopeStep", QPushButton)
    assert "draw 1 would be" in title.text()
    assert button.text() == "&Draw"
    before = workspace.factors.copy()
    click(lesson, "microscopeStep")
    user = lesson.window.axes.users[rated_cell(lesson)[0]]
    first = workspace.factors.copy()
    others = np.arange(len(before.user_factors)) != user
    assert np.array_equal(first.user_factors[others], before.user_factors[others])
    assert np.array_equal(first.item_factors, before.item_factors)
    assert (first.user_factors[user] != before.user_factors[user]).all()
    model = lesson.find("microscopeTable").model()
    assert model.index(0, 0).data() == "user bias"
    assert model.index(0, model.columnCount() - 1).data(Role.EditRole) == pytest.approx(first.user_bias[user], abs=1e-6)
    click(lesson, "microscopeStep")
    assert "draw 2, done" in title.text()
    assert (workspace.factors.user_factors[user] != first.user_factors[user]).all()
    lesson.do("actionUndo")
    assert "draw 1, done" in title.text()
    lesson.do("actionUndo")
    assert workspace.factors.equals(before)
    click(lesson, "microscopeStep")
    assert workspace.factors.equals(first)
    workspace.configure(replace(workspace.config, features="sets"))
    lesson.wait_until(lambda: "sets" in title.text())
    assert not button.isEnabled()
