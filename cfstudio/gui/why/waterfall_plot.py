"""The picture of a prediction: bars from term to term, downward, with their numbers and signs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.keyed_model import points, stars
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.plot_picture import write_png, write_svg
from cfstudio.gui.why.waterfall_steps import Explained
from cfstudio.gui.zoom import fit_to_zoom, is_left_to_zoom

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HALF_BAR = 0.32
ROOM = 0.12
"""Part of the range left free at both ends; numbers stand there."""
FEWEST_LINES, AXIS_LINES = 5, 2
TIP = "What each term adds, from the top down. Right-click to copy or save."


class WaterfallPlot(pg.PlotWidget):  # type: ignore[misc]
    """Draws what `show_steps` is given; items are kept, so that a running training only moves them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("waterfallPlot")
        self.setAccessibleName("Waterfall of the prediction")
        self.setToolTip(TIP)
        self._shown: Explained | None = None
        self._title = ""
        self._bars = pg.BarGraphItem(x0=[], y=[], width=[], height=2 * HALF_BAR)
        self._links = pg.PlotCurveItem()
        self._ends = {"prediction": pg.InfiniteLine(angle=90), "rating": pg.InfiniteLine(angle=90)}
        self._numbers: list[pg.TextItem] = []
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.disableAutoRange()
        plot.setMouseEnabled(x=False, y=False)
        for item in (self._links, *self._ends.values(), self._bars):
            plot.addItem(item, ignoreBounds=True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu().popup(self.mapToGlobal(place)))
        fit_to_zoom(self, self._fit)

    def show_steps(self, explained: Explained, title: str) -> None:
        """Draw the bars of a cell."""
        labels_stay = self._shown is not None and _labels(self._shown) == _labels(explained)
        self._shown, self._title = explained, title
        self._claim_height()
        self.setAccessibleDescription(explained.spoken())
        self._draw(labels_stay=labels_stay)

    def table(self) -> list[list[object]]:
        """Header and rows of what is drawn."""
        return [] if self._shown is None else self._shown.table()

    def menu(self) -> QMenu:
        """What can be taken along."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the numbers", lambda: copy_rows(self.table()))
        menu.addAction("Save the numbers as CSV…", partial(self._save, "csv", "CSV files (*.csv)", self.write_csv))
        menu.addSeparator()
        png, svg = partial(write_png, self), partial(write_svg, self, title=self._title)
        menu.addAction("Save the picture as PNG…", partial(self._save, "png", "PNG pictures (*.png)", png))
        menu.addAction("Save the picture as SVG…", partial(self._save, "svg", "SVG drawings (*.svg)", svg))
        return menu

    def write_csv(self, path: Path) -> None:
        """Save the numbers. Raises OSError."""
        write_csv(path, self.table())

    def _save(self, suffix: str, kind: str, write: Callable[[Path], None]) -> None:
        ask_and_save(self, f"prediction.{suffix}", kind, write)

    def _draw(self, *, labels_stay: bool = False) -> None:
        if self._shown is None:
            return
        theme, steps = current_theme(), self._shown.steps
        before, after = (np.array([getattr(one, name) for one in steps]) for name in ("before", "after"))
        ys = -np.arange(len(steps), dtype=float)
        brushes = [theme.color("train_curve" if one.after >= one.before else "valid_curve") for one in steps]
        self._bars.setOpts(
            x0=np.minimum(before, after),
            width=np.abs(after - before),
            y=ys,
            height=2 * HALF_BAR,
            brushes=brushes,
            pen=None,
        )
        xs, link_ys = np.repeat(after[:-1], 2), np.repeat(ys, 2)[1:-1]
        self._links.setData(xs, link_ys, connect="pairs")
        for name, value in (("prediction", self._shown.prediction), ("rating", self._shown.rating)):
            self._ends[name].setVisible(bool(np.isfinite(value)))
            self._ends[name].setPos(value if np.isfinite(value) else 0.0)
        low, high = self._fit_range(before, after)
        self._write_numbers(low, high)
        if not labels_stay:
            axis = self.getPlotItem().getAxis("left")
            axis.setTicks([[(y, one.label) for y, one in zip(ys.tolist(), steps, strict=True)]])
            widest = max((self.fontMetrics().horizontalAdvance(one.label) for one in steps), default=0)
            axis.setWidth(widest + self.fontMetrics().height())

    def _fit_range(self, before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
        """From the global mean on: a bar from nothing to it would leave no room for the others."""
        assert self._shown is not None
        starts_at_mean = bool(self._shown.steps) and self._shown.steps[0].label == "global mean"
        levels = [*after.tolist(), self._shown.prediction, *([] if starts_at_mean else before.tolist())]
        if np.isfinite(self._shown.rating):
            levels.append(self._shown.rating)
        low, high = min(levels), max(levels)
        spread = max(high - low, 0.2)
        low, high = low - ROOM * spread, high + 2 * ROOM * spread
        self.setRange(
            xRange=(low, high), yRange=(0.6 - len(self._shown.steps), 0.6), padding=0.0, disableAutoRange=True
        )
        return low, high

    def _write_numbers(self, low: float, high: float) -> None:
        """Beside each bar, on the side where there is room."""
        assert self._shown is not None
        steps, theme = self._shown.steps, current_theme()
        view, margin = self.getPlotItem().getViewBox(), self.fontMetrics().height()
        while len(self._numbers) < len(steps):
            text = pg.TextItem()
            text.setFont(self.font())
            self._numbers.append(text)
            self.getPlotItem().addItem(text, ignoreBounds=True)
        for place, text in enumerate(self._numbers):
            text.setVisible(place < len(steps))
            if place < len(steps):
                one = steps[place]
                right = max(one.before, one.after)
                needed = (self.fontMetrics().horizontalAdvance(one.text) + margin) / max(view.width(), 1.0)
                fits = right + needed * (high - low) < high
                text.setText(one.text, color=theme.color("text"))
                text.setAnchor((0.0, 0.5) if fits else (1.0, 0.5))
                text.setPos(right if fits else max(min(one.before, one.after), low), -place)

    def _fit(self) -> None:
        for text in self._numbers:
            text.setFont(self.font())
        for side in ("left", "bottom"):
            self.getPlotItem().getAxis(side).setTickFont(self.font())
        self._claim_height()
        self._recolor()

    def _claim_height(self) -> None:
        """A line of text for each bar, or labels would lie on each other; a smaller dock scrolls."""
        n_lines = max(FEWEST_LINES, 0 if self._shown is None else len(self._shown.steps)) + AXIS_LINES
        self.setMinimumHeight(round(self.fontMetrics().height() * n_lines))

    def _recolor(self) -> None:
        theme, plot = current_theme(), self.getPlotItem()
        self.setBackground(theme.color("base"))
        for side, color in (("left", "text"), ("bottom", "muted_text")):
            plot.getAxis(side).setPen(QPen(theme.color("mid"), 1))
            plot.getAxis(side).setTextPen(theme.color(color))
        self._links.setPen(QPen(theme.color("muted_text"), 0, Qt.PenStyle.DotLine))
        self._ends["prediction"].setPen(QPen(theme.color("text"), 0))
        self._ends["rating"].setPen(QPen(theme.color("warning"), 0, Qt.PenStyle.DashLine))
        self._draw()

    def legend(self) -> str:
        """What the two vertical lines are."""
        if self._shown is None:
            return ""
        line = f"Solid line: predicted {points(self._shown.prediction)}."
        return line + (f" Dashed: rated {stars(self._shown.rating)}." if np.isfinite(self._shown.rating) else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Numbers change sides where they have more or less room."""
        super().resizeEvent(event)
        if hasattr(self, "_numbers"):
            self._draw(labels_stay=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the program zooms; else whatever is around this scrolls."""
        if not is_left_to_zoom(event):
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_numbers"):
            self._recolor()


def _labels(explained: Explained) -> list[str]:
    return [one.label for one in explained.steps]
