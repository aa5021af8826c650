"""The picture of a race: paths on a surface, or errors by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.optimizer_lab.lab_plot import LabPlot
from cfstudio.gui.optimizer_lab.method_looks import LOOKS
from cfstudio.gui.optimizer_lab.path_canvas import PathCanvas
from cfstudio.gui.training.rmse_axes import round_end

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.race_tracks import Track
    from cfstudio.optimizer_lab.surface import Range

REACH = 1.3
"""Times the distance from minimum to start that is shown around the minimum."""
ROOM_ABOVE = 0.3
"""Powers of ten above the start that are shown: what bursts leaves the picture."""


class RacePlot(LabPlot):
    """Every runner's path so far, with its own color, kind of line and mark."""

    def __init__(self) -> None:
        tip = "One path per method, from one start. Click to start there."
        super().__init__("labRacePlot", "Race", tip, ("a", "b"))
        self._track: Track | None = None
        self._canvas = PathCanvas(self)

    def show_track(self, track: Track) -> None:
        """Take another race."""
        self._track = track
        is_surface = track.heights is not None
        self.set_axes(*(("a", "b") if is_surface else ("step", track.loss)))
        self.getPlotItem().getAxis("left").setLogMode(y=not is_surface)
        self._canvas.show_surface(track.heights, track.minimum)
        self._canvas.keep_only({runner.name for runner in track.race.runners})
        self.follow()
        self.refresh()

    def recolor(self) -> None:
        """Theme colors."""
        self.refresh()
        self._canvas.redraw()

    def refresh(self) -> None:
        """Draw the paths as far as they are."""
        if self._track is None:
            return
        if self._track.heights is None and self.follows:
            self._fit_curves()
        for runner in self._track.race.runners:
            look = LOOKS[runner.name]
            self._canvas.show_path(runner.name, runner.path, look.pen(1.6), look.symbol, 11.0)

    def follow(self) -> None:
        """Show the whole surface worth showing, or the whole curves."""
        super().follow()
        track = self._track
        if track is None:
            return
        if track.heights is None:
            self._fit_curves()
        elif track.ranges is not None:
            self.show_range(*track.ranges)
        else:
            self.show_range(*self._around_minimum(track))

    def table(self) -> list[list[object]]:
        """Every path, point by point."""
        runners = [] if self._track is None else self._track.race.runners
        head = ["a", "b"] if self._track is None or self._track.heights is not None else ["step", "log10 rmse"]
        return [["method", *head], *([one.title, *point] for one in runners for point in one.path.points.tolist())]

    @staticmethod
    def _around_minimum(track: Track) -> tuple[Range, Range]:
        """The minimum in the middle, as far as the start is: paths come from one side and swing to the other."""
        start = track.race.runners[0].path.points[0].tolist() if track.race.runners else (0.0, 0.0)
        a, b = track.minimum or (0.0, 0.0)
        reach = [max(abs(one - middle), 1e-3) * REACH for one, middle in zip(start, (a, b), strict=True)]
        return (a - reach[0], a + reach[0]), (b - reach[1], b + reach[1])

    def _fit_curves(self) -> None:
        assert self._track is not None
        logs = np.concatenate([one.path.points[:, 1] for one in self._track.race.runners] or [np.zeros(1)])
        logs = np.nan_to_num(logs[logs <= logs[0] + ROOM_ABOVE], nan=0.0)
        low, high = float(logs.min()), float(logs.max())
        self.show_range((0.0, round_end(self._track.race.n_steps, 1e9)), (np.floor(low * 5 - 0.2) / 5, high + 0.1))
