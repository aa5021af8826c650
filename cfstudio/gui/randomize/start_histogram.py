"""A histogram of the predictions that a start gives, over a band that shows where ratings can lie."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.plot_axes import dress_axes
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.plot_picture import write_png, write_svg

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray, RatingScale

N_BARS = 48
MARGIN = 0.04
"""Part of the width kept free at both ends."""
HEADROOM = 1.28
"""Height of the plot over the highest bar: the names of band and line stand there."""


class StartHistogram(pg.PlotWidget):  # type: ignore[misc]
    """Bars of equal width over predictions and rating scale; the numbers and the picture can be taken along."""

    def __init__(self, scale: RatingScale, mean_rating: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("startHistogram")
        self.setAccessibleName("Histogram of the predictions of this start")
        self.setToolTip("Predictions of the training cells with these numbers; right-click to copy or save")
        self._scale, self._mean_rating = scale, mean_rating
        self.counts: FloatArray = np.zeros(0)
        self.edges: FloatArray = np.zeros(1)
        self._bars = pg.BarGraphItem(x0=[0.0], x1=[0.0], height=[0.0])
        self._band = pg.LinearRegionItem((scale.low, scale.high), movable=False)
        self._mean = pg.InfiniteLine(mean_rating, angle=90)
        self._names = [pg.TextItem(anchor=(0.5, 0.0)), pg.TextItem()]
        self.menu = self._make_menu()
        self._arrange()
        self._recolor()

    def _arrange(self) -> None:
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.disableAutoRange()
        plot.hideAxis("left")
        for item in (self._band, self._bars, self._mean, *self._names):
            plot.addItem(item, ignoreBounds=True)
        for item in (self._mean, self._names[1]):
            item.setVisible(math.isfinite(self._mean_rating))
        self._names[0].setText(f"rating scale {self._scale.low:g} to {self._scale.high:g}")
        self._names[1].setText(f"mean rating {self._mean_rating:.2f}")
        self.setMinimumHeight(self.fontMetrics().height() * 12)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 50)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu.popup(self.mapToGlobal(place)))

    def show_predictions(self, predictions: FloatArray) -> None:
        """Draw (n,) predictions in rating points."""
        finite = predictions[np.isfinite(predictions)]
        ends = [self._scale.low, self._scale.high, *(finite.min(), finite.max())] if len(finite) else [0.0, 1.0]
        low, high = float(min(ends)), float(max(ends))
        self.counts, self.edges = np.histogram(finite, bins=N_BARS, range=(low, high))
        self._bars.setOpts(x0=self.edges[:-1], x1=self.edges[1:], height=self.counts)
        top = HEADROOM * max(int(self.counts.max()), 1)
        pad = MARGIN * (high - low)
        self.setRange(xRange=(low - pad, high + pad), yRange=(0.0, top), padding=0.0, disableAutoRange=True)
        self._names[0].setPos((self._scale.low + self._scale.high) / 2, top)
        self._names[1].setPos(self._mean_rating, top / HEADROOM * (1 + (HEADROOM - 1) / 2))
        # Beside the line, on the side with more room.
        self._names[1].setAnchor((1.0 if self._mean_rating > (low + high) / 2 else 0.0, 0.0))

    def rows(self) -> list[list[object]]:
        """The bars as a table, its header first."""
        rows: list[list[object]] = [["from", "to", "predictions"]]
        ends = zip(self.edges[:-1].tolist(), self.edges[1:].tolist(), self.counts.tolist(), strict=True)
        rows.extend([low, high, int(count)] for low, high, count in ends)
        return rows

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        csv = partial(self._save, "start.csv", "CSV files (*.csv)")
        menu.addAction("Copy the numbers", lambda: copy_rows(self.rows()))
        menu.addAction("Save the numbers as CSV…", lambda: csv(lambda path: write_csv(path, self.rows())))
        menu.addSeparator()
        png = partial(self._save, "start.png", "PNG pictures (*.png)", partial(write_png, self))
        svg = partial(self._save, "start.svg", "SVG drawings (*.svg)", partial(write_svg, self, title="Start"))
        menu.addAction("Save the picture as PNG…", png)
        menu.addAction("Save the picture as SVG…", svg)
        return menu

    def _save(self, name: str, kind: str, write: object) -> None:
        ask_and_save(self, name, kind, write)  # type: ignore[arg-type]

    def _recolor(self) -> None:
        theme = current_theme()
        self.setBackground(QColor(theme.base))
        band = QColor(theme.baseline)
        band.setAlphaF(0.16)
        self._band.setBrush(band)
        for line in self._band.lines:
            line.setPen(pg.mkPen(QColor(theme.baseline), width=1))
        bars = QColor(theme.train_curve)
        bars.setAlphaF(0.85)
        self._bars.setOpts(brush=bars, pen=pg.mkPen(QColor(theme.base), width=0.5))
        self._mean.setPen(pg.mkPen(QColor(theme.text), width=1.5, dash=[4, 3]))
        for name in self._names:
            name.setColor(QColor(theme.text))
            name.setFont(self.font())
        dress_axes(self, ["bottom"])

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors and the font of the program as they change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "menu"):
            self._recolor()
