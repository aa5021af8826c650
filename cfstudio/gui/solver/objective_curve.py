"""The objective over the trial solutions, on a logarithmic axis where all of it is above zero."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QMenu, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.plot_axes import dress_axes
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.curve import thin
from cfstudio.gui.training.plot_picture import write_png, write_svg
from cfstudio.gui.training.rmse_axes import WIDE, CountAxis, RmseAxis, Ticks, round_range
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.watch import Trial

MOST_POINTS = 1_000
NARROW = 0.4
"""Decades up to which a logarithmic axis is better off with even steps."""
HEADER: list[object] = [
    "Trial solution", "Objective", "Held-out RMSE", "Gradient norm", "Constraints missed by", "Evaluations",
    "Recalculations", "Seconds",
]  # fmt: skip


class ObjectiveAxis(RmseAxis):
    """Round numbers, on a logarithmic axis also where it spans less than a decade on both sides of 1."""

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        """Where the ticks are, by spacing, in the coordinates of the axis (log10 on a logarithmic one)."""
        if not self.logMode or not NARROW < high - low <= WIDE:
            return super().tickValues(low, high, size)
        decades = range(math.floor(low), math.ceil(high) + 1)
        places = [math.log10(digit) + decade for decade in decades for digit in (1, 1.5, 2, 3, 4, 5, 7)]
        return [(1.0, [place for place in places if low <= place <= high])]


class ObjectiveCurve(pg.PlotWidget):  # type: ignore[misc]
    """Solid the objective, dashed the RMSE of held-out cells where there are some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent, axisItems={"left": ObjectiveAxis("left"), "bottom": CountAxis("bottom", "trial solution")}
        )
        self.setObjectName("solverCurve")
        self.setAccessibleName("Objective over the trial solutions")
        self.setToolTip("The objective at each trial solution; right-click to copy or save")
        self._trials: Sequence[Trial] = ()
        self._table: FloatArray = np.zeros((0, 2))
        self._objective, self._held_out, self._last = pg.PlotDataItem(), pg.PlotDataItem(), pg.PlotDataItem(symbol="o")
        self._legend = pg.LegendItem(offset=(-4, 4), verSpacing=-4)
        self.menu = self._make_menu()
        self._arrange()
        self._recolor()

    def _arrange(self) -> None:
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.disableAutoRange()
        plot.layout.setContentsMargins(2, 2, self.fontMetrics().height(), 2)
        plot.showGrid(y=True, alpha=0.18)
        for item in (self._objective, self._held_out, self._last):
            plot.addItem(item, ignoreBounds=True)
        self._legend.setParentItem(plot.getViewBox())
        self._legend.addItem(self._objective, "Objective")
        self._legend.addItem(self._held_out, "Held-out RMSE")
        self._legend.hide()
        self.setMinimumHeight(self.fontMetrics().height() * 9)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu.popup(self.mapToGlobal(place)))

    def show_trials(self, trials: Sequence[Trial], *, fine: bool = True) -> None:
        """Draw trial solutions; `fine` smooths the edges of the lines."""
        if len(trials) < len(self._table):
            self._table = np.zeros((0, 2))
        new = [(one.objective, one.held_out_rmse) for one in trials[len(self._table) :]]
        self._table = np.concatenate([self._table, np.array(new, dtype=np.float64).reshape(-1, 2)])
        self._trials, table = trials, self._table
        objective, held_out = table.T
        drawn = np.concatenate([objective, held_out])
        drawn = drawn[np.isfinite(drawn)]
        is_log = bool(len(drawn)) and bool((drawn > 0).all())
        places = np.arange(len(table), dtype=np.float64)
        self.getPlotItem().setLogMode(y=is_log)
        self._objective.setData(*thin(places, objective, MOST_POINTS), antialias=fine)
        self._held_out.setData(*thin(places, held_out, MOST_POINTS), antialias=fine)
        self.mark(None)
        self._legend.setVisible(bool(np.isfinite(held_out).any()))
        ends = (float(drawn.min()), float(drawn.max())) if len(drawn) else (0.0, 1.0)
        low, high = (float(np.log10(end)) for end in ends) if is_log else ends
        right = max(10.0, 1.03 * len(table))
        self.setRange(xRange=(0.0, right), yRange=round_range(low, high), padding=0.0, disableAutoRange=True)

    def mark(self, place: int | None) -> None:
        """Put the dot on a trial solution, None the last one."""
        chosen = slice(-1, None) if place is None else slice(place, place + 1)
        self._last.setData(np.arange(len(self._table), dtype=np.float64)[chosen], self._table[chosen, 0])

    def rows(self) -> list[list[object]]:
        """The trial solutions as a table, its header first."""
        rows = [HEADER]
        for one in self._trials:
            slope, missed, cost = one.gradient_norm, one.feasibility, (one.evaluations, one.recalculations)
            rows.append([one.iteration, one.objective, one.held_out_rmse, slope, missed, *cost, one.seconds])
        return rows

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        save = partial(ask_and_save, self)
        menu.addAction("Copy the numbers", lambda: copy_rows(self.rows()))
        menu.addAction(
            "Save the numbers as CSV…",
            lambda: save("solver.csv", "CSV files (*.csv)", lambda path: write_csv(path, self.rows())),
        )
        menu.addSeparator()
        menu.addAction(
            "Save the picture as PNG…", lambda: save("solver.png", "PNG pictures (*.png)", partial(write_png, self))
        )
        menu.addAction(
            "Save the picture as SVG…",
            lambda: save("solver.svg", "SVG drawings (*.svg)", partial(write_svg, self, title="Solver")),
        )
        return menu

    def _recolor(self) -> None:
        theme = current_theme()
        self.setBackground(QColor(theme.base))
        width = max(1.6, self.fontMetrics().height() * 0.14)
        self._objective.setPen(pg.mkPen(QColor(theme.train_curve), width=width))
        self._held_out.setPen(pg.mkPen(QColor(theme.valid_curve), width=width, dash=[4, 2.5]))
        self._last.setSymbolBrush(QColor(theme.train_curve))
        self._last.setSymbolPen(pg.mkPen(QColor(theme.base), width=1))
        self._last.setSymbolSize(width * 4)
        self._legend.setLabelTextColor(QColor(theme.text))
        self._legend.setLabelTextSize(f"{self.font().pointSizeF():g}pt")
        dress_axes(self, ("left", "bottom"))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the plot; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors and the font of the program as they change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "menu"):
            self._recolor()
