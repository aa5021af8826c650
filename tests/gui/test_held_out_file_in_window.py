"""Held-out ratings that come as a file, as u1.test beside u1.base, are chosen in the settings of the training."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QTabBar, QWidget

from cfstudio.gui.training.file_button import FileButton


@pytest.fixture
def chosen(monkeypatch):
    """What the file dialog answers, and how often it was asked."""
    answers = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop() if answers else "", ""))
    return answers


def written(path, text):
    path.write_text("userId,movieId,rating\n" + text, encoding="utf-8")
    return str(path)


def form(person):
    bar = person.find("settingGroups", QTabBar)
    bar.setCurrentIndex(next(place for place in range(bar.count()) if bar.tabText(place) == "Held out"))
    return person.find("settingsForm", QWidget)


def choose_from_a_file(person):
    combo = person.find("split", QComboBox)
    combo.setCurrentIndex(combo.findData("file"))
    person.wait_until(lambda: not form(person).held_out_file.is_busy)


def known_ids(person):
    ratings = person.window.workspace.ratings
    return ratings.user_ids, ratings.item_table.ids


def test_choosing_a_file_holds_its_cells_out_in_one_undoable_step(lesson, chosen, tmp_path):
    users, items = known_ids(lesson)
    workspace = lesson.window.workspace
    text = "".join(f"{users[row]},{items[row]},{3 + row / 2}\n" for row in range(3))
    chosen.append(written(tmp_path / "u1.test", text))
    form(lesson)
    choose_from_a_file(lesson)
    assert workspace.score.n_valid == 3
    table = lesson.numbers("ratingsView")
    assert [table[row, row] for row in range(3)] == [3, 3.5, 4]
    assert lesson.find("valid_file", FileButton).isVisible()
    assert lesson.find("valid_file", FileButton).name == "u1.test"
    assert "3 ratings of u1.test are held out" in lesson.window.status.currentMessage()
    lesson.train()
    assert workspace.history.valid_rmse[-1] > 0
    lesson.do("actionUndo")
    lesson.do("actionUndo")
    assert workspace.config.split == "random"
    assert workspace.score.n_valid == 0
    assert not lesson.find("valid_file", FileButton).isVisible()
    assert lesson.find("split", QComboBox).currentData() == "random"


def test_without_a_file_the_split_stays_as_it_is(lesson, chosen):
    form(lesson)
    choose_from_a_file(lesson)
    assert lesson.find("split", QComboBox).currentData() == "random"
    assert lesson.window.workspace.edits.top is None


def test_the_button_chooses_another_file(lesson, chosen, tmp_path):
    users, items = known_ids(lesson)
    second = written(tmp_path / "u2.test", f"{users[4]},{items[4]},2\n")
    chosen.extend([second, written(tmp_path / "u1.test", f"{users[0]},{items[0]},3\n{users[1]},{items[0]},3\n")])
    settings = form(lesson)
    choose_from_a_file(lesson)
    assert lesson.window.workspace.score.n_valid == 2
    lesson.find("valid_file", FileButton).click()
    lesson.wait_until(lambda: not settings.held_out_file.is_busy)
    assert lesson.window.workspace.score.n_valid == 1
    assert lesson.find("valid_file", FileButton).name == "u2.test"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x-1,x-2,3\n", "no user and no movie of these ratings"), ("a,b\n", "u1.test"), ("1,2,good\n", "u1.test")],
)
def test_a_file_that_cannot_be_taken_says_why_beside_the_setting(lesson, chosen, tmp_path, text, reason):
    chosen.append(written(tmp_path / "u1.test", text))
    settings = form(lesson)
    choose_from_a_file(lesson)
    assert reason in settings.reason.text()
    assert settings.findChild(QLabel, "") is not None
    assert settings.reason.isVisible()
    assert lesson.window.workspace.edits.top is None
    assert lesson.find("split", QComboBox).currentData() == "random"


def test_a_rating_typed_while_the_file_is_read_ends_the_reading_and_says_so(lesson, tmp_path, monkeypatch):
    users, items = known_ids(lesson)
    settings = form(lesson)
    settings.held_out_file.read(written(tmp_path / "u1.test", f"{users[0]},{items[0]},3\n"))
    # Nothing is taken over before the event loop runs.
    lesson.window.workspace.set_rating(0, 0, 4.0)
    assert "choose it again" in settings.reason.text()
    assert not settings.held_out_file.is_busy
    lesson.qtbot.wait(50)
    assert lesson.window.workspace.score.n_valid == 0
