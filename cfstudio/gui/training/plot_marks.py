"""What is drawn besides the run's own curves: lines to beat, curves of other runs, where it began to overfit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.curve import thin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.ratings.table import FloatArray

MOST_OVERLAYS = 6
MOST_POINTS = 500
DASHES = ([1, 1.5], [5, 1.5, 1, 1.5], [8, 2], [2, 2], [5, 1.5, 1, 1.5, 1, 1.5], [12, 3])
"""Other runs differ in dash; the legend names them."""

PLACES = ((0.5, 1), (0.98, 1), (0.03, 0))
"""Where the names of the lines stand along them, and which end of the name: at different places, so that those of close
levels do not write over each other."""


@dataclass(frozen=True)
class Line:
    """A level to beat, in rating points, with what it is and, for the tool tip, where it comes from."""

    rmse: float
    label: str
    source: str = ""


@dataclass(frozen=True)
class Overlay:
    """The curve of another run: steps and RMSE (n,), named by `label`."""

    label: str
    steps: FloatArray
    rmse: FloatArray


class PlotMarks:
    """Adds its items to a plot and keeps them right on linear and logarithmic axes."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._log = (False, False)
        self._width = 2.0
        self._lines: list[tuple[Line, pg.InfiniteLine]] = []
        self._overlays: list[tuple[Overlay, pg.PlotDataItem]] = []
        self._overfit: float | None = None
        self._overfit_line = pg.InfiniteLine(angle=90, label="held-out error rises", labelOpts={"position": 0.06})
        self._overfit_line.hide()
        plot.addItem(self._overfit_line, ignoreBounds=True)

    @property
    def levels(self) -> list[float]:
        """RMSE of the lines."""
        return [line.rmse for line, _ in self._lines]

    @property
    def overlays(self) -> list[tuple[pg.PlotDataItem, str]]:
        """The curves of other runs with their names, for the legend."""
        return [(curve, overlay.label) for overlay, curve in self._overlays]

    def line_places(self) -> list[QRectF]:
        """Where the lines and their names are, in the coordinates of the scene."""
        view = self._plot.getViewBox()
        area = view.sceneBoundingRect()
        places = []
        for _, item in self._lines:
            item.label.updatePosition()
            item.label.updateTransform(force=True)
            y = view.mapViewToScene(item.pos()).y()
            places += [
                item.label.sceneBoundingRect(),
                QRectF(area.left(), y - self._width, area.width(), 2 * self._width),
            ]
        return places

    def overlay_values(self) -> FloatArray:
        """All RMSE of other runs, for the range of the axis."""
        return np.concatenate([np.empty(0), *(overlay.rmse for overlay, _ in self._overlays)])

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw these levels, each with its name."""
        lines = [line for line in lines if line.rmse > 0]
        if [line for line, _ in self._lines] == lines:
            return
        for _, item in self._lines:
            self._plot.removeItem(item)
        levels = [line.rmse for line in lines]
        self._lines = [(line, self._made(line, place, levels)) for place, line in enumerate(lines)]
        self._place()
        self.recolor(self._width)

    def _made(self, line: Line, place: int, levels: Sequence[float]) -> pg.InfiniteLine:
        position, end = PLACES[place % len(PLACES)]
        corner = (end, 1 if has_name_above(line.rmse, levels) else 0)
        options = {"position": position, "anchors": [corner, corner]}
        item = pg.InfiniteLine(angle=0, label=f"{line.label} {line.rmse:.3f}", labelOpts=options)
        item.setToolTip("\n".join(part for part in (f"{line.label}: RMSE {line.rmse:.4g}", line.source) if part))
        self._plot.addItem(item, ignoreBounds=True)
        return item

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw the curves of other runs."""
        for _, item in self._overlays:
            self._plot.removeItem(item)
        self._overlays = []
        for overlay in overlays[:MOST_OVERLAYS]:
            item = pg.PlotDataItem()
            item.setZValue(-1)
            self._plot.addItem(item, ignoreBounds=True)
            self._overlays.append((overlay, item))
        self._place()
        self.recolor(self._width)

    def set_overfit(self, step: float | None) -> None:
        """Mark the step from which the held-out error rises, None for none."""
        if step != self._overfit:
            self._overfit = step
            self._place()

    def set_log(self, x: bool, y: bool) -> None:
        """Follow the axes."""
        self._log = (x, y)
        self._place()

    def _place(self) -> None:
        x_log, y_log = self._log
        for line, item in self._lines:
            item.setPos(math.log10(line.rmse) if y_log else line.rmse)
        for overlay, item in self._overlays:
            keep = overlay.steps > 0 if x_log else slice(None)
            item.setData(*thin(overlay.steps[keep], overlay.rmse[keep], MOST_POINTS), antialias=True)
        step = self._overfit
        self._overfit_line.setVisible(step is not None and (step > 0 or not x_log))
        if step is not None and self._overfit_line.isVisible():
            self._overfit_line.setPos(math.log10(step) if x_log else step)

    def recolor(self, width: float) -> None:
        """Take the colors of the theme; `width` of the run's own curves in pixels."""
        theme = current_theme()
        self._width = width
        for _, item in self._lines:
            item.setPen(pg.mkPen(QColor(theme.baseline), width=width * 0.7, dash=[2, 3]))
            item.label.setColor(QColor(theme.muted_text))
        for place, (overlay, item) in enumerate(self._overlays):
            color = QColor(theme.muted_text)
            item.setPen(pg.mkPen(color, width=width * 0.8, dash=DASHES[place]))
            last = np.flatnonzero(np.isfinite(overlay.rmse))
            item.setToolTip(f"{overlay.label}: {overlay.rmse[last[-1]]:.4f} at its end" if len(last) else overlay.label)
        self._overfit_line.setPen(pg.mkPen(QColor(theme.warning), width=width * 0.7, dash=[4, 3]))
        self._overfit_line.label.setColor(QColor(theme.warning))


def has_name_above(level: float, levels: Sequence[float]) -> bool:
    """Whether a level's name stands above its line: on the side where the next one of `levels` is farther away."""
    above = min((other - level for other in levels if other > level), default=math.inf)
    below = min((level - other for other in levels if other < level), default=math.inf)
    return above >= below
