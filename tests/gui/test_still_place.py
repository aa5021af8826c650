"""A text that changes many times a second does not have the window laid out anew each time."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cfstudio.gui.still_place import StillPlace


class LayoutRequests(QObject):
    """Counts how often a widget is asked to lay itself out."""

    def __init__(self, widget):
        super().__init__()
        self.n = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.n += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def row(qtbot):
    """A window with a label in its place, and a button beside it."""
    window, label, button = QWidget(), QLabel("step 1,000,000"), QPushButton("Stop")
    layout = QHBoxLayout(window)
    layout.addWidget(StillPlace(label))
    layout.addWidget(button)
    layout.addStretch(1)
    qtbot.addWidget(window)
    window.resize(600, 60)
    window.show()
    settle(qtbot)
    return window, label, button


def settle(qtbot):
    for _ in range(3):
        qtbot.wait(1)


def test_counting_up_moves_nothing_and_asks_nobody(row, qtbot):
    window, label, button = row
    place, requests = button.x(), LayoutRequests(window)
    for step in range(1_000_001, 1_000_011):
        label.setText(f"step {step:,}")
        settle(qtbot)
    assert requests.n == 0
    assert button.x() == place
    assert label.width() >= label.sizeHint().width()


def test_a_longer_text_gets_its_room(row, qtbot):
    _, label, button = row
    place = button.x()
    label.setText("step 1,000,000 of 10,000,000 · a minute left")
    settle(qtbot)
    assert label.width() >= label.sizeHint().width()
    assert button.x() > place


def test_a_much_shorter_text_and_a_hidden_one_give_their_room_back(row, qtbot):
    _, label, button = row
    place = button.x()
    label.setText("idle")
    settle(qtbot)
    shorter = button.x()
    label.hide()
    settle(qtbot)
    assert place > shorter > button.x()
    label.show()
    settle(qtbot)
    assert button.x() == shorter


def test_larger_letters_get_their_room(row, qtbot):
    _, label, _ = row
    font = label.font()
    font.setPointSizeF(2 * font.pointSizeF())
    label.setFont(font)
    settle(qtbot)
    assert label.width() >= label.sizeHint().width()
    assert label.height() >= label.fontMetrics().height()
