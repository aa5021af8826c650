"""What people gain from the finder: a curve to look at, a rate to use at a click, and nothing changed until then."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

Key = Qt.Key


def finder(person):
    return person.window.training_windows.finder


@pytest.fixture
def swept(tastes):
    tastes.do("actionFindLearningRate")
    tastes.wait_until(lambda: not finder(tastes).sweep.is_running)
    return tastes


def test_it_sweeps_shows_the_curve_and_changes_nothing(tastes):
    users = tastes.numbers("userFactorsView")
    undo = tastes.action("actionUndo").text()
    tastes.do("actionFindLearningRate")
    tastes.wait_until(lambda: not finder(tastes).sweep.is_running)
    x, y = finder(tastes).canvas._curve.getOriginalDataset()
    assert len(x) > 20
    assert x[0] == pytest.approx(1e-5)
    assert np.array_equal(tastes.numbers("userFactorsView"), users)
    assert tastes.action("actionUndo").text() == undo
    # The first error is that of the sheet.
    assert y[0] == pytest.approx(tastes.shown_rmse(), abs=1e-3)


def test_the_suggested_rate_becomes_the_setting_and_undo_takes_it_back(swept):
    rate = finder(swept).rate
    assert 1e-4 < rate < 10
    use = swept.find("rateUse", QPushButton)
    assert use.text() == f"Use {rate:.2g}"
    swept.qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert swept.window.workspace.config.learning_rate == float(f"{rate:.2g}")
    assert not finder(swept).isVisible()
    swept.do("actionUndo")
    assert swept.window.workspace.config.learning_rate == 0.05


def test_another_rate_is_chosen_with_the_arrow_keys(swept):
    rate = finder(swept).rate
    swept.qtbot.keyClick(finder(swept).canvas, Key.Key_Left)
    assert finder(swept).rate == pytest.approx(rate / 10**0.05)
    assert swept.find("rateUse", QPushButton).text() == f"Use {finder(swept).rate:.2g}"


def test_a_sweep_can_be_cancelled_and_done_again(tastes):
    tastes.do("actionFindLearningRate")
    tastes.qtbot.mouseClick(tastes.find("rateCancel", QPushButton), Qt.MouseButton.LeftButton)
    tastes.wait_until(lambda: not finder(tastes).sweep.is_running)
    assert tastes.find("rateAgain", QPushButton).isEnabled()
    tastes.qtbot.mouseClick(tastes.find("rateAgain", QPushButton), Qt.MouseButton.LeftButton)
    tastes.wait_until(lambda: not finder(tastes).sweep.is_running)
    assert finder(tastes)._curve.is_complete


def test_closing_the_window_ends_the_sweep(tastes):
    tastes.do("actionFindLearningRate")
    finder(tastes).close()
    assert not finder(tastes).sweep.is_running
