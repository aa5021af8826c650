"""The canvas of the RMSE plot: axes that follow the data, legend, cursor, mouse and keys."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cfstudio.gui.plot_axes import dress_axes
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.plot_marks import PlotMarks
from cfstudio.gui.training.rmse_axes import CountAxis, EpochAxis, RmseAxis, round_end, round_range
from cfstudio.gui.training.run_curves import RunCurves
from cfstudio.gui.zoom import is_left_to_zoom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtCore import QPointF, QRect

    from cfstudio.gui.training.plot_marks import Line, Overlay
    from cfstudio.ratings.table import FloatArray

MOST_POINTS = 2_000
WHOLE_RUN = 20_000
"""Planned steps up to which the whole run has its place from the start: calmer, and moving axes cost a frame."""
NAME_ROOM = 0.12
NAME_LINES, MOST_NAME_ROOM = 1.25, 0.35
"""Height of a name with what is around it, in lines of text, and the part of the plot that it may take at most."""
LEGEND_ROOM = 0.16
"""Part of the height kept free above the curves."""


class RmseCanvas(pg.PlotWidget):  # type: ignore[misc]
    """A plot of RMSE over steps whose axes follow the data until a person pans or zooms."""

    hovered = Signal(object)
    """The step under the mouse, None where there is none."""
    cursor_moved = Signal(int)
    """Left or right arrow: by how many points the cursor is to move."""

    def __init__(self, parent: QWidget | None = None) -> None:
        epochs = EpochAxis("top", "epoch")
        axes = {"left": RmseAxis("left"), "bottom": CountAxis("bottom", "step"), "top": epochs}
        super().__init__(parent, axisItems=axes)
        self._epochs = epochs
        self.setObjectName("rmsePlot")
        self.marks = PlotMarks(self.getPlotItem())
        self._curves = RunCurves(self.getPlotItem())
        self._cursor = pg.InfiniteLine(angle=90)
        self._log = self._log_x = False
        self._following = True
        self._ranges = ((0.0, 1.0), (0.0, 1.0))
        """Of the axes when they last followed the data."""
        self._last_step = 0.0
        self._planned = 1.0
        self._steps_per_epoch = 1.0
        self._arrange()
        self._recolor()

    def _arrange(self) -> None:
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.disableAutoRange()
        plot.getViewBox().sigRangeChangedManually.connect(self._stop_following)
        plot.getViewBox().sigResized.connect(self._follow_size)
        plot.addItem(self._cursor, ignoreBounds=True)
        self._cursor.hide()
        self._show_epochs()
        plot.layout.setContentsMargins(2, 2, self.fontMetrics().horizontalAdvance("100,000") // 2, 2)
        for side in ("bottom", "top"):
            plot.getAxis(side).setStyle(hideOverlappingLabels=4 * self.fontMetrics().height())
        for side in ("left", "bottom", "top"):
            # The ticks of the third level have no number, and take longer than all the rest of an axis.
            plot.getAxis(side).setStyle(maxTickLevel=1)
        plot.showGrid(y=True, alpha=0.18)
        self._legend = pg.LegendItem(offset=(-2, 2), verSpacing=-5, horSpacing=8, colCount=3)
        self._legend.layout.setContentsMargins(4, 0, 4, 0)
        self._legend.setParentItem(plot.getViewBox())
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    @property
    def is_log(self) -> bool:
        """Whether RMSE is on a logarithmic axis."""
        return self._log

    def set_log(self, log: bool) -> None:
        """Put RMSE on a logarithmic or a linear axis."""
        self._log = log
        self._follow_logs()

    @property
    def logs_steps(self) -> bool:
        """Whether the steps are on a logarithmic axis."""
        return self._log_x

    def set_log_steps(self, log: bool) -> None:
        """Put the steps on a logarithmic or a linear axis; the start, step 0, has no place on the former."""
        if log != self._log_x:
            self._log_x = log
            self._follow_logs()

    def _follow_logs(self) -> None:
        self.getPlotItem().setLogMode(x=self._log_x, y=self._log)
        self.marks.set_log(self._log_x, self._log)
        self._curves.set_log_steps(self._log_x)
        self._show_epochs()
        if self._curves.have_data:
            self._draw(fine=True)
        self.follow(again=True)

    def set_smoothing(self, weight: float) -> None:
        """Weight of the past in the exponential moving average, 0 for none."""
        self._curves.set_smoothing(weight)
        self._recolor()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw levels to beat."""
        self.marks.set_lines(lines)
        self.follow()

    def drawn_area(self) -> tuple[QRect, list[QRect]]:
        """Where curves are drawn, and the places in it of lines and names, in the widget's coordinates."""
        legend = [self._legend.sceneBoundingRect()] if self._legend.items else []
        places = [*self.marks.line_places(), *legend]
        area, *taken = (
            self.mapFromScene(one).boundingRect()
            for one in (self.getPlotItem().getViewBox().sceneBoundingRect(), *places)
        )
        return area, taken

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw the curves of other runs."""
        self.marks.set_overlays(overlays)
        self._list_curves()
        self.follow()

    def set_plan(self, total_steps: float, steps_per_epoch: float) -> None:
        """How far the run is to go, which is how far the x axis goes at most, and how long an epoch is."""
        # What was measured of an epoch's length differs in the last digits, and each change draws an axis anew.
        plan = round(max(total_steps, 1.0), 3), round(steps_per_epoch, 6)
        if plan == (self._planned, self._steps_per_epoch):
            return
        self._planned, self._steps_per_epoch = plan
        self._epochs.setScale(1.0 / max(steps_per_epoch, 1.0))
        self._show_epochs()

    def _show_epochs(self) -> None:
        is_shown = self._steps_per_epoch > 1 and not self._log_x
        if is_shown != self._epochs.isVisible():
            self.getPlotItem().showAxis("top", is_shown)

    def show_curves(self, steps: FloatArray, curves: Mapping[str, FloatArray], *, fine: bool = True) -> None:
        """Draw the measured points of the named curves.

        `fine` smooths the edges of the lines, which costs three times as much.
        """
        self._curves.set_data(steps, curves)
        self._last_step = float(steps[-1]) if len(steps) else 0.0
        self._draw(fine=fine)
        self.follow()

    def show_cursor(self, step: float | None) -> None:
        """Put the vertical line at a step, or take it away."""
        shown = step is not None and (step > 0 or not self._log_x)
        self._cursor.setVisible(shown)
        if step is not None and shown:
            self._cursor.setPos(math.log10(step) if self._log_x else step)

    def make_room(self, steps: FloatArray, curves: Mapping[str, FloatArray]) -> bool:
        """Where these points need other axes make them, and leave the points to `show_curves`; returns whether so."""
        has_drawn = self._curves.have_data
        self._curves.set_data(steps, curves)
        self._last_step = float(steps[-1])
        is_needed = self._following and has_drawn and self._wanted_ranges() != self._ranges
        if is_needed:
            self.follow()
        return is_needed

    def _wanted_ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return self._x_range(), self._y_range()

    def _x_range(self) -> tuple[float, float]:
        x_end = self._planned if self._planned <= WHOLE_RUN else round_end(self._last_step, self._planned)
        return (0.0, math.log10(max(x_end, 10.0))) if self._log_x else (0.0, x_end)

    def follow(self, again: bool = False) -> None:
        """Fit the axes to the data, unless a person has chosen a range; `again` takes that choice back."""
        self._following |= again
        if self._following:
            self._ranges = x_range, y_range = self._wanted_ranges()
            self.setRange(xRange=x_range, yRange=y_range, padding=0.0, disableAutoRange=True)

    def _y_range(self) -> tuple[float, float]:
        values = np.concatenate([self._curves.values(), self.marks.levels, self.marks.overlay_values()])
        values = values[np.isfinite(values) & (values > 0)]
        if not len(values):
            return (0.0, 1.0)
        if len(values) == 1:
            # Nothing but the baseline: leave room below it.
            values = np.array([0.5, 1.2]) * values
        low, high = (float(np.log10(value) if self._log else value) for value in (values.min(), values.max()))
        levels = [math.log10(level) if self._log else level for level in self.marks.levels]
        span, name = high - low, self._name_room()
        # Names stand below and above their lines.
        low = min([low, *(level - max(NAME_ROOM, name) * span for level in levels)])
        return round_range(low, max([high + LEGEND_ROOM * span, *(level + name * span for level in levels)]))

    def _name_room(self) -> float:
        """Height of a name in parts of what is between the lowest and the highest value."""
        height = float(self.getPlotItem().getViewBox().height())
        part: float = min(NAME_LINES * self.fontMetrics().height() / max(height, 1.0), MOST_NAME_ROOM)
        return part / (1 - 2 * part)

    def _draw(self, *, fine: bool) -> None:
        self._curves.draw(max(200, min(MOST_POINTS, 2 * self.width())), fine=fine)
        self._list_curves()

    def _list_curves(self) -> None:
        """Name in the legend what is to be seen."""
        wanted = [*self._curves.named, *self.marks.overlays]
        if [(sample.item, label.text) for sample, label in self._legend.items] == wanted:
            return
        self._legend.clear()
        for curve, label in wanted:
            self._legend.addItem(curve, label)

    def _recolor(self) -> None:
        theme = current_theme()
        self.setBackground(QColor(theme.base))
        width = max(1.6, self.fontMetrics().height() * 0.14)
        self._curves.recolor(width)
        self.marks.recolor(width)
        self._cursor.setPen(pg.mkPen(QColor(theme.muted_text), width=1))
        ground = QColor(theme.base)
        ground.setAlphaF(0.6)
        self._legend.setBrush(ground)
        self._legend.setLabelTextColor(QColor(theme.text))
        self._legend.setLabelTextSize(f"{self.font().pointSizeF():g}pt")
        dress_axes(self, ("left", "bottom", "top"))
        if self._curves.have_data:
            self._draw(fine=True)

    def _follow_size(self) -> None:
        """Names of levels need another part of another height."""
        self.follow()

    def _stop_following(self) -> None:
        self._following = False

    def _on_mouse_moved(self, place: QPointF) -> None:
        view = self.getPlotItem().getViewBox()
        inside = view.sceneBoundingRect().contains(place)
        x = view.mapSceneToView(place).x()
        self.hovered.emit((10**x if self._log_x else x) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the cursor away with the mouse."""
        self.hovered.emit(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Follow the data again."""
        self.follow(again=True)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor with the arrow keys."""
        move = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        else:
            self.cursor_moved.emit(move)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the plot; with Ctrl the window zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colors and the font of the program as they change."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and hasattr(self, "_legend"):
            self._recolor()
