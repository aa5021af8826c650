"""An empty plot says what to do, and neither that nor the names of the levels lies over anything else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect

from cfstudio.gui.training.invitation import free_place
from cfstudio.gui.training.plot_marks import Line, has_name_above

LEVELS = {"mean": 1.060, "user + item means": 0.892, "LibRec's best": 0.910}
TOUCH = 1
"""Pixels by which what is rounded may touch."""


def shown_plot(person):
    plot = person.window.training_panel.plot
    person.qtbot.wait(50)
    return plot, plot.canvas


def places(canvas):
    """The drawing area, the lines and their names."""
    area, taken = canvas.drawn_area()
    return area, taken[1::2], taken[0::2]


def clear(one, others):
    inner = one.adjusted(TOUCH, TOUCH, -TOUCH, -TOUCH)
    return not any(inner.intersects(other) for other in others)


@pytest.mark.parametrize("size", ["1280x800", "1600x1000"])
@pytest.mark.parametrize("levels", [("mean",), ("mean", "user + item means"), tuple(LEVELS)])
def test_before_the_first_run_the_words_and_the_names_of_the_levels_are_clear_of_each_other(open_window, size, levels):
    person = open_window("--data", "lesson", "--size", size)
    plot, canvas = shown_plot(person)
    canvas.set_lines([Line(LEVELS[name], name) for name in levels])
    plot.resize(plot.size())
    plot._invitation.place()
    person.qtbot.wait(50)
    area, lines, names = places(canvas)
    assert len(lines) == len(names) == len(levels)
    for name in names:
        assert area.adjusted(-TOUCH, -TOUCH, TOUCH, TOUCH).contains(name)
    if plot._invitation.has_room:
        assert plot._invitation.isVisible()
        assert clear(plot._invitation.geometry(), [*lines, *names])
        assert plot.reading.text() == ""
    else:
        assert not plot._invitation.isVisible()
        assert plot.reading.text() == "Press Space to train"


def test_the_words_go_with_the_first_step_and_come_back_with_reset(lesson):
    plot, _ = shown_plot(lesson)
    assert plot._invitation.isVisible()
    lesson.do("actionStepBatch")
    lesson.wait_for_state("paused")
    assert not plot._invitation.isVisible()
    assert "Press Space" not in plot.reading.text()
    lesson.do("actionResetFactors")
    lesson.wait_until(plot._invitation.isVisible)


def test_close_levels_have_their_names_on_the_sides_that_are_free():
    levels = tuple(LEVELS.values())
    above = {name: has_name_above(level, levels) for name, level in LEVELS.items()}
    assert above == {"mean": True, "user + item means": False, "LibRec's best": True}


@pytest.mark.parametrize(
    ("taken", "top"),
    [
        ([], 40),
        ([QRect(0, 50, 100, 1)], 30),
        ([QRect(0, 0, 100, 55), QRect(0, 90, 100, 10)], 56),
        ([QRect(0, top, 100, 1) for top in (10, 29, 48, 67, 86)], None),
    ],
)
def test_the_free_place_nearest_to_the_middle_is_found(taken, top):
    place = free_place(QRect(0, 0, 40, 20), QRect(0, 0, 100, 100), taken)
    if top is None:
        assert place is None
    else:
        assert abs(place.top() - top) <= 2
        assert place.width() == 40
        assert abs(place.center().x() - 49) <= 1
