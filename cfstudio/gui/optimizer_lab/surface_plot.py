"""The error over (a, b) as contours, with the path of the page shown and those of all other methods."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.optimizer_lab.lab_plot import LabPlot
from cfstudio.gui.optimizer_lab.method_looks import LOOKS
from cfstudio.gui.optimizer_lab.path_canvas import PathCanvas
from cfstudio.optimizer_lab.curvature import curvature
from cfstudio.optimizer_lab.surface import error_surface, view

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.ghosts import Ghosts
    from cfstudio.gui.optimizer_lab.session import LabSession

PALE = 0.75


class SurfacePlot(LabPlot):
    """Contours of the mean squared error; a click starts the page from there."""

    def __init__(self, session: LabSession, ghosts: Ghosts) -> None:
        tip = (
            "The thick path is this page's, the thin ones are the other methods' from its start. Click to start there."
        )
        super().__init__("labSurfacePlot", "Error over slope and intercept", tip, ("slope a", "intercept b"))
        self._session, self._ghosts = session, ghosts
        self.shows_others = True
        self._canvas = PathCanvas(self)

    def recolor(self) -> None:
        """Theme colors; the method shown in front."""
        self.refresh()
        self._canvas.redraw()

    def show_data(self) -> None:
        """Other points, another page or start: another landscape."""
        data = self._session.data
        self._canvas.show_surface(partial(error_surface, data), curvature(data).minimum)
        self.follow()
        self.recolor()

    def refresh(self) -> None:
        """Draw the paths as far as they are."""
        runs = dict(self._ghosts.runs) if self.shows_others else {}
        own = self._session.run
        # The page shown comes last, and so lies on top.
        runs = {name: run for name, run in runs.items() if name != self._session.method} | {self._session.method: own}
        self._canvas.keep_only(set(runs))
        for name, run in runs.items():
            is_shown = name == self._session.method
            pen = LOOKS[name].pen(2.2 if is_shown else 1.0, 1.0 if is_shown else PALE)
            self._canvas.show_path(name, run.path, pen, LOOKS[name].symbol, 11.0 if is_shown else 7.0)
        if self.follows and not self._is_in_view(own.path.points[-1]):
            self.follow()

    def follow(self) -> None:
        """Show the minimum and the path, and the others' as far as they stay near."""
        super().follow()
        minimum = curvature(self._session.data).minimum
        a, b = view([self._session.run.path.points], minimum)
        self.show_range(a, b)

    def table(self) -> list[list[object]]:
        """Every path, point by point."""
        runs = {self._session.method: self._session.run, **self._ghosts.runs}
        return [
            ["method", "a", "b"],
            *([name, *point] for name, run in runs.items() for point in run.path.points.tolist()),
        ]

    def _is_in_view(self, point: np.ndarray) -> bool:
        (low_a, high_a), (low_b, high_b) = self.getPlotItem().getViewBox().viewRange()
        a, b = point.tolist()
        minimum, start = curvature(self._session.data).minimum, self._session.run.start
        reach = [20 * max(abs(s - m), 1e-6) for s, m in zip(start, minimum, strict=True)]
        is_far = not np.isfinite([a, b]).all() or abs(a - minimum[0]) > reach[0] or abs(b - minimum[1]) > reach[1]
        return is_far or (low_a <= a <= high_a and low_b <= b <= high_b)
