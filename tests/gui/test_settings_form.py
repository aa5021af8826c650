"""What people gain from the settings: only what has an effect, what may change at once does, all undoable."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QTabBar, QWidget

Key = Qt.Key


def form(person):
    return person.find("settingsForm", QWidget)


def heading(person, title):
    bar = person.find("settingGroups", QTabBar)
    bar.setCurrentIndex(next(place for place in range(bar.count()) if bar.tabText(place) == title))


def visible(person):
    return [name for name, field in form(person).fields.items() if field.control.isVisible()]


def choose(person, name, value):
    combo = person.find(name, QComboBox)
    combo.setCurrentIndex(combo.findData(value))


def type_number(person, name, text):
    box = person.find(name, QWidget)
    box.setFocus()
    box.selectAll()
    person.qtbot.keyClicks(box, text)
    person.qtbot.keyClick(box, Key.Key_Return)


def running(person):
    control = person.window.control
    person.wait_until(lambda: control.state == "running" and control.worker.steps_done > 0)


def test_at_first_there_are_eight_settings_and_each_heading_has_the_rest(lesson):
    assert len(visible(lesson)) == 8
    seen = set(visible(lesson))
    for title in ("Model", "Optimizer", "Schedule", "Held out", "Run"):
        heading(lesson, title)
        assert visible(lesson)
        seen |= set(visible(lesson))
    # What only a net, folds or cycles have is not shown.
    assert {"momentum", "clip", "patience", "split_seed", "seed", "device"} <= seen
    assert not seen & {"hidden", "embedding_dropout", "net_decay", "n_folds", "fold", "last_n", "cycle_len"}


def test_a_setting_appears_when_it_begins_to_matter(lesson):
    heading(lesson, "Schedule")
    assert "cycle_mult" not in visible(lesson)
    choose(lesson, "schedule", "sgdr")
    assert "cycle_mult" in visible(lesson)
    lesson.do("actionUndo")
    assert "cycle_mult" not in visible(lesson)
    heading(lesson, "Optimizer")
    choose(lesson, "optimizer", "sgd")
    assert "momentum" not in visible(lesson)


def test_the_learning_rate_changes_at_once_while_it_runs(lesson):
    type_number(lesson, "epochs", "100000")
    lesson.full_speed()
    lesson.do("actionTrain")
    running(lesson)
    type_number(lesson, "learning_rate", "0.001")
    assert lesson.window.control.state == "running"
    assert lesson.window.workspace.config.learning_rate == 0.001
    workspace = lesson.window.workspace
    lesson.wait_until(lambda: len(workspace.history) and workspace.history.learning_rates[-1] == pytest.approx(0.001))
    assert workspace.history.learning_rates[0] == pytest.approx(0.05)
    lesson.do("actionPause")
    # It belongs to the run: one Undo takes back both.
    lesson.do("actionUndo")
    assert lesson.window.workspace.config.learning_rate == 0.05
    lesson.do("actionRedo")
    assert lesson.window.workspace.config.learning_rate == 0.001


def test_a_paused_run_goes_on_with_another_learning_rate_where_it_was(lesson):
    type_number(lesson, "epochs", "100000")
    lesson.full_speed()
    lesson.do("actionTrain")
    running(lesson)
    lesson.do("actionPause")
    worker = lesson.window.control.worker
    steps = worker.steps_done
    type_number(lesson, "learning_rate", "0.001")
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    assert lesson.window.control.worker is worker
    assert worker.steps_done == steps + 1
    assert worker.history.learning_rates[-1] == pytest.approx(0.001)


def test_named_settings_are_one_undoable_choice_that_leaves_split_and_seed(lesson):
    type_number(lesson, "valid_fraction", "0.25")
    combo = lesson.find("settingPresets", QComboBox)
    assert combo.currentText() == "As opened"
    combo.setCurrentIndex(combo.findText("With biases and range"))
    combo.activated.emit(combo.currentIndex())
    config = lesson.window.workspace.config
    assert (config.model, config.sigmoid, config.valid_fraction) == ("dot-bias", True, 0.25)
    assert combo.currentText() == "With biases and range"
    type_number(lesson, "learning_rate", "0.02")
    assert combo.currentText() == "Own settings"
    lesson.do("actionUndo")
    lesson.do("actionUndo")
    assert combo.currentText() == "As opened"


def test_every_heading_fits_the_panel_of_a_small_window(lesson):
    lesson.window.resize(1280, 800)
    area = lesson.window.training_panel._form
    for title in ("Main", "Model", "Optimizer", "Schedule", "Held out", "Run"):
        heading(lesson, title)
        lesson.qtbot.wait(20)
        assert form(lesson).minimumSizeHint().width() <= area.viewport().width(), title


def test_a_heading_without_any_setting_is_not_there(lesson):
    bar = lesson.find("settingGroups", QTabBar)
    heading(lesson, "Optimizer")
    lesson.window.workspace.configure(replace(lesson.window.workspace.config, model="bayes"))
    assert [bar.tabText(place) for place in range(bar.count())] == ["Main", "Model", "Schedule", "Held out", "Run"]
    assert bar.currentIndex() == 0
    assert visible(lesson) == ["model", "n_factors", "epochs", "valid_fraction"]
    heading(lesson, "Run")
    lesson.do("actionUndo")
    assert "Optimizer" in [bar.tabText(place) for place in range(bar.count())]
    assert bar.tabText(bar.currentIndex()) == "Run"
    assert visible(lesson) == ["seed", "device"]


def test_the_name_of_the_engine_gives_way_to_the_tabs(lesson):
    panel = lesson.window.findChild(QWidget, "trainingPanel")
    lesson.window.workspace.configure(replace(lesson.window.workspace.config, model="net", epochs=1))
    lesson.train()
    lesson.wait_until(lambda: "torch" in panel.engine.text())
    tabs = panel.tabs.tabBar()
    lesson.wait_until(lambda: tabs.width() >= tabs.tabRect(tabs.count() - 1).right())
    assert tabs.geometry().right() <= panel.engine.mapTo(panel.tabs, QPoint()).x()
    assert panel.engine.toolTip() == panel.engine.text()
