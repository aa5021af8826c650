"""All numbers of a step or draw can be read in the microscope without scrolling sideways, also when zoomed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from cfstudio.gui.microscope.microscope_window import MicroscopeWindow
from cfstudio.gui.zoom import Zoom
from cfstudio.learning.blackboard import number


@pytest.fixture(params=[100, 150])
def person(open_window, request):
    person = open_window("--data", "lesson", "--size", "1280x800")
    Zoom.of_program().set(request.param)
    yield person
    Zoom.of_program().set(100)


def look(person, **settings):
    workspace = person.window.workspace
    for name, value in settings.items():
        workspace.configure(replace(workspace.config, **{name: value}))
    person.select("ratingsView", 0, 0)
    person.do("actionMicroscope")
    person.qtbot.wait(20)
    return person.find("microscope", MicroscopeWindow)


@pytest.mark.parametrize(
    "settings", [{"model": "dot-bias"}, {"model": "dot-bias", "features": "genres"}, {"model": "bayes", "features": ""}]
)
def test_every_number_and_name_is_whole(person, settings):
    window = look(person, **settings)
    table = window.table
    model, header, metrics = table.model(), table.horizontalHeader(), table.fontMetrics()
    assert model.rowCount() > 5
    assert header.length() <= table.viewport().width()
    for column in range(model.columnCount()):
        texts = [model.index(row, column).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        assert widest + 6 <= header.sectionSize(column), (column, texts)


def test_that_biases_of_labels_decay_is_said(lesson):
    window = look(lesson, model="dot-bias", features="genres", bias_decay=0.0, weight_decay=0.6)
    words = window.findChild(QLabel, "microscopeWords").text()
    assert "0 for own biases" in words
    window.slide_step()
    before = {row[0]: row for row in window.slide.board.rows}
    window.slide_step()
    rows = {row[0]: dict(zip(window.slide.board.header, row, strict=True)) for row in window.slide.board.rows}
    label = next(name for name in before if name.endswith(" bias") and name not in ("user bias", "item bias"))
    rate = lesson.window.workspace.config.learning_rate
    old = before[label][-1]
    assert old != 0
    assert rows[label]["old"] == old
    assert rows[label]["decay"] == pytest.approx(-rate * 0.6 * old)
    assert rows["user bias"]["decay"] == 0


def test_nothing_taken_off_is_written_without_a_minus_sign(lesson):
    window = look(lesson, model="dot-bias", features="genres", bias_decay=0.0, weight_decay=0.6)
    text = window.slide.board.as_text("")
    assert not [line for line in text.splitlines() if "-0" in line.split("\t")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1.35e-6, "−1.35e−6"),
        (4.2e-12, "4.2e−12"),
        (0.000344, "0.000344"),
        (-0.5, "−0.5000"),
        (1055.41, "1055.4100"),
        (3e7, "3e+7"),
    ],
)
def test_numbers_are_short_enough_to_be_read_from_afar(value, text):
    assert number(value) == text
