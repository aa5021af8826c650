"""What people gain when a run goes wrong: they are told where and why, and one click tries what helps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget


def offers(person):
    return {button.text(): button for button in person.window.card.offers}


@pytest.fixture
def overfitted(lesson):
    lesson.find("valid_fraction").setValue(0.2)
    lesson.train()
    lesson.wait_until(lambda: bool(offers(lesson)))
    return lesson


def test_memorizing_is_marked_and_three_remedies_are_offered(overfitted):
    card = overfitted.window.card
    assert card.isVisible()
    assert "memorized" in card.text or "memorizes" in card.text
    assert list(offers(overfitted)) == ["Weight decay 0.1", "2 factors", "Stop early"]
    marks = overfitted.find("rmsePlot").marks
    best = overfitted.window.workspace.history.best_valid
    assert marks._overfit_line.isVisible()
    assert marks._overfit_line.value() == best[1]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [("Weight decay 0.1", "weight_decay", 0.1), ("2 factors", "n_factors", 2), ("Stop early", "keeps_best", True)],
)
def test_each_remedy_is_one_click_trains_anew_and_can_be_undone(overfitted, text, name, value):
    before = overfitted.window.workspace.history.best_valid
    last = overfitted.window.workspace.score.valid_rmse
    old = getattr(overfitted.window.workspace.config, name)
    overfitted.qtbot.mouseClick(offers(overfitted)[text], Qt.MouseButton.LeftButton)
    overfitted.wait_for_state("finished")
    workspace = overfitted.window.workspace
    assert getattr(workspace.config, name) == value
    assert workspace.score.valid_rmse < last
    if name == "keeps_best":
        assert workspace.score.valid_rmse == pytest.approx(before[0], rel=1e-4)
    while overfitted.action("actionUndo").isEnabled() and getattr(workspace.config, name) != old:
        overfitted.do("actionUndo")
    assert getattr(workspace.config, name) == old


def test_a_good_run_is_not_commented_on(tastes):
    tastes.find("epochs").setValue(30)
    tastes.train()
    tastes.qtbot.wait(50)
    assert not offers(tastes)


def test_a_run_that_diverges_names_step_and_rate_and_offers_a_tenth_of_it(lesson):
    lesson.find("optimizer").setCurrentIndex(lesson.find("optimizer").findData("sgd"))
    lesson.find("learning_rate").setValue(50.0)
    lesson.full_speed()
    lesson.do("actionTrain")
    lesson.wait_until(lambda: bool(offers(lesson)))
    assert "diverged by step" in lesson.window.card.text
    assert "learning rate 50" in lesson.window.card.text
    lesson.qtbot.mouseClick(offers(lesson)["Learning rate 5"], Qt.MouseButton.LeftButton)
    assert lesson.window.workspace.config.learning_rate == 5.0


def test_the_arithmetic_of_the_start_is_one_click_away(lesson, monkeypatch):
    asked = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: asked.append(type(dialog).__name__))
    bar = lesson.find("settingGroups", QWidget)
    bar.setCurrentIndex(bar.count() - 1)
    lesson.qtbot.mouseClick(lesson.find("startingNumbers", QWidget), Qt.MouseButton.LeftButton)
    assert asked == ["RandomizeDialog"]


def test_a_bayesian_run_is_offered_only_what_it_has(lesson):
    workspace = lesson.window.workspace
    workspace.configure(replace(workspace.config, model="bayes", n_factors=16, epochs=20, valid_fraction=0.2))
    lesson.train()
    lesson.wait_until(lambda: bool(offers(lesson)))
    assert list(offers(lesson)) == ["8 factors"]
    assert "nan" not in lesson.find("trainingPanel", QWidget).plot.reading.text()
