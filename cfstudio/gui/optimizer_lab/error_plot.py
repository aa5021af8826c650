"""The error after each epoch, of the page shown and of all other methods from the same start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg

from cfstudio.gui.optimizer_lab.lab_plot import LabPlot
from cfstudio.gui.optimizer_lab.method_looks import LOOKS
from cfstudio.gui.training.rmse_axes import round_end

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.ghosts import Ghosts
    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.gui.optimizer_lab.trail import Trail

LOWEST, HIGHEST = 1e-12, 1e12
MOST_DRAWN = 500


class ErrorPlot(LabPlot):
    """Root-mean-square errors on a logarithmic axis, by epoch."""

    def __init__(self, session: LabSession, ghosts: Ghosts) -> None:
        tip = "The root-mean-square error over all points, logarithmic; this page's thick, the other methods' thin."
        super().__init__("labErrorPlot", "Error against epochs", tip, ("epoch", "RMSE"))
        self._session, self._ghosts = session, ghosts
        self.shows_others = True
        self._curves = {name: pg.PlotCurveItem() for name in LOOKS}
        self._drawn: dict[str, tuple[Trail, int]] = {}
        for curve in self._curves.values():
            self.getPlotItem().addItem(curve, ignoreBounds=True)
        self.getPlotItem().getAxis("left").setLogMode(y=True)

    def recolor(self) -> None:
        """Theme colors; the method shown in front."""
        for name, curve in self._curves.items():
            is_shown = name == self._session.method
            curve.setPen(LOOKS[name].pen(2.2 if is_shown else 1.0))
            curve.setZValue(10 if is_shown else 0)

    def show_data(self) -> None:
        """Another page."""
        self.recolor()
        self.follows = True
        self.refresh()

    def refresh(self) -> None:
        """Draw the curves as far as they are."""
        for name, curve in self._curves.items():
            trail = self._trail(name)
            curve.setVisible(trail is not None)
            if trail is None or self._drawn.get(name) == (trail, len(trail.points)):
                continue
            self._drawn[name] = (trail, len(trail.points))
            points = trail.points[:: max(1, len(trail.points) // MOST_DRAWN)]
            errors = np.clip(np.nan_to_num(points[:, 1], nan=HIGHEST), LOWEST, HIGHEST)
            curve.setData(points[:, 0], np.log10(errors))
        if self.follows:
            self.follow()

    def follow(self) -> None:
        """Fit the axes to the curve of the page shown."""
        super().follow()
        own = self._session.run.errors.points
        last = float(own[-1, 0]) if len(own) else 0.0
        errors = own[:, 1][np.isfinite(own[:, 1])]
        errors = errors if len(errors) else np.array([1.0, 100.0])
        low, high = (float(np.clip(one, LOWEST, HIGHEST)) for one in (errors.min(), errors.max()))
        y = (np.floor(np.log10(low) * 2 - 0.1) / 2, np.ceil(np.log10(high) * 2 + 0.1) / 2)
        self.show_range((0.0, round_end(last, 1e9)), y)

    def table(self) -> list[list[object]]:
        """Every curve, epoch by epoch."""
        lines = [(name, self._trail(name)) for name in self._curves]
        return [
            ["method", "epoch", "rmse"],
            *([name, *point] for name, trail in lines if trail is not None for point in trail.points.tolist()),
        ]

    def _trail(self, name: str) -> Trail | None:
        if name == self._session.method:
            return self._session.run.errors
        if not self.shows_others or name not in self._ghosts.runs:
            return None
        return self._ghosts.runs[name].errors
