"""The loss over the learning rate, with a line at the rate that would be used: drag it to choose another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent

from cfstudio.gui.plot_axes import dress_axes
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.rmse_axes import RmseAxis, Ticks
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cfstudio.learning.rate_finder import RateCurve

KEY_STEP = 0.05
"""Decades that an arrow key moves the line."""


class DecadeAxis(RmseAxis):
    """Ticks at powers of ten: there is no room for more over six decades."""

    def tickValues(self, low: float, high: float, size: float) -> Ticks:  # noqa: ARG002
        """Whole numbers, in the coordinates of the logarithmic axis."""
        return [(1.0, [float(decade) for decade in range(math.ceil(low), math.floor(high) + 1)])]


class RateCanvas(pg.PlotWidget):  # type: ignore[misc]
    """Learning rate on a logarithmic axis, RMSE of the batches on the other."""

    chosen = Signal(float)
    """The line was moved to this rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"left": RmseAxis("left"), "bottom": DecadeAxis("bottom")})
        self.setObjectName("ratePlot")
        self.setAccessibleName("Error of the batches over the learning rate")
        self.setAccessibleDescription("Left and right arrow move the chosen learning rate")
        self._curve = pg.PlotDataItem(name="loss")
        self._steepest = pg.PlotDataItem(pen=None, symbol="t", name="steepest")
        self._line = pg.InfiniteLine(angle=90, movable=True)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setLogMode(x=True)
        plot.showGrid(x=True, y=True, alpha=0.18)
        plot.setLabel("bottom", "learning rate")
        plot.setLabel("left", "RMSE of the batches, smoothed")
        for item in (self._curve, self._steepest, self._line):
            plot.addItem(item, ignoreBounds=item is self._line)
        self._line.hide()
        self._line.sigPositionChanged.connect(lambda line: self.chosen.emit(10 ** float(line.value())))
        self._recolor()

    def show_curve(self, curve: RateCurve) -> None:
        """Draw a sweep."""
        rmse = np.sqrt(curve.losses)
        self._curve.setData(curve.rates, rmse)
        at = np.flatnonzero(curve.rates == (math.nan if curve.steepest is None else curve.steepest))
        self._steepest.setData(curve.rates[at], rmse[at])
        self.getPlotItem().getViewBox().autoRange()

    def show_rate(self, rate: float | None) -> None:
        """Put the line at a rate, or take it away."""
        self._line.setVisible(rate is not None)
        if rate is not None:
            self._line.blockSignals(True)
            self._line.setPos(math.log10(rate))
            self._line.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the line with the arrow keys."""
        move = {Qt.Key.Key_Left: -KEY_STEP, Qt.Key.Key_Right: KEY_STEP}.get(Qt.Key(event.key()))
        if move is None or not self._line.isVisible():
            super().keyPressEvent(event)
        else:
            self._line.setPos(self._line.value() + move)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the plot; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors and the font of the program as they change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_line"):
            self._recolor()

    def _recolor(self) -> None:
        theme = current_theme()
        width = max(1.6, self.fontMetrics().height() * 0.14)
        self.setBackground(QColor(theme.base))
        self._curve.setPen(pg.mkPen(QColor(theme.train_curve), width=width))
        self._steepest.setSymbolBrush(QColor(theme.base))
        self._steepest.setSymbolPen(pg.mkPen(QColor(theme.train_curve), width=width))
        self._line.setPen(pg.mkPen(QColor(theme.valid_curve), width=width, dash=[4, 2.5]))
        self._line.setHoverPen(pg.mkPen(QColor(theme.valid_curve), width=2 * width))
        dress_axes(self, ("left", "bottom"))
