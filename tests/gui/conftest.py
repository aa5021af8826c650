"""A window as a person finds it, and what the tests do with it: find by object name, type, read numbers, wait."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit

from cfstudio.gui.app import build_window
from cfstudio.gui.training.speed_slider import SpeedSlider

PATIENCE_MS = 30_000
"""For compiling the fast path, which is cached after the first time; everything else is a matter of milliseconds."""


class Person:
    """Somebody at the window: knows the names of things and what can be seen, not how they are made."""

    def __init__(self, window, qtbot):
        self.window, self.qtbot = window, qtbot

    def find(self, name, kind=QObject):
        found = self.window.findChild(kind, name)
        assert found is not None, f"nothing is named {name}"
        return found

    def action(self, name) -> QAction:
        return self.find(name, QAction)

    def do(self, name):
        action = self.action(name)
        assert action.isEnabled(), f"{name} is disabled"
        action.trigger()

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        """Press a key wherever the focus is."""
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def select(self, view_name, row, column):
        """Click into a cell."""
        view = self.find(view_name)
        index = view.model().index(row, column)
        view.scrollTo(index)
        self.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
        assert view.currentIndex() == index
        self.wait_until(lambda: not self.window.neighbors_panel.is_waiting)
        return view

    def type_into(self, view_name, row, column, text):
        """Click into a cell, type over what is there, press Return."""
        view = self.select(view_name, row, column)
        if text:
            self.qtbot.keyClicks(view, text[0])
            editor = self.editor(view)
            self.qtbot.keyClicks(editor, text[1:])
        else:
            self.qtbot.keyClick(view, Qt.Key.Key_F2)
            editor = self.editor(view)
            editor.clear()
        self.qtbot.keyClick(editor, Qt.Key.Key_Return)

    def editor(self, view) -> QLineEdit:
        return next(one for one in view.viewport().findChildren(QLineEdit) if one.isVisible())

    def numbers(self, view_name) -> np.ndarray:
        """All numbers of a grid through its model, NaN where blank."""
        model = self.find(view_name).model()
        rows, columns = range(model.rowCount()), range(model.columnCount())
        values = [[model.index(row, column).data(Qt.ItemDataRole.EditRole) for column in columns] for row in rows]
        return np.array(values, dtype=float)

    def texts(self, view_name, role=Qt.ItemDataRole.DisplayRole) -> list[list[str]]:
        model = self.find(view_name).model()
        rows, columns = range(model.rowCount()), range(model.columnCount())
        return [[model.index(row, column).data(role) for column in columns] for row in rows]

    def shown_rmse(self) -> float:
        return float(self.find("rmseCell").text().removeprefix("RMSE "))

    def full_speed(self):
        speed = self.window.findChild(SpeedSlider)
        speed.slider.setValue(speed.slider.maximum())

    def wait_for_state(self, *states):
        control = self.window.control
        self.qtbot.waitUntil(lambda: control.state in states, timeout=PATIENCE_MS)
        self.wait_until(lambda: not self.window.training._clock.is_running or control.is_active)

    def wait_until(self, condition):
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def train(self):
        """Train to the end as fast as it goes."""
        self.full_speed()
        self.do("actionTrain")
        self.wait_for_state("finished")


@pytest.fixture
def open_window(qtbot):
    """Opens windows as the command line does and closes them, with their threads, at the end."""
    windows = []

    def open_(*argv):
        window = build_window(["--theme", "light", "--size", "1440x900", *argv])
        windows.append(window)
        qtbot.waitUntil(lambda: not window.files.is_busy, timeout=PATIENCE_MS)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
        return Person(window, qtbot)

    yield open_
    for window in windows:
        window.files.cancel()
        # So that nobody is asked.
        window.workspace.edits.mark_saved()
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [one for one in threading.enumerate() if one.name == "training" and one.is_alive()]


@pytest.fixture
def lesson(open_window):
    """The lesson's 15 × 15 sheet, untrained, as at the first start."""
    return open_window("--data", "lesson")


@pytest.fixture
def tastes(open_window):
    """12 users × 10 movies with three groups of taste."""
    return open_window("--data", "three-tastes")
