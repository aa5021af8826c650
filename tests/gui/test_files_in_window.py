"""What a practitioner gains from files: own ratings open as they are, work is saved whole, a bad file costs nothing."""

from __future__ import annotations

import json
import threading
import zipfile

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox

from cfstudio.ratings.catalog import open_ratings

Button = QMessageBox.StandardButton
Role = Qt.ItemDataRole

RATINGS = """user;item;rating
ann;Alien;4,5
ben;Alien;3,0
ann;Brazil;2,0
cid;Casablanca;5,0
ben;Casablanca;3,5
"""


@pytest.fixture
def ratings_file(tmp_path):
    path = tmp_path / "my ratings.csv"
    path.write_text(RATINGS)
    return path


@pytest.fixture
def told(monkeypatch):
    """Sentences of the dialogs that say what failed."""
    sentences = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: sentences.append(text))
    return sentences


@pytest.fixture
def asked(monkeypatch):
    """Questions of the dialogs that ask before something is lost; answered as `asked.answer` says."""

    class Questions(list):
        answer = Button.Cancel

    questions = Questions()

    def question(_parent, _title, text, *_buttons):
        questions.append(text)
        return questions.answer

    monkeypatch.setattr(QMessageBox, "question", question)
    return questions


def opened(person, name):
    person.wait_until(lambda: not person.window.files.is_busy)
    assert person.window.workspace.ratings.name == name


def choose_file(monkeypatch, path, *, saving=False):
    dialog = "getSaveFileName" if saving else "getOpenFileName"
    monkeypatch.setattr(QFileDialog, dialog, lambda *_args, **_more: (str(path) if path else "", ""))


def is_the_lesson(person):
    """The document that was open before is still there, whole."""
    return person.window.workspace.ratings.name == "lesson" and person.numbers("ratingsView").shape == (15, 15)


def check_my_ratings(person):
    table = person.numbers("ratingsView")
    spoken = person.texts("ratingsView", Role.AccessibleTextRole)
    found = {
        spoken[row][column].split(":")[0]: table[row, column] for row, column in np.argwhere(~np.isnan(table)).tolist()
    }
    assert found == {
        "ann, Alien": 4.5,
        "ben, Alien": 3.0,
        "ann, Brazil": 2.0,
        "cid, Casablanca": 5.0,
        "ben, Casablanca": 3.5,
    }


# Opening


def test_own_ratings_open_with_semicolons_and_decimal_commas_as_they_are(lesson, ratings_file, monkeypatch):
    choose_file(monkeypatch, ratings_file)
    lesson.do("actionOpen")
    opened(lesson, "my ratings")
    check_my_ratings(lesson)
    assert "my ratings" in lesson.window.windowTitle()
    lesson.train()
    assert lesson.shown_rmse() < 0.5


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(300, 300), *arguments)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), *arguments))
    return enter.isAccepted()


def test_a_file_dropped_on_the_window_opens(lesson, ratings_file):
    assert drop(lesson.window, ratings_file)
    lesson.wait_until(lambda: not is_the_lesson(lesson))
    check_my_ratings(lesson)


def test_dropped_text_is_not_taken(lesson):
    assert not drop(lesson.window)


def test_a_known_data_set_opens_from_the_menu(lesson):
    menu = next(
        one for one in lesson.window.findChildren(type(lesson.action("actionOpen"))) if "three-tastes" in one.text()
    )
    menu.trigger()
    opened(lesson, "three-tastes")
    assert lesson.numbers("ratingsView").shape == (12, 10)
    assert lesson.find("userFactorsView").model().rowCount() == 12


def test_the_command_line_opens_a_file(open_window, ratings_file):
    check_my_ratings(open_window(str(ratings_file)))


def test_what_a_reader_mended_is_said(lesson, ratings_file):
    ratings_file.write_text(ratings_file.read_text() + "ann;Alien;1,0\n")
    lesson.window.files.open(str(ratings_file))
    lesson.wait_until(lambda: not is_the_lesson(lesson))
    message = lesson.window.statusBar().currentMessage()
    assert message == " ".join(lesson.window.workspace.ratings.notes)
    assert "1" in message


# Bad files


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"user,item,rating\n1,2,four\n", "four"),
        (b"user,item\n1,2\n", "rating"),
        (b"", "empty"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence_that_names_it_and_nothing_open_is_lost(
    lesson, tmp_path, told, content, named
):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    before = lesson.numbers("ratingsView")
    (tmp_path / "bad.csv").write_bytes(content)
    lesson.window.files.open(str(tmp_path / "bad.csv"))
    lesson.wait_until(lambda: bool(told))
    assert len(told) == 1
    assert "bad.csv" in told[0]
    assert named in told[0]
    assert "\n" not in told[0]
    assert is_the_lesson(lesson)
    assert np.array_equal(lesson.numbers("ratingsView"), before, equal_nan=True)
    assert lesson.action("actionUndo").text() == "&Undo rating 4.5"
    assert not lesson.window.files.is_busy


def test_a_missing_file_on_the_command_line_is_told_and_the_lesson_is_there(open_window, tmp_path, told):
    person = open_window(str(tmp_path / "nowhere.csv"))
    person.wait_until(lambda: bool(told))
    assert "nowhere.csv" in told[0]
    assert is_the_lesson(person)


def test_a_session_from_a_newer_program_is_refused(lesson, tmp_path, told):
    lesson.window.files.save_to(tmp_path / "old.cfstudio")
    with zipfile.ZipFile(tmp_path / "old.cfstudio") as old, zipfile.ZipFile(tmp_path / "new.cfstudio", "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "manifest.json":
                content = json.dumps(json.loads(content) | {"format_version": 99}).encode()
            new.writestr(member, content)
    lesson.window.files.open(str(tmp_path / "new.cfstudio"))
    lesson.wait_until(lambda: bool(told))
    assert "new.cfstudio" in told[0]
    assert "please update" in told[0]


# While it is being read


@pytest.fixture
def slow_reader(monkeypatch):
    """Reading that takes until it is released."""
    release = threading.Event()

    def read(source):
        assert release.wait(20)
        return open_ratings(source)

    monkeypatch.setattr("cfstudio.gui.document_files.open_ratings", read)
    yield release
    release.set()


def busy_text(person):
    return next((one.text() for one in person.window.statusBar().findChildren(QLabel) if "Reading" in one.text()), "")


def test_while_a_large_file_is_read_the_window_can_be_used_and_says_what_it_does(lesson, slow_reader):
    lesson.window.files.open("three-tastes")
    cancel = lesson.window.status.cancel_button
    assert cancel.isVisible()
    assert busy_text(lesson) == "Reading three-tastes…"
    lesson.select("ratingsView", 3, 3)
    assert "User 212" in lesson.find("nameBox").text()
    slow_reader.set()
    opened(lesson, "three-tastes")
    assert not cancel.isVisible()
    assert busy_text(lesson) == ""


def test_reading_can_be_canceled_and_what_was_open_stays(lesson, slow_reader):
    lesson.window.files.open("three-tastes")
    lesson.qtbot.mouseClick(lesson.window.status.cancel_button, Qt.MouseButton.LeftButton)
    assert not lesson.window.files.is_busy
    assert busy_text(lesson) == ""
    slow_reader.set()
    lesson.wait_until(lambda: "background task" not in [one.name for one in threading.enumerate()])
    lesson.qtbot.wait(60)
    assert is_the_lesson(lesson)


def test_edits_made_while_reading_are_not_lost_without_asking(lesson, slow_reader, asked):
    lesson.window.files.open("three-tastes")
    lesson.type_into("ratingsView", 0, 0, "4.5")
    slow_reader.set()
    lesson.wait_until(lambda: not lesson.window.files.is_busy)
    assert asked == ["Save the changes to lesson first?"]
    assert lesson.numbers("ratingsView")[0, 0] == 4.5


# Sessions


def test_a_session_brings_everything_back(lesson, tmp_path, monkeypatch):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    lesson.type_into("ratingsView", 4, 1, "2")
    lesson.type_into("ratingsView", 5, 5, "")
    lesson.find("valid_fraction").setValue(0.2)
    lesson.find("epochs").setValue(40)
    lesson.train()
    workspace = lesson.window.workspace
    before = {
        "ratings": lesson.numbers("ratingsView"),
        "users": lesson.numbers("userFactorsView"),
        "items": lesson.numbers("itemFactorsView"),
    }
    spoken, config, score = lesson.texts("ratingsView", Role.AccessibleTextRole), workspace.config, workspace.score
    history = workspace.history.to_dict()
    choose_file(monkeypatch, tmp_path / "class start", saving=True)
    lesson.do("actionSave")
    path = tmp_path / "class start.cfstudio"
    assert path.exists()
    assert not lesson.window.isWindowModified()

    lesson.window.files.open("three-tastes")
    opened(lesson, "three-tastes")
    choose_file(monkeypatch, path)
    lesson.do("actionOpen")
    opened(lesson, "lesson")
    for name, view in (("ratings", "ratingsView"), ("users", "userFactorsView"), ("items", "itemFactorsView")):
        assert np.array_equal(lesson.numbers(view), before[name], equal_nan=True)
    assert lesson.texts("ratingsView", Role.AccessibleTextRole) == spoken
    assert workspace.config == config
    assert lesson.find("epochs").value() == 40
    assert workspace.history.to_dict() == history
    assert workspace.score.train_rmse == pytest.approx(score.train_rmse, abs=1e-12)
    assert workspace.score.valid_rmse == pytest.approx(score.valid_rmse, abs=1e-12)
    assert lesson.find("lossHistory").model().rowCount() == 40
    assert lesson.window.windowTitle().startswith("class start.cfstudio")
    assert not lesson.action("actionUndo").isEnabled()
    lesson.do("actionResetFactors")
    assert lesson.shown_rmse() > 2


def test_saving_again_asks_for_no_name_and_saving_as_does(lesson, tmp_path, monkeypatch):
    choose_file(monkeypatch, tmp_path / "one.cfstudio", saving=True)
    lesson.do("actionSave")
    choose_file(monkeypatch, tmp_path / "two.cfstudio", saving=True)
    first = (tmp_path / "one.cfstudio").read_bytes()
    lesson.type_into("ratingsView", 0, 0, "4.5")
    lesson.do("actionSave")
    assert (tmp_path / "one.cfstudio").read_bytes() != first
    assert not (tmp_path / "two.cfstudio").exists()
    lesson.do("actionSaveAs")
    assert (tmp_path / "two.cfstudio").exists()
    assert lesson.window.windowTitle().startswith("two.cfstudio")


def test_saving_while_it_trains_saves_numbers_that_belong_together(lesson, tmp_path):
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.worker is not None and lesson.window.control.worker.steps_done > 5)
    lesson.window.files.save_to(tmp_path / "running.cfstudio")
    assert lesson.window.control.state == "paused"
    saved = lesson.numbers("userFactorsView")
    lesson.window.files.open(str(tmp_path / "running.cfstudio"))
    lesson.wait_until(lambda: not lesson.window.files.is_busy)
    assert np.array_equal(lesson.numbers("userFactorsView"), saved)


def test_a_folder_that_cannot_be_written_is_told_and_the_work_stays_unsaved(lesson, tmp_path, monkeypatch, told):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    choose_file(monkeypatch, tmp_path / "missing" / "x.cfstudio", saving=True)
    lesson.do("actionSave")
    assert len(told) == 1
    assert "x.cfstudio" in told[0]
    assert lesson.window.isWindowModified()
    assert lesson.window.files.session_path is None


# Unsaved changes


def test_without_changes_nobody_is_asked(lesson, ratings_file, asked, monkeypatch):
    choose_file(monkeypatch, ratings_file)
    lesson.do("actionOpen")
    lesson.wait_until(lambda: not is_the_lesson(lesson))
    assert asked == []


@pytest.mark.parametrize("answer", [Button.Cancel, Button.Discard, Button.Save])
def test_unsaved_changes_are_asked_about_before_another_document_replaces_them(
    lesson, ratings_file, tmp_path, asked, monkeypatch, answer
):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    asked.answer = answer
    choose_file(monkeypatch, ratings_file)
    choose_file(monkeypatch, tmp_path / "kept.cfstudio", saving=True)
    lesson.do("actionOpen")
    lesson.wait_until(lambda: not lesson.window.files.is_busy)
    assert asked == ["Save the changes to lesson first?"]
    assert is_the_lesson(lesson) == (answer == Button.Cancel)
    assert (tmp_path / "kept.cfstudio").exists() == (answer == Button.Save)


def test_giving_up_on_the_name_keeps_the_document_open(lesson, ratings_file, asked, monkeypatch):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    asked.answer = Button.Save
    choose_file(monkeypatch, ratings_file)
    choose_file(monkeypatch, None, saving=True)
    lesson.do("actionOpen")
    assert not lesson.window.files.is_busy
    assert lesson.numbers("ratingsView")[0, 0] == 4.5


def test_dropping_a_file_asks_too(lesson, ratings_file, asked):
    lesson.type_into("ratingsView", 0, 0, "4.5")
    assert drop(lesson.window, ratings_file)
    assert asked == ["Save the changes to lesson first?"]
    assert not lesson.window.files.is_busy


def test_closing_a_session_with_changes_asks_and_cancel_keeps_the_window(lesson, tmp_path, asked):
    lesson.window.files.save_to(tmp_path / "mine.cfstudio")
    lesson.type_into("ratingsView", 0, 0, "4.5")
    assert not lesson.window.close()
    assert lesson.window.isVisible()
    assert len(asked) == 1
    asked.answer = Button.Save
    assert lesson.window.close()
    assert len(asked) == 2
    with zipfile.ZipFile(tmp_path / "mine.cfstudio") as archive:
        assert "ratings.parquet" in archive.namelist()
    assert not lesson.window.isWindowModified()


def test_undoing_back_to_what_was_saved_is_no_change(lesson, tmp_path, asked):
    lesson.window.files.save_to(tmp_path / "mine.cfstudio")
    lesson.type_into("ratingsView", 0, 0, "4.5")
    assert lesson.window.isWindowModified()
    lesson.do("actionUndo")
    assert not lesson.window.isWindowModified()
    assert lesson.window.close()
    assert asked == []
