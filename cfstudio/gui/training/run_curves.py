"""The run's own curves in the RMSE plot: training, held out, batches, smoothed if wanted, and the best point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.curve import best_point, smoothed, thin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.ratings.table import FloatArray

CURVES = ("train", "valid", "batch")
LABELS = {"train": "Training", "valid": "Held out", "batch": "Batches"}
LOOKS = {
    "train": ("train_curve", None, 1.0),
    "valid": ("valid_curve", [4, 2.5], 1.0),
    "batch": ("muted_text", [1, 2], 0.7),
}
"""Color, dashes and relative width of the curves: color is never the only sign."""


class RunCurves:
    """Adds its items to a plot; the curves named `train` and `valid` always hold the measured points.

    Smoothed ones are drawn over them.
    """

    def __init__(self, plot: pg.PlotItem) -> None:
        self._curves = {name: pg.PlotDataItem(name=name) for name in CURVES}
        self._smooth = {name: pg.PlotDataItem() for name in CURVES}
        self._best = pg.PlotDataItem(pen=None, symbol="d")
        self._data: dict[str, tuple[FloatArray, FloatArray]] = {}
        self._weight = 0.0
        self._log_x = False
        for item in (*self._curves.values(), *self._smooth.values(), self._best):
            plot.addItem(item, ignoreBounds=True)

    @property
    def have_data(self) -> bool:
        """Whether there has been anything to draw."""
        return bool(self._data)

    @property
    def named(self) -> list[tuple[pg.PlotDataItem, str]]:
        """What is to be seen, with its names, for the legend."""
        drawn = self._smooth if self._weight else self._curves
        return [(drawn[name], LABELS[name]) for name, (_, rmse) in self._data.items() if bool(np.isfinite(rmse).any())]

    def values(self) -> FloatArray:
        """All RMSE that are, or will be, drawn, for the range of the axis."""
        shown = [rmse[steps > 0] if self._log_x else rmse for steps, rmse in self._data.values()]
        return np.concatenate([np.empty(0), *shown])

    def set_data(self, steps: FloatArray, curves: Mapping[str, FloatArray]) -> None:
        """Take the measured points of the named curves, to be drawn by `draw`."""
        self._data = {name: (steps, curves.get(name, np.full(len(steps), np.nan))) for name in CURVES}

    def set_log_steps(self, log: bool) -> None:
        """Leave out the start, step 0, which has no place on a logarithmic axis."""
        self._log_x = log

    def set_smoothing(self, weight: float) -> None:
        """Weight of the past in the exponential moving average, 0 for none; takes effect with `recolor` and `draw`."""
        self._weight = weight

    def draw(self, most: int, *, fine: bool) -> None:
        """Draw at most so many points of each curve; `fine` smooths the edges of the lines."""
        for name, (all_steps, all_rmse) in self._data.items():
            keep = all_steps > 0 if self._log_x else slice(None)
            steps, rmse = all_steps[keep], all_rmse[keep]
            self._curves[name].setData(*thin(steps, rmse, most), antialias=fine)
            if self._weight:
                finite = np.isfinite(rmse)
                points = thin(steps[finite], smoothed(rmse[finite], self._weight), most)
                self._smooth[name].setData(*points, antialias=fine)
        if self._data:
            self._mark_best(*self._data["valid"])

    def _mark_best(self, steps: FloatArray, rmse: FloatArray) -> None:
        best = best_point(rmse)
        if best is not None and self._log_x and steps[best] == 0:
            best = None
        self._best.setData([] if best is None else [steps[best]], [] if best is None else [rmse[best]])

    def recolor(self, width: float) -> None:
        """Take the colors of the theme; `width` of the curves in pixels."""
        theme = current_theme()
        for name in CURVES:
            color = QColor(getattr(theme, LOOKS[name][0]))
            self._smooth[name].setPen(_pen(color, width, name) if self._weight else None)
            if self._weight:
                color.setAlphaF(0.35)
            self._curves[name].setPen(_pen(color, width * (0.6 if self._weight else 1.0), name))
            self._smooth[name].setVisible(self._weight > 0)
        self._best.setSymbolBrush(QColor(theme.base))
        self._best.setSymbolPen(_pen(QColor(theme.valid_curve), width, "best"))
        self._best.setSymbolSize(width * 4.5)


def _pen(color: QColor, width: float, name: str) -> QPen:
    """Solid for training, dashed for held-out cells, dotted for batches."""
    _, dash, relative = LOOKS.get(name, ("", None, 1.0))
    pen: QPen = pg.mkPen(color, width=width * relative, dash=dash)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
