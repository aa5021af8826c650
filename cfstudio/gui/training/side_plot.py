"""A small plot below the errors: learning rate, gradient or factor lengths over the same steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QWheelEvent

from cfstudio.gui.plot_axes import dress_axes
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.curve import thin
from cfstudio.gui.training.rmse_axes import RmseAxis
from cfstudio.gui.zoom import fit_to_zoom, is_left_to_zoom

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cfstudio.gui.training.measured import Measured
    from cfstudio.ratings.table import FloatArray

Side = Literal["", "rate", "gradient", "factors"]
TITLES: dict[Side, str] = {
    "": "Nothing",
    "rate": "Learning rate",
    "gradient": "Gradient length",
    "factors": "Factor lengths",
}
LINES = ("first", "second")
MOST_POINTS = 1_000


class SidePlot(pg.PlotWidget):  # type: ignore[misc]
    """Shares the x axis of the plot above; its y axis fits what is drawn."""

    def __init__(self, above: pg.PlotWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={"left": RmseAxis("left")})
        self.setObjectName("sidePlot")
        self.setAccessibleName("Nothing below the errors")
        self.kind: Side = ""
        self._curves = [pg.PlotDataItem() for _ in LINES]
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.hideAxis("bottom")
        plot.showGrid(y=True, alpha=0.18)
        plot.getViewBox().setMouseEnabled(x=True, y=False)
        self._legend = pg.LegendItem(offset=(-2, 2), verSpacing=-5, horSpacing=8, colCount=2)
        self._legend.setParentItem(plot.getViewBox())
        for curve in self._curves:
            plot.addItem(curve)
        self.setXLink(above)
        self._above = above
        fit_to_zoom(self, lambda: self.setFixedHeight(self.fontMetrics().height() * 5))
        self.hide()
        self._recolor()

    def show_kind(self, kind: Side) -> None:
        """Choose what is drawn, "" for nothing."""
        self.kind = kind
        self.setVisible(bool(kind))
        self.setAccessibleName(f"{TITLES[kind]} over steps")
        self._legend.clear()
        names = ("Users' factors", "Items' factors") if kind == "factors" else (TITLES[kind],)
        for curve, name in zip(self._curves, names, strict=False):
            self._legend.addItem(curve, name)

    def show_measured(self, measured: Measured) -> None:
        """Draw what has been measured."""
        if not self.kind:
            return
        width = self._above.getPlotItem().getAxis("left").width()
        if self.getPlotItem().getAxis("left").width() != width:
            # The same steps stand above each other.
            self.getPlotItem().getAxis("left").setWidth(width)
        columns: dict[str, tuple[FloatArray, ...]] = {
            "rate": (measured.learning_rates,),
            "gradient": (measured.gradient_norms,),
            "factors": (measured.user_norms, measured.item_norms),
        }
        keep = measured.steps > 0 if self._above.logs_steps else np.ones(len(measured), dtype=np.bool_)
        self.getPlotItem().setLogMode(x=self._above.logs_steps)
        drawn = columns[self.kind]
        for place, curve in enumerate(self._curves):
            y = drawn[place][keep] if place < len(drawn) else np.empty(0)
            curve.setData(*thin(measured.steps[keep][: len(y)], y, MOST_POINTS))

    def _recolor(self) -> None:
        theme = current_theme()
        self.setBackground(QColor(theme.base))
        width = max(1.4, self.fontMetrics().height() * 0.11)
        self._curves[0].setPen(pg.mkPen(QColor(theme.train_curve), width=width))
        self._curves[1].setPen(pg.mkPen(QColor(theme.valid_curve), width=width, dash=[4, 2.5]))
        self._legend.setLabelTextColor(QColor(theme.text))
        self._legend.setLabelTextSize(f"{self.font().pointSizeF():g}pt")
        dress_axes(self, ["left"])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the plot; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors and the font of the program as they change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_legend"):
            self._recolor()
