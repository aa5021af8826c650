"""What the status bar says fits the window: what is cut ends in “…”, and the way back stays to be read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cfstudio.gui.shortened_message import shortened_message
from cfstudio.gui.status_bar import MARGINS

TEN_PER_LETTER = SimpleNamespace(
    horizontalAdvance=lambda text: 10 * len(text),
    elidedText=lambda text, _, room: text if 10 * len(text) <= room else text[: room // 10 - 1] + "…",
)


@pytest.mark.parametrize(
    ("message", "room", "shown"),
    [
        ("3 held out. Ctrl+Z takes it back.", 400, "3 held out. Ctrl+Z takes it back."),
        ("3 held out. 2 are new. Ctrl+Z takes it back.", 340, "3 held out.… Ctrl+Z takes it back."),
        ("Stopped: a. Ctrl+Z takes it back. Space starts anew.", 370, "Stopped: a. Sp… Ctrl+Z takes it back."),
        ("Stopped: an edit, Ctrl+Z takes it back.", 310, "Stopped:… Ctrl+Z takes it back."),
        ("A rating lies between 0.5 and 5.", 100, "A rating …"),
    ],
)
def test_what_does_not_fit_is_cut_before_the_way_back(message, room, shown):
    assert shortened_message(message, TEN_PER_LETTER, room) == shown


def test_a_long_message_is_whole_in_the_tooltip_and_in_a_wider_window(open_window):
    person = open_window("--data", "lesson", "--size", "1280x800")
    status = person.window.status
    whole = "20,000 ratings of u1.test are held out. " * 5 + "Ctrl+Z takes it back."
    status.say(whole)
    shown = status.currentMessage()
    assert shown.endswith("… Ctrl+Z takes it back.")
    assert status.fontMetrics().horizontalAdvance(shown) <= status._zoom.x() - MARGINS
    assert status.toolTip() == whole
    person.window.resize(2400, 800)
    person.wait_until(lambda: status.currentMessage() == whole)
    person.window.resize(1280, 800)
    person.wait_until(lambda: status.currentMessage() == shown)


def test_the_way_back_stays_readable_beside_the_progress_of_a_run(open_window):
    person = open_window("--data", "lesson", "--size", "1280x800")
    status = person.window.status
    person.do("actionStepBatch")
    person.wait_for_state("paused")
    status.say("20,000 ratings of u1.test are held out. " * 5 + "Ctrl+Z takes it back.")
    shown = status.currentMessage()
    assert status._progress.isVisible()
    assert shown.endswith("… Ctrl+Z takes it back.")
    assert status.fontMetrics().horizontalAdvance(shown) <= status._progress.x() - MARGINS


def test_after_a_message_the_next_one_does_not_carry_it_along(lesson):
    status = lesson.window.status
    status.say("A " * 400)
    status.clearMessage()
    status.add("Training paused.")
    assert status.currentMessage() == "Training paused."
