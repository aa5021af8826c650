"""Edits in the middle of a run: what they end, they say."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QApplication

from cfstudio.workspace import training_control


@pytest.fixture
def training(lesson):
    lesson.window.speed.set_value(60)
    lesson.do("actionTrain")
    lesson.wait_until(lambda: lesson.window.control.state == "running" and lesson.window.control.worker.steps_done > 3)
    return lesson


def message(person):
    person.qtbot.wait(30)
    return person.window.status.currentMessage()


def test_a_paste_into_the_ratings_says_that_it_has_stopped_the_run(training):
    training.window.sheet.ratings_view.select_cell(2, 2)
    QApplication.clipboard().setText("1\t2\n3\t4")
    training.do("actionPaste")
    assert not training.window.control.is_active
    said = message(training)
    assert "Training stopped: paste 2 × 2 ratings" in said
    assert "Ctrl+Z" in said
    assert training.action("actionTrain").text() == "&Train"


def test_adding_a_user_says_that_the_run_has_ended(training):
    training.do("actionAddUser")
    said = message(training)
    assert "Added User" in said
    assert "Training stopped: add user" in said


def test_a_typed_factor_only_pauses_the_run_and_says_so(training):
    training.window.workspace.set_factor("user", 0, 0, 0.25)
    assert "Training paused: user factor 1 0.25; Space goes on from these numbers." in message(training)
    assert training.action("actionTrain").text() == "&Go on"


def test_opening_an_editor_says_that_the_run_waits(training):
    view = training.window.sheet.ratings_view
    view.select_cell(1, 1)
    view.edit(view.currentIndex())
    assert "Training paused" in message(training)


def test_a_paused_run_that_cannot_go_on_is_said_to_have_ended(training):
    training.do("actionPause")
    assert "Training" not in message(training)
    training.window.workspace.set_rating(0, 0, 1.0)
    assert "Training stopped: rating 1" in message(training)
    training.window.workspace.set_rating(0, 1, 1.0)
    assert "Training" not in message(training), "said once"


def test_undoing_in_the_middle_of_a_run_says_what_became_of_it(training):
    training.do("actionUndo")
    assert "Training stopped: undid training run" in message(training)


def test_pausing_stopping_and_finishing_are_no_news(training):
    for name in ("actionPause", "actionTrain", "actionStop"):
        training.do(name)
        assert "Training" not in message(training)


@pytest.fixture
def getting_ready(lesson, monkeypatch):
    """A run whose trainer is not there before `.is_ready` is set, as the first time, while its code is compiled."""
    make, lesson.is_ready = training_control.trainer_maker, threading.Event()

    def maker(workspace):
        make_trainer = make(workspace)
        return lambda: (lesson.is_ready.wait(30), make_trainer())[1]

    monkeypatch.setattr(training_control, "trainer_maker", maker)
    lesson.do("actionTrain")
    yield lesson
    lesson.is_ready.set()


def test_an_edit_before_the_first_step_is_what_the_run_begins_with(getting_ready):
    control, workspace = getting_ready.window.control, getting_ready.window.workspace
    workspace.set_rating(2, 2, 1.0)
    assert "Training" not in message(getting_ready)
    assert control.state == "starting"
    getting_ready.is_ready.set()
    getting_ready.wait_until(lambda: control.state == "running" and control.worker.steps_done > 3)
    getting_ready.do("actionPause")
    assert workspace.edits.top.label == "training run"
    getting_ready.do("actionUndo")
    assert getting_ready.numbers("ratingsView")[2, 2] == 1


def test_typing_before_the_first_step_says_that_the_run_waits_for_space(getting_ready):
    view = getting_ready.window.sheet.ratings_view
    view.select_cell(1, 1)
    view.edit(view.currentIndex())
    assert "Training paused" in message(getting_ready)
    assert getting_ready.window.control.state == "idle"
