"""Methods race from one start, and the landscape under them has the height that the error has."""

import numpy as np
import pytest

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.crosstab import CrosstabObjective
from cfstudio.optimizer_lab.descent import Descent
from cfstudio.optimizer_lab.functions import BOWL, RAVINE
from cfstudio.optimizer_lab.line_data import made_data, workbook_data
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.race import MOST_PATH_POINTS, Path, Race
from cfstudio.optimizer_lab.settings import LabSettings
from cfstudio.optimizer_lab.surface import error_surface, plane_surface, view
from cfstudio.optimizer_lab.worksheet import Worksheet


def test_the_error_surface_is_the_mean_squared_error_of_each_line():
    data = made_data(noise=5.0, n=50)
    surface = error_surface(data, (-1.0, 4.0), (0.0, 60.0), 30)
    for i, j in [(0, 0), (29, 3), (12, 17)]:
        error = surface.a[j] * data.x + surface.b[i] - data.y
        assert surface.heights[i, j] == pytest.approx(np.mean(error**2), rel=1e-9)
    levels = surface.levels()
    assert (np.diff(levels) > 0).all()
    assert surface.heights.min() < levels[0] < levels[-1] < surface.heights.max()


def test_another_function_has_its_values_on_the_grid():
    surface = plane_surface(BOWL, (-1.0, 1.0), (-2.0, 2.0), 5)
    assert surface.heights[0, 0] == 1 + 4
    assert surface.heights[2, 2] == 0


def test_racers_start_together_and_go_where_their_own_pages_go():
    race = Race.on_line(METHODS, "papers", workbook_data(), (0.0, 0.0))
    race.advance(40)
    race.advance(18)
    for runner in race.runners:
        sheet = Worksheet(new_page(runner.name, "papers"), {"a": 0.0, "b": 0.0})
        sheet.forward(58)
        assert runner.position == (sheet.a, sheet.b)
        assert runner.path.points.shape == (59, 2)
        assert runner.path.points[0].tolist() == [0.0, 0.0]
        assert runner.path.points[-1].tolist() == [sheet.a, sheet.b]
        assert runner.path.points[29].tolist() == [sheet.ends[0].a, sheet.ends[0].b]


def test_the_ranking_puts_what_burst_last():
    pages = {"sgd": new_page("sgd").changed(learning_rate=1.0)}
    race = Race.on_line(("sgd", "adam"), "papers", workbook_data(), pages=pages)
    race.advance(2900)
    assert [title for title, _ in race.ranking()] == ["Adam", "Basic SGD"]


def test_momentum_beats_plain_descent_along_the_ravine():
    race = Race.on_plane(("sgd", "momentum"), "papers", RAVINE)
    race.advance(100)
    losses = dict(race.ranking())
    assert losses["Momentum"] < losses["Basic SGD"]


def test_a_long_path_is_thinned_and_keeps_its_start():
    path = Path((0.0, 0.0))
    path.extend([(float(place), 0.0) for place in range(1, 5 * MOST_PATH_POINTS)])
    points = path.points[:, 0]
    assert len(points) <= MOST_PATH_POINTS
    assert points[0] == 0
    assert len(set(np.diff(points).tolist())) == 1
    assert points[-1] > 5 * MOST_PATH_POINTS - 20


def test_the_view_shows_paths_and_minimum_but_follows_no_method_that_bursts():
    calm = np.array([[1.0, 1.0], [2.5, 1.3]])
    burst = np.array([[1.0, 1.0], [1e9, 1e9], [np.nan, np.inf]])
    (low_a, high_a), (low_b, high_b) = view([calm, burst], (2.0, 30.0))
    assert low_a < 1 < 2.5 < high_a < 4
    assert low_b < 1 < 30 < high_b < 60


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_the_lessons_crosstab_is_descended_by_the_same_formulas(name):
    objective = CrosstabObjective()
    rates = {"sgd": 0.5, "momentum": 0.5, "adam": 0.05}
    settings = LabSettings(learning_rate=rates[name], beta2=0.999)
    descent = Descent(METHODS[name], "papers", settings, objective, objective.start)
    assert descent.loss**0.5 == pytest.approx(2.80606206164831, abs=1e-9)
    descent.step(300)
    assert descent.loss**0.5 < 0.45
