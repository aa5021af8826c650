"""A projector and the last row: at a large zoom the window keeps its size and everything can be reached."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QLabel, QScrollArea, QTabBar

from cfstudio.gui.zoom import Zoom


@pytest.fixture
def small(open_window):
    """A window as on a small projector, back at 100 % afterwards."""
    person = open_window("--data", "lesson", "--size", "1280x800")
    yield person
    Zoom.of_program().set(100)


def zoom_to(person, percent):
    zoom = Zoom.of_program()
    reached = []
    zoom.changed.connect(reached.append)
    zoom.set(percent)
    person.wait_until(lambda: reached == [percent])
    zoom.changed.disconnect(reached.append)
    QApplication.processEvents()


@pytest.mark.parametrize("percent", [160, 200, 250])
def test_nothing_makes_the_window_larger_than_it_is(small, percent):
    window = small.window
    small.do("actionTrain")
    small.wait_until(lambda: window.control.state == "running")
    zoom_to(small, percent)
    small.do("actionFind")
    window.sheet.ratings_view.selectAll()
    window.card.say("Your model is 0.39 stars off. Impressive, or is it?", "Hide 41 ratings", lambda: None)
    for page in range(4):
        window.pages.tabs.setCurrentIndex(page)
        QApplication.processEvents()
        needed = window.minimumSizeHint()
        assert (needed.width() <= 1280, needed.height() <= 800) == (True, True), (page, needed)
    assert (window.width(), window.height()) == (1280, 800)
    assert all(dock.findChild(QScrollArea) is not None for dock in window.findChildren(QDockWidget))


@pytest.mark.parametrize("percent", [160, 200, 250])
def test_the_ratings_and_the_formula_keep_half_of_the_room(small, percent):
    zoom_to(small, percent)
    sheet = small.window.sheet
    assert small.find("ratingsView").width() > 0.4 * sheet.width()
    assert small.find("ratingsView").height() > 0.4 * sheet.height()
    assert small.find("formulaExcel").width() > 0.5 * small.window.width()


def test_titles_of_panels_the_legend_and_the_zoom_control_grow_with_all_letters(small):
    small.do("actionStepEpoch")
    zoom_to(small, 200)
    wanted = QApplication.font().pointSizeF()
    titles = [dock.titleBarWidget() for dock in small.window.findChildren(QDockWidget)]
    assert [title.font().pointSizeF() for title in titles] == [wanted] * len(titles)
    assert all(title.height() > title.fontMetrics().height() for title in titles)
    percent = next(one for one in small.window.status.findChildren(QAbstractButton) if one.text() == "200 %")
    assert percent.font().pointSizeF() == wanted
    labels = [label for _, label in small.window.training_panel.plot.canvas._legend.items]
    assert labels
    assert all(
        f"font-size: {wanted:g}pt" in label.item.toHtml() or label.opts["size"] == f"{wanted:g}pt" for label in labels
    )


def test_a_message_is_readable_at_every_zoom(small):
    zoom_to(small, 250)
    small.window.sheet.ratings_view.selectAll()
    small.window.status.say("A rating lies between 0.5 and 5; 7 does not.")
    assert small.window.status.toolTip() == "A rating lies between 0.5 and 5; 7 does not."
    shown = [one for one in small.window.status.findChildren(QLabel) if one.isVisible() and one.text()]
    assert shown == []


@pytest.mark.parametrize("percent", [140, 200])
def test_tabs_of_panels_keep_their_whole_names_and_the_front_one_is_in_sight(small, percent):
    for name in ("actionRecommendations", "actionWhy", "actionNewUser", "actionNewMovie"):
        small.do(name)
    zoom_to(small, percent)
    small.wait_until(lambda: len(bars_of_panels(small)) == 2)
    for bar in bars_of_panels(small):
        widths = [bar.tabRect(place).width() for place in range(bar.count())]
        needed = [bar.fontMetrics().horizontalAdvance(bar.tabText(place)) for place in range(bar.count())]
        assert all(width > least for width, least in zip(widths, needed, strict=True))
        assert bar.rect().contains(bar.tabRect(bar.currentIndex()))
    explorer = max(bars_of_panels(small), key=lambda bar: bar.count())
    assert [explorer.tabText(place) for place in range(6)] == [
        "Similar", "Map", "Bias", "Factors", "Recommended", "Why",
    ]  # fmt: skip


def bars_of_panels(person):
    bars = person.window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [bar for bar in bars if bar.isVisible() and bar.count() > 1]
