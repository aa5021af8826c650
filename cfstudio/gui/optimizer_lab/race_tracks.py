"""What a race can be run on: the points, other functions of two numbers, the lesson's crosstab."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.crosstab import CrosstabObjective
from cfstudio.optimizer_lab.curvature import LINEAR_METHODS, curvature
from cfstudio.optimizer_lab.descent import Descent
from cfstudio.optimizer_lab.functions import PLANES
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.race import Path, Race
from cfstudio.optimizer_lab.surface import error_surface, plane_surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.gui.optimizer_lab.contours import Heights
    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.optimizer_lab.page import Page
    from cfstudio.optimizer_lab.surface import Range

LINE, SCALED, CROSSTAB = "line", "scaled line", "crosstab"
TITLES = {
    LINE: "The line's error",
    SCALED: "The line's error, x scaled",
    **{name: plane.title for name, plane in PLANES.items()},
    CROSSTAB: "The lesson's crosstab",
}
LESSONS = {
    LINE: "The pages' own points and settings, row by row. Click the surface to start there.",
    SCALED: "The same points with x scaled: a round bowl. Pages keep their learning rates, which now are small.",
    CROSSTAB: "150 factors at once, all cells in one batch, from the workbook's start. There is no surface to show: "
    "the curves are the error by step.",
    **{name: f"{plane.lesson} f = {plane.source}" for name, plane in PLANES.items()},
}
CROSSTAB_RATES = {"plain": 0.3, "adaptive": 0.05}
START = (1.0, 1.0)


@dataclass
class Track:
    """A race at its start, and what to draw it on; `heights` is None where curves by step are drawn instead."""

    race: Race
    heights: Heights | None
    minimum: tuple[float, float] | None
    ranges: tuple[Range, Range] | None
    loss: str


class CrosstabRunner:
    """A method on the lesson's crosstab; its path is (step, log10 of the error)."""

    def __init__(self, page: Page, objective: CrosstabObjective) -> None:
        self.descent = Descent(page.method, page.form_name, page.settings, objective, objective.start)
        self.name, self.title = page.method.name, page.method.title
        self.path = Path(self.position)

    @property
    def position(self) -> tuple[float, float]:
        """Step and log10 of the error now."""
        return float(self.descent.n_steps), math.log10(self.loss) if 0 < self.loss < math.inf else math.nan

    @property
    def loss(self) -> float:
        """RMSE over the rated cells."""
        return float(self.descent.loss**0.5)

    def advance(self, n_steps: int) -> None:
        """Take so many steps."""
        points = []
        for _ in range(n_steps):
            self.descent.step()
            points.append(self.position)
        self.path.extend(points)


def make_track(
    name: str, methods: Sequence[str], session: LabSession, start: tuple[float, float] | None = None
) -> Track:
    """A race of some methods in the pages' form, from a start or from the usual one."""
    form = session.form
    if name in (LINE, SCALED):
        data = session.data if name == LINE else session.data.normalized()
        pages = {one: session.page_on(one, data) for one in methods}
        race = Race.on_line(methods, form, data, start or START, pages)
        return Track(race, partial(error_surface, data), curvature(data).minimum, None, "RMSE")
    if name == CROSSTAB:
        objective = CrosstabObjective()
        runners = [CrosstabRunner(_crosstab_page(one, session), objective) for one in methods]
        return Track(Race(runners), None, None, None, "RMSE")
    plane = PLANES[name]
    race = Race.on_plane(methods, form, plane, start)
    return Track(race, partial(plane_surface, plane), plane.minimum, (plane.a_range, plane.b_range), "f(a, b)")


def _crosstab_page(name: str, session: LabSession) -> Page:
    is_plain = name in (*LINEAR_METHODS, "sgd-annealing")
    page = new_page(name, session.form)
    return page.changed(learning_rate=CROSSTAB_RATES["plain" if is_plain else "adaptive"], weight_decay=0.0)


EIGHT = tuple(METHODS)[:8]
"""The methods that race unless others are chosen: those whose learning rate is not changed by a calendar."""
