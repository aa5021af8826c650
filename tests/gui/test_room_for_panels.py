"""On a small screen a panel of the explorer that is asked for can be worked with, the training's curve still seen."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar, QWidget

BELOW = {
    "actionNeighbors": "neighborsDock",
    "actionMap": "mapDock",
    "actionBias": "biasDock",
    "actionFactors": "factorsDock",
    "actionRecommendations": "recommendationsDock",
    "actionWhy": "whyDock",
}
GOOD_CURVE = 9
"""Lines of text in which a curve can be read."""


@pytest.fixture
def small(open_window):
    return open_window("--data", "three-tastes", "--size", "1280x800")


def dock_of(person, action):
    person.do(action)
    QApplication.processEvents()
    return person.find(BELOW[action], QDockWidget)


@pytest.mark.parametrize("action", BELOW)
def test_a_panel_that_is_asked_for_gets_nearly_half_of_the_column(small, action):
    assert small.find("neighborsDock", QDockWidget).height() < 0.4 * small.window.centralWidget().height()
    assert dock_of(small, action).height() > 0.45 * small.window.centralWidget().height()
    assert (small.window.width(), small.window.height()) == (1280, 800)


def test_the_training_curve_stays_high_above_a_panel_that_is_asked_for(small):
    dock_of(small, "actionMap")
    plot, least = small.find("rmsePlot", QWidget), GOOD_CURVE * small.window.fontMetrics().height()
    small.wait_until(lambda: plot.height() >= least)
    dock = small.find("trainingDock", QDockWidget)
    place = QRect(plot.mapTo(dock, plot.rect().topLeft()), plot.size())
    assert dock.rect().contains(place)


def test_a_panel_that_is_high_enough_keeps_its_height(small):
    window, dock = small.window, dock_of(small, "actionMap")
    window.resizeDocks([window.findChild(QDockWidget, "trainingDock"), dock], [200, 430], Qt.Orientation.Vertical)
    QApplication.processEvents()
    before = dock.height()
    assert dock_of(small, "actionBias").height() == before


def test_six_panels_have_tabs_that_can_be_read(small):
    for action in BELOW:
        dock_of(small, action)
    bar = next(
        one
        for one in small.window.findChildren(QTabBar)
        if one.isVisible() and any(one.tabText(place) == "Why" for place in range(one.count()))
    )
    needed = [bar.fontMetrics().horizontalAdvance(bar.tabText(place)) for place in range(bar.count())]
    assert bar.count() == len(BELOW)
    assert all(bar.tabRect(place).width() >= width for place, width in enumerate(needed))
