"""The effective learning rate of each weight in the rows of the epoch shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from cfstudio.gui.optimizer_lab.lab_plot import LabPlot
from cfstudio.gui.theme import current_theme
from cfstudio.optimizer_lab.microscope import effective_rate

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

MOST_ROWS = 400
"""The newest rows that are drawn."""
LOWEST, HIGHEST = 1e-15, 1e15
LEGEND_ROOM = 0.2
"""Part of the height kept free above the curves."""
STYLES = {
    "a": ("slope a", "train_curve", Qt.PenStyle.SolidLine, "o"),
    "b": ("intercept b", "valid_curve", Qt.PenStyle.DashLine, "s"),
}


class RatePlot(LabPlot):
    """What each row multiplied the gradient of a, and of b, by: equal for plain methods, apart for adaptive ones."""

    def __init__(self, session: LabSession) -> None:
        tip = "What a step is per gradient: a solid with circles, b dashed with squares. Equal for plain methods."
        super().__init__("labRatePlot", "Effective learning rates", tip, ("row", "rate"))
        self._session = session
        self._curves = {weight: pg.PlotDataItem(symbol=style[3], symbolSize=5) for weight, style in STYLES.items()}
        self._legend = pg.LegendItem(offset=(-4, 2), colCount=2, horSpacing=8)
        self._legend.setParentItem(self.getPlotItem().getViewBox())
        for weight, curve in self._curves.items():
            self.getPlotItem().addItem(curve, ignoreBounds=True)
            self._legend.addItem(curve, STYLES[weight][0])
        self.getPlotItem().setLogMode(y=True)

    def recolor(self) -> None:
        """Theme colors."""
        theme = current_theme()
        for weight, curve in self._curves.items():
            _, color, style, _ = STYLES[weight]
            curve.setPen(QPen(theme.color(color), 0, style))
            curve.setSymbolBrush(theme.color(color))
            curve.setSymbolPen(None)
        self._legend.setLabelTextSize(f"{self.font().pointSizeF():.1f}pt")
        self._legend.setLabelTextColor(theme.color("text"))
        for _, label in self._legend.items:
            label.setText(label.text)

    def show_data(self) -> None:
        """Another page."""
        self.recolor()
        self.follows = True
        self.refresh()

    def refresh(self) -> None:
        """Draw the rates of the newest rows."""
        for weight, curve in self._curves.items():
            rows, rates = self._rates(weight)
            curve.setData(rows, np.clip(rates, LOWEST, HIGHEST))
        if self.follows:
            self.follow()

    def follow(self) -> None:
        """Fit the axes to both curves."""
        super().follow()
        n_rows, n_run = len(self._session.sheet.order), len(self._session.sheet.rows)
        rates = np.concatenate([self._rates(weight)[1] for weight in STYLES])
        rates = rates[rates > 0]
        rates = np.clip(rates, LOWEST, HIGHEST) if len(rates) else np.array([self._session.page.settings.learning_rate])
        low, high = np.floor(np.log10(rates.min()) - 0.1), np.ceil(np.log10(rates.max()) + 0.1)
        y = (low, high + LEGEND_ROOM * (high - low))
        self.show_range((max(0.0, min(n_run, n_rows) - MOST_ROWS), float(max(min(n_rows, MOST_ROWS), n_run) + 1)), y)

    def table(self) -> list[list[object]]:
        """Rates row by row."""
        lines = [(weight, row, rate) for weight in STYLES for row, rate in zip(*self._rates(weight), strict=True)]
        return [["weight", "row", "rate"], *([weight, int(row), float(rate)] for weight, row, rate in lines)]

    def _rates(self, weight: str) -> tuple[np.ndarray, np.ndarray]:
        sheet = self._session.sheet
        places = range(max(0, len(sheet.rows) - MOST_ROWS), len(sheet.rows))
        found = [(place + 1, effective_rate(sheet, place, weight)) for place in places]
        steps = np.array([(row, rate) for row, rate in found if rate is not None and np.isfinite(rate)], dtype=float)
        return tuple(steps.reshape(-1, 2).T)  # type: ignore[return-value]
