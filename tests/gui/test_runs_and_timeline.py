"""What people gain from runs and timeline: compare, name and take back what was tried; look at any step again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QSlider, QWidget

Key, Role = Qt.Key, Qt.ItemDataRole


def numbers(person):
    return person.numbers("userFactorsView"), person.numbers("itemFactorsView")


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def panel(person):
    return person.window.training_panel


def set_number(person, name, text):
    box = person.find(name, QWidget)
    box.selectAll()
    person.qtbot.keyClicks(box, text)
    person.qtbot.keyClick(box, Key.Key_Return)


@pytest.fixture
def two_runs(tastes):
    """A good run and one that crawls, both from the same start."""
    set_number(tastes, "valid_fraction", "0.2")
    tastes.train()
    tastes.do("actionResetFactors")
    set_number(tastes, "learning_rate", "0.0001")
    tastes.train()
    panel(tastes).tabs.setCurrentWidget(panel(tastes).runs)
    tastes.wait_until(lambda: tastes.find("runsTable").model().rowCount() == 2)
    return tastes


def test_an_empty_table_says_what_to_do(lesson):
    runs = panel(lesson).runs
    panel(lesson).tabs.setCurrentWidget(runs)
    assert runs._invitation.isVisible()
    assert "Press Space" in runs._invitation.text()


def test_the_best_run_is_on_top_with_its_settings_and_time(two_runs):
    texts = two_runs.texts("runsTable")
    assert [row[0] for row in texts] == ["Run 1", "Run 2"]
    assert texts[0][1].startswith("★ ")
    best = np.nanmin(two_runs.window.workspace.runs.get(1).history.valid_rmse)
    assert float(texts[0][1].removeprefix("★ ")) == pytest.approx(best, abs=5e-5)
    assert texts[0][2] == "Dot product"
    assert texts[1][6] == "5 factors, Adam 0.0001, decay 0"
    # Another order at a click on a heading.
    two_runs.find("runsTable").horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in two_runs.texts("runsTable")] == ["Run 2", "Run 1"]


def test_the_model_is_to_be_seen_beside_the_score_in_a_small_window_and_features_among_the_settings(open_window):
    person = open_window("--data", "lesson", "--size", "1280x800")
    workspace = person.window.workspace
    for name, value in (("model", "dot-bias"), ("features", "genres"), ("epochs", 2)):
        workspace.configure(replace(workspace.config, **{name: value}))
    person.train()
    panel(person).tabs.setCurrentWidget(panel(person).runs)
    table = person.find("runsTable")
    person.wait_until(lambda: table.model().rowCount() == 1)
    place = table.visualRect(table.model().index(0, 2))
    assert place.right() < table.viewport().width()
    assert table.fontMetrics().horizontalAdvance("With biases") < place.width()
    assert person.texts("runsTable")[0][2] == "With biases"
    assert person.texts("runsTable")[0][6].endswith(", genres")


def test_two_selected_runs_say_in_what_they_differ(two_runs):
    two_runs.find("runsTable").selectAll()
    assert two_runs.find("runsDifference", QLabel).text() == "Run 1 → Run 2: learning rate 0.05 → 0.0001."


def test_restoring_a_run_brings_back_its_factors_settings_and_curve_as_one_step(two_runs):
    now = numbers(two_runs)
    table = two_runs.find("runsTable")
    table.selectRow(0)
    two_runs.qtbot.mouseClick(panel(two_runs).runs.restore, Qt.MouseButton.LeftButton)
    assert two_runs.window.workspace.config.learning_rate == 0.05
    assert not same(numbers(two_runs), now)
    assert two_runs.shown_rmse() == pytest.approx(two_runs.window.workspace.runs.get(1).last_train, abs=6e-5)
    assert two_runs.action("actionUndo").text() == "&Undo restoring Run 1"
    two_runs.do("actionUndo")
    assert same(numbers(two_runs), now)


def test_a_run_gets_a_name_by_typing_and_undo_takes_it_back(two_runs):
    table = two_runs.find("runsTable")
    index = table.model().index(0, 0)
    table.setCurrentIndex(index)
    table.edit(index)
    editor = table.viewport().findChild(QLineEdit)
    two_runs.qtbot.keyClicks(editor, "Ada")
    two_runs.qtbot.keyClick(editor, Key.Key_Return)
    two_runs.wait_until(lambda: table.model().index(0, 0).data() == "Ada")
    two_runs.do("actionUndo")
    two_runs.wait_until(lambda: table.model().index(0, 0).data() == "Run 1")


def test_delete_takes_the_selected_runs_away_until_undo(two_runs):
    table = two_runs.find("runsTable")
    table.selectRow(0)
    two_runs.qtbot.keyClick(table, Key.Key_Delete)
    two_runs.wait_until(lambda: table.model().rowCount() == 1)
    two_runs.do("actionUndo")
    two_runs.wait_until(lambda: table.model().rowCount() == 2)


def test_the_table_is_copied_with_full_numbers(two_runs):
    two_runs.find("runsTable").copy_all()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:4] == ["Run", "Held out", "Model", "Train"]
    assert len(lines) == 3


# The timeline


def slide(person, place):
    slider = person.find("timeline", QSlider)
    slider.setValue(place)
    bar = panel(person).timeline
    person.wait_until(lambda: not bar._late.isActive())
    return slider


def test_sheet_neighbors_and_error_go_back_to_any_step_and_forward_again(lesson):
    start, start_rmse = numbers(lesson), lesson.shown_rmse()
    lesson.train()
    end, end_rmse = numbers(lesson), lesson.shown_rmse()
    slider = slide(lesson, 0)
    # The run itself computes in float32.
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(numbers(lesson), start, strict=True))
    assert lesson.shown_rmse() == start_rmse
    slide(lesson, 150)
    users, items = numbers(lesson)
    error = users @ items - lesson.numbers("ratingsView")
    assert lesson.shown_rmse() == pytest.approx(np.sqrt(np.nanmean(error**2)), abs=6e-5)
    assert end_rmse < lesson.shown_rmse() < start_rmse
    slide(lesson, slider.maximum())
    assert same(numbers(lesson), end)
    assert lesson.shown_rmse() == end_rmse


def test_looking_back_changes_nothing_and_an_edit_is_one_of_the_present_numbers(lesson):
    lesson.train()
    end = numbers(lesson)
    n_edits = lesson.action("actionUndo").text()
    slide(lesson, 20)
    assert lesson.action("actionUndo").text() == n_edits
    lesson.type_into("userFactorsView", 0, 0, "0.5")
    changed = numbers(lesson)
    assert changed[0][0, 0] == 0.5
    changed[0][0, 0] = end[0][0, 0]
    assert same(changed, end)


def test_restoring_from_here_is_an_undo_step(lesson):
    lesson.train()
    end = numbers(lesson)
    slide(lesson, 20)
    then = numbers(lesson)
    restore = panel(lesson).timeline.restore
    assert restore.isEnabled()
    lesson.qtbot.mouseClick(restore, Qt.MouseButton.LeftButton)
    assert same(numbers(lesson), then)
    assert lesson.action("actionUndo").text() == "&Undo going back to step 20"
    lesson.do("actionUndo")
    assert same(numbers(lesson), end)


def test_a_run_pauses_to_be_looked_at_and_goes_on_from_where_it_was(lesson):
    set_number(lesson, "epochs", "100000")
    lesson.full_speed()
    lesson.do("actionTrain")
    control = lesson.window.control
    lesson.wait_until(lambda: control.state == "running" and panel(lesson).timeline.slider.maximum() > 20)
    slide(lesson, 5)
    assert control.state == "paused"
    worker, steps = control.worker, control.worker.steps_done
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    assert control.worker is worker
    assert worker.steps_done == steps + 1
    assert panel(lesson).timeline.text.text() == "now"


def test_the_memory_is_said_and_can_be_limited(lesson):
    lesson.train()
    memory = panel(lesson).timeline.memory
    assert memory.text() == "1/256 MB"
    assert memory.toolTip().startswith("301 moments of the run take 0.2 MB of at most 256 MB")
    memory.menu().actions()[0].trigger()
    assert memory.text() == "1/64 MB"


def test_playing_back_runs_through_the_run_and_ends_in_the_present(lesson):
    lesson.train()
    end = numbers(lesson)
    bar = panel(lesson).timeline
    bar._player.setInterval(1)
    lesson.qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    seen = set()
    lesson.window.workspace.factors_changed.connect(lambda: seen.add(bar.text.text()))
    lesson.wait_until(lambda: not bar._player.isActive() and bar.text.text() == "now")
    assert len(seen) > 10
    assert same(numbers(lesson), end)


def test_what_a_replaced_run_had_in_memory_is_given_back_to_the_system(lesson, monkeypatch):
    given_back = []
    monkeypatch.setattr("cfstudio.gui.live_display.return_freed_memory", lambda: given_back.append(True))
    for _ in range(2):
        lesson.do("actionStepEpoch")
        lesson.wait_until(lambda: not lesson.window.control.is_active)
        lesson.do("actionResetFactors")
    lesson.do("actionStepBatch")
    lesson.wait_until(lambda: not lesson.window.control.is_active)
    lesson.wait_until(lambda: bool(given_back))
