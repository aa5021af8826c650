"""The points and the line that moves to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from cfstudio.gui.optimizer_lab.lab_plot import LabPlot
from cfstudio.gui.optimizer_lab.method_looks import LOOKS
from cfstudio.gui.theme import current_theme
from cfstudio.optimizer_lab.curvature import curvature

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

MARGIN = 0.08
MOST_DRAWN = 2_000


class LinePlot(LabPlot):
    """Points, the line now, the best line dashed, and the error of the last row as a dropped line."""

    def __init__(self, session: LabSession) -> None:
        tip = "The solid line is the prediction now, the dashed one fits best, the ring is the last row's point."
        super().__init__("labLinePlot", "Points and line", tip, ("x", "y"))
        self._session = session
        self._points = pg.ScatterPlotItem(size=6)
        self._best, self._line, self._drop = pg.PlotCurveItem(), pg.PlotCurveItem(), pg.PlotCurveItem()
        self._ring = pg.ScatterPlotItem(symbol="o", size=13, brush=None)
        for item in (self._points, self._best, self._line, self._drop, self._ring):
            self.getPlotItem().addItem(item, ignoreBounds=True)

    def recolor(self) -> None:
        """Theme colors."""
        theme = current_theme()
        self._points.setBrush(theme.color("muted_text"))
        self._points.setPen(None)
        self._best.setPen(QPen(theme.color("muted_text"), 0, Qt.PenStyle.DashLine))
        self._line.setPen(LOOKS[self._session.method].pen(2.5))
        self._drop.setPen(QPen(theme.color("warning"), 0))
        self._ring.setPen(pg.mkPen(theme.color("warning"), width=2))

    def show_data(self) -> None:
        """Other points: draw them, and where the best line is."""
        data = self._session.data
        every = max(1, len(data) // MOST_DRAWN)
        self._points.setData(data.x[::every], data.y[::every])
        ends = self._ends()
        a, b = curvature(data).minimum
        self._best.setData(ends, a * ends + b)
        self.recolor()
        self.follow()
        self.refresh()

    def refresh(self) -> None:
        """Draw the line as it is now."""
        sheet, ends = self._session.sheet, self._ends()
        with np.errstate(over="ignore", invalid="ignore"):
            ys = np.clip(sheet.a * ends + sheet.b, -1e100, 1e100)
        if np.isfinite(ys).all():
            self._line.setData(ends, ys)
        if sheet.rows:
            x, y, b, a = sheet.rows[-1][:4]
            said = float(np.clip(a * x + b, -1e100, 1e100))  # type: ignore[operator]  # every row has these
            self._drop.setData([x, x], [y, said] if np.isfinite(said) else [y, y])
            self._ring.setData([x], [y])
        else:
            self._drop.setData([], [])
            self._ring.setData([], [])

    def follow(self) -> None:
        """Show all points."""
        super().follow()
        data = self._session.data
        low, high = min(float(data.y.min()), 0.0), max(float(data.y.max()), 0.0)
        room = (high - low or 1.0) * MARGIN
        self.show_range(tuple(self._ends().tolist()), (low - room, high + room))

    def table(self) -> list[list[object]]:
        """Points and what the line says of each."""
        data, sheet = self._session.data, self._session.sheet
        rows = zip(data.x.tolist(), data.y.tolist(), (sheet.a * data.x + sheet.b).tolist(), strict=True)
        return [["x", "y", "pred"], *map(list, rows)]

    def _ends(self) -> np.ndarray:
        x = self._session.data.x
        room = (x.max() - x.min()) * MARGIN
        return np.array([x.min() - room, x.max() + room])
