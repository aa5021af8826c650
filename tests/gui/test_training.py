"""What people gain from training in sight: it plays, pauses and steps at a key, and nothing learned is lost."""

from __future__ import annotations

import math
import re
import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

Key, Role = Qt.Key, Qt.ItemDataRole
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
START = 2.8061
"""RMSE of the workbook's own starting factors."""


def factors(person):
    return person.numbers("userFactorsView"), person.numbers("itemFactorsView")


def same(one, other):
    """Equal to the last bit."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def rmse_of(person, cells):
    """SQRT(SUMXMY2(…)/COUNT(…)) over some cells of the sheet, from the numbers in its panes."""
    users, items = factors(person)
    error = (users @ items - person.numbers("ratingsView"))[cells]
    return math.sqrt(np.nanmean(error**2))


def held_out(person):
    spoken = person.texts("ratingsView", Role.AccessibleTextRole)
    return np.array([[cell.endswith("held out") for cell in row] for row in spoken])


def set_number(person, name, text):
    """Type a setting and confirm it."""
    box = person.find(name, QWidget)
    box.selectAll()
    person.qtbot.keyClicks(box, text)
    person.qtbot.keyClick(box, Key.Key_Return)


def endless(person):
    """A run that lasts until somebody ends it."""
    set_number(person, "epochs", "100000")
    person.full_speed()


def running(person, n_steps=1):
    control = person.window.control
    person.wait_until(lambda: control.worker is not None and control.worker.steps_done >= n_steps)
    person.wait_until(lambda: control.state == "running")


# The first minute


def test_space_trains_the_lesson_to_the_optimum_that_the_excel_solver_finds(lesson):
    assert lesson.shown_rmse() == START
    lesson.full_speed()
    lesson.press(Key.Key_Space)
    lesson.wait_for_state("finished")
    assert 0.3929 <= lesson.shown_rmse() < 0.3960
    everything = np.full((15, 15), fill_value=True)
    assert lesson.shown_rmse() == pytest.approx(rmse_of(lesson, everything), abs=5.1e-5)


def test_at_its_own_speed_the_lesson_takes_one_step_a_frame_so_that_the_eye_can_follow(lesson):
    lesson.press(Key.Key_Space)
    running(lesson, 10)
    control = lesson.window.control
    lesson.wait_until(lambda: control.worker.steps_per_second > 1)
    assert control.worker.steps_per_second < 120
    lesson.wait_until(lambda: lesson.shown_rmse() < START)
    lesson.press(Key.Key_Space)
    assert control.state == "paused"


def test_the_card_asks_whether_the_fit_is_impressive_and_hiding_ratings_shows_that_it_is_not(lesson):
    lesson.train()
    card = lesson.find("card", QWidget)
    assert card.isVisible()
    assert re.fullmatch(r"0\.39 stars off\. Impressive, or is it\? Hide 41 ratings and try again\.", card.text)
    offer = next(one for one in card.findChildren(QPushButton) if one.text() == "Hide 41 ratings")
    lesson.qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    lesson.wait_for_state("finished")
    hidden = held_out(lesson)
    ratings = lesson.numbers("ratingsView")
    assert hidden.sum() == 41
    seen_mean = ratings[~np.isnan(ratings) & ~hidden].mean()
    always_the_mean = math.sqrt(np.mean((ratings[hidden] - seen_mean) ** 2))
    train, valid = rmse_of(lesson, ~hidden), rmse_of(lesson, hidden)
    assert train < 0.3
    assert valid > always_the_mean
    assert f"{valid:.2f} on the hidden ones" in card.text
    assert f"is only {always_the_mean:.2f} off: it has memorized, not learned." in card.text
    readouts = lesson.window.training_panel.readouts
    shown = [float(one.number.text()) for one in (readouts.train, readouts.valid, readouts.mean)]
    assert shown == [pytest.approx(value, abs=5.1e-4) for value in (train, valid, always_the_mean)]


def test_the_card_can_be_dismissed_and_never_takes_the_keyboard(lesson):
    lesson.find("ratingsView").setFocus()
    lesson.train()
    card = lesson.find("card", QWidget)
    assert lesson.find("ratingsView").hasFocus()
    dismiss = next(one for one in card.findChildren(QPushButton) if one.text() == "Dismiss")
    lesson.qtbot.mouseClick(dismiss, Qt.MouseButton.LeftButton)
    assert not card.isVisible()


# Playing and stepping


def test_space_pauses_and_goes_on_to_the_same_end_as_without_a_pause(lesson):
    train = lesson.action("actionTrain")
    lesson.train()
    uninterrupted = factors(lesson)
    lesson.do("actionUndo")
    lesson.find("ratingsView").setFocus()
    slow = lesson.window.speed.slider
    slow.setValue(slow.maximum() // 3)
    lesson.press(Key.Key_Space)
    running(lesson, 3)
    assert train.text() == "&Pause"
    lesson.press(Key.Key_Space)
    assert lesson.window.control.state == "paused"
    assert train.text() == "&Go on"
    assert 0 < lesson.window.control.worker.steps_done < 300
    lesson.full_speed()
    lesson.press(Key.Key_Space)
    lesson.wait_for_state("finished")
    assert same(factors(lesson), uninterrupted)
    assert train.text() == "&Train"


def test_pausing_leaves_exactly_the_workers_numbers_in_the_sheet(lesson):
    endless(lesson)
    lesson.find("ratingsView").setFocus()
    lesson.press(Key.Key_Space)
    running(lesson, 50)
    lesson.do("actionPause")
    fitted = lesson.window.control.worker.factorization()
    assert same(factors(lesson), (fitted.user_factors, fitted.item_factors.T))
    assert lesson.shown_rmse() == pytest.approx(rmse_of(lesson, ...), abs=5.1e-5)
    before = factors(lesson)
    lesson.qtbot.wait(50)
    assert same(factors(lesson), before)


def test_one_batch_is_one_step_and_one_epoch_goes_to_its_end(tastes):
    set_number(tastes, "batch_size", "16")
    tastes.full_speed()
    worker = lambda: tastes.window.control.worker  # noqa: E731
    tastes.press(Key.Key_F8)
    tastes.wait_for_state("paused")
    assert worker().steps_done == 1
    once = factors(tastes)
    tastes.press(Key.Key_F8)
    tastes.wait_for_state("paused")
    assert worker().steps_done == 2
    assert not same(factors(tastes), once)
    tastes.press(Key.Key_F9)
    tastes.wait_for_state("paused")
    n_steps = math.ceil(105 / 16)
    assert worker().steps_done == n_steps
    assert worker().epoch == 1
    tastes.press(Key.Key_F9)
    tastes.wait_for_state("paused")
    assert worker().steps_done == 2 * n_steps
    assert f"step {2 * n_steps} of" in status_text(tastes)


def status_text(person):
    return person.window.status._run.text()


def test_stepping_a_batch_is_one_gradient_step_of_the_spreadsheet(lesson):
    """Plain gradient descent on the mean squared error, computed here by hand."""
    lesson.qtbot.keyClick(lesson.find("optimizer", QComboBox), Key.Key_Home)
    set_number(lesson, "learning_rate", "0.5")
    users, items = factors(lesson)
    ratings = lesson.numbers("ratingsView")
    error = np.nan_to_num(users @ items - ratings) / np.count_nonzero(~np.isnan(ratings))
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    moved = [after - before for after, before in zip(factors(lesson), (users, items), strict=True)]
    gradient = [error @ items.T, users.T @ error]
    # Whether the loss counts the square or half of it is the optimizer's affair: the direction is not.
    scale = (moved[0] * gradient[0]).sum() / (gradient[0] ** 2).sum()
    assert scale == pytest.approx(-1.0, abs=1e-3) or scale == pytest.approx(-0.5, abs=1e-3)
    for one, other in zip(moved, gradient, strict=True):
        np.testing.assert_allclose(one, scale * other, atol=2e-6)


def test_stop_keeps_what_was_learned_and_train_then_begins_a_run_of_its_own(lesson):
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson, 100)
    lesson.press(Key.Key_F5, SHIFT)
    assert lesson.window.control.state == "stopped"
    stopped = lesson.shown_rmse()
    assert stopped < START
    assert not lesson.action("actionStop").isEnabled()
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    assert lesson.window.control.worker.steps_done == 1
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == stopped
    lesson.do("actionUndo")
    assert lesson.shown_rmse() == START


# Starting again


def test_reset_goes_back_to_the_same_start_to_the_last_bit(lesson):
    start = factors(lesson)
    lesson.train()
    trained = factors(lesson)
    lesson.press(Key.Key_F7)
    assert same(factors(lesson), start)
    assert lesson.shown_rmse() == START
    lesson.train()
    assert same(factors(lesson), trained)


def test_a_new_start_is_another_one_with_its_seed_in_sight_and_reset_returns_to_it(lesson):
    first = factors(lesson)
    assert lesson.find("seedLabel").text() == "seed 42"
    lesson.press(Key.Key_F7, SHIFT)
    assert lesson.find("seedLabel").text() == "seed 43"
    second = factors(lesson)
    assert not same(first, second)
    lesson.train()
    lesson.do("actionResetFactors")
    assert same(factors(lesson), second)
    for _ in range(3):
        lesson.do("actionUndo")
    assert lesson.find("seedLabel").text() == "seed 42"
    assert same(factors(lesson), first)
    assert not lesson.action("actionUndo").isEnabled()


# Undo


def test_a_run_is_one_undo_step_however_often_it_was_paused_and_redo_brings_it_back(lesson):
    start = factors(lesson)
    for _ in range(3):
        lesson.do("actionStepBatch")
        lesson.wait_for_state("paused")
    lesson.train()
    end = factors(lesson)
    undo, redo = lesson.action("actionUndo"), lesson.action("actionRedo")
    assert undo.text() == "&Undo training run"
    lesson.press(Key.Key_Z, CONTROL)
    assert same(factors(lesson), start)
    assert lesson.shown_rmse() == START
    assert not undo.isEnabled()
    assert redo.text() == "&Redo training run"
    lesson.do("actionRedo")
    assert same(factors(lesson), end)
    assert 0.39 <= lesson.shown_rmse() < 0.396
    assert len(lesson.window.workspace.history) == 301


def test_undo_while_it_runs_ends_the_run_and_takes_it_back(lesson):
    start = factors(lesson)
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson, 20)
    lesson.do("actionUndo")
    assert lesson.window.control.state == "stopped"
    assert same(factors(lesson), start)
    assert lesson.action("actionRedo").text() == "&Redo training run"


def test_a_run_that_ends_unseen_between_two_frames_is_shown_and_is_the_step_that_undo_takes_back(lesson):
    """The worker may finish after a frame has asked for its numbers; the run must not be lost."""
    start = factors(lesson)
    lesson.full_speed()
    lesson.do("actionTrain")
    worker = lesson.window.control.worker
    # Nothing is drawn meanwhile.
    assert worker.wait_until(("finished",), 30)
    assert lesson.window.control.is_active
    lesson.do("actionStop")
    assert lesson.shown_rmse() < 0.396
    lesson.do("actionUndo")
    assert same(factors(lesson), start)


def test_a_paused_run_goes_on_after_looking_around(lesson):
    """Ordering, layers and selecting change nothing of the run; the order is a step to take back, too."""
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    worker = lesson.window.control.worker
    lesson.window.axes.order("title", "mean")
    lesson.press(Key.Key_3, CONTROL)
    lesson.select("ratingsView", 4, 4)
    assert not lesson.action("actionRedo").isEnabled()
    lesson.full_speed()
    lesson.do("actionTrain")
    lesson.wait_for_state("finished")
    assert lesson.window.control.worker is worker
    lesson.do("actionUndo")
    lesson.do("actionUndo")
    assert not lesson.action("actionUndo").isEnabled()


def test_a_paused_run_whose_factors_were_edited_and_undone_goes_on_from_what_is_seen(lesson):
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    paused = factors(lesson)
    lesson.type_into("userFactorsView", 0, 0, "3")
    lesson.do("actionUndo")
    assert same(factors(lesson), paused)
    lesson.train()
    assert lesson.shown_rmse() < 0.396


# Numbers that move and people who touch them


def test_opening_an_editor_pauses_so_that_the_number_stands_still(lesson):
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson)
    view = lesson.select("userFactorsView", 1, 1)
    assert lesson.window.control.is_active
    lesson.qtbot.keyClick(view, Key.Key_F2)
    assert lesson.window.control.state == "paused"
    editor = lesson.editor(view)
    lesson.qtbot.keyClicks(editor, "0.5")
    lesson.qtbot.keyClick(editor, Key.Key_Return)
    assert lesson.numbers("userFactorsView")[1, 1] == 0.5
    assert lesson.action("actionUndo").text() == "&Undo user factor 2 0.5"


def test_a_key_that_opens_no_editor_does_not_pause(lesson):
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson)
    view = lesson.select("ratingsView", 1, 1)
    for key in (Key.Key_Down, Key.Key_Right, Key.Key_PageDown, Key.Key_Return):
        lesson.qtbot.keyClick(view, key)
    assert lesson.window.control.state == "running"


def test_settings_that_cannot_be_changed_while_it_runs_say_why(lesson):
    endless(lesson)
    fields = lesson.window.training_panel.settings.fields.values()
    assert all(field.control.isEnabled() for field in fields)
    lesson.do("actionTrain")
    running(lesson)
    live = {field.name for field in fields if field.control.isEnabled()}
    assert live == {"learning_rate", "weight_decay", "bias_decay", "net_decay", "clip", "minutes", "patience",
                    "target_rmse"}  # fmt: skip
    assert all("Pause to change settings." in field.control.toolTip() for field in fields if field.name not in live)
    lesson.do("actionPause")
    assert all(field.control.isEnabled() for field in fields)
    assert not any("Pause to change" in field.control.toolTip() for field in fields)


def test_space_on_a_button_presses_the_button_and_does_not_train(lesson):
    log = lesson.window.training_panel.plot.controls.log
    log.setFocus()
    lesson.press(Key.Key_Space)
    assert log.isChecked()
    assert lesson.window.control.state == "idle"


def test_a_setting_that_cannot_be_is_refused_with_the_reason(lesson):
    set_number(lesson, "epochs", "0")
    assert lesson.window.workspace.config.epochs == 300
    reason = lesson.window.training_panel.settings.reason
    assert reason.isVisible()
    assert reason.text() == "Epochs must be a whole number from 1 to 100000, not “0”."
    set_number(lesson, "epochs", "20")
    assert lesson.window.workspace.config.epochs == 20
    assert not reason.isVisible()


def test_the_status_bar_says_how_far_the_run_is(lesson):
    assert status_text(lesson) == "Space plays"
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson, 10)
    pattern = r"epoch [\d.]+ of 100000 · step [\d,]+ of 100,000 · [\d,]+ steps/s · (\d+ min )?\d+ s left"
    lesson.wait_until(lambda: re.fullmatch(pattern, status_text(lesson)) is not None)
    lesson.do("actionStop")
    assert status_text(lesson).endswith("· stopped")


# What goes wrong


def test_a_diverging_run_ends_with_a_sentence_and_finite_factors(tastes):
    tastes.qtbot.keyClick(tastes.find("optimizer", QComboBox), Key.Key_Home)
    set_number(tastes, "learning_rate", "100")
    tastes.full_speed()
    tastes.do("actionTrain")
    tastes.wait_for_state("failed")
    card = tastes.find("card", QWidget)
    assert card.isVisible()
    assert "diverged" in card.text
    assert "try a learning rate ten times smaller" in card.text
    users, items = factors(tastes)
    assert np.isfinite(users).all()
    assert np.isfinite(items).all()
    assert math.isfinite(tastes.shown_rmse())
    set_number(tastes, "learning_rate", "0.05")
    tastes.do("actionResetFactors")
    tastes.train()
    assert tastes.shown_rmse() < 1


def test_a_sheet_without_ratings_says_that_there_is_nothing_to_train_on(lesson):
    view = lesson.select("ratingsView", 0, 0)
    for _ in range(15):
        view.selectRow(view.currentIndex().row())
        lesson.qtbot.keyClick(view, Key.Key_Delete)
        lesson.qtbot.keyClick(view, Key.Key_Down)
    assert np.isnan(lesson.numbers("ratingsView")).all()
    assert lesson.find("rmseCell").text() == "RMSE –"
    lesson.do("actionTrain")
    lesson.wait_for_state("failed")
    assert "There is no rating to train on" in lesson.find("card", QWidget).text


def test_closing_the_window_while_it_trains_leaves_no_thread(lesson):
    endless(lesson)
    lesson.do("actionTrain")
    running(lesson, 10)
    assert [one.name for one in threading.enumerate()].count("training") == 1
    lesson.window.close()
    assert "training" not in [one.name for one in threading.enumerate()]
    assert not lesson.window.isVisible()


def test_another_model_leaves_neither_engine_nor_progress_of_the_run_before(lesson):
    window = lesson.window
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    engine = window.training_panel.engine.text()
    assert engine
    assert window.status._progress.isVisible()
    assert "paused" in window.status._run.text()
    model = lesson.find("model", QComboBox)
    model.setCurrentIndex(model.findData("net"))
    assert window.training_panel.engine.text() == ""
    assert not window.status._progress.isVisible()
    assert window.status._run.text() == "Space plays"
    assert not lesson.action("actionStop").isEnabled()
    lesson.do("actionUndo")
    assert window.training_panel.engine.text() == engine
    assert "step 1 of 300 · stopped" in window.status._run.text()
