"""The plot of the map: points, labels, what a click, a hover and a lasso mean, pictures to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QToolTip

from cfstudio.explore.plane import inside
from cfstudio.gui.map.map_box import MapBox
from cfstudio.gui.map.map_marks import MapMarks
from cfstudio.gui.map.point_cloud import PointCloud
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import Zoom, fit_to_zoom, is_left_to_zoom

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPointF

    from cfstudio.ratings.table import FloatArray, IntArray

REACH = 10.0
"""Pixels within which a point is meant."""
MARGIN = 0.06


class BareAxis(pg.AxisItem):  # type: ignore[misc]
    """A line and a name: the units of factors say nothing, and a hundred ticks are slow to draw."""

    def tickValues(self, _low: float, _high: float, _size: float) -> list[tuple[float, list[float]]]:
        """None."""
        return []


class MapPlot(pg.PlotWidget):  # type: ignore[misc]
    """Follows its points until a person moves or zooms it; a double-click follows again."""

    point_clicked = Signal(int)
    """Its code."""
    lasso_closed = Signal(list)
    """Which points it holds, by their places in the arrays."""

    def __init__(self) -> None:
        self.box = MapBox()
        super().__init__(viewBox=self.box, axisItems={side: BareAxis(side) for side in ("left", "bottom")})
        self.setObjectName("mapPlot")
        self.setAccessibleName("Map")
        self.setToolTip("")
        self.places: FloatArray = np.empty((0, 2))
        self.codes: IntArray = np.empty(0, dtype=np.int64)
        self.name: Callable[[int], str] = str
        """What a code is called."""
        self.explain: Callable[[int], str] = str
        """What is said of a code."""
        self.follows = True
        self._axis_texts = ("", "")
        self.cloud, self.marks = PointCloud(), MapMarks(lambda point: self.name(int(self.codes[point])))
        self.marks.setZValue(1)
        plot = self.getPlotItem()
        plot.hideButtons()
        for item in (self.cloud, self.marks):
            # Neither may decide where the axes go.
            self.box.addItem(item, ignoreBounds=True)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._stop_following)
        self.box.lasso_moved.connect(self._draw_lasso)
        self.box.lasso_closed.connect(self._close_lasso)
        self.scene().sigMouseClicked.connect(self._on_click)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(showValues=False, tickLength=0)
        self.box.sigResized.connect(self._fit_if_following)
        fit_to_zoom(self, self._fit_letters)

    def show_places(self, places: FloatArray, codes: IntArray) -> None:
        """Show (n, 2) places of other points (n,) codes; the caller then sets cloud and marks."""
        self.places = self.marks.places = places
        self.codes = codes
        # Nothing may be painted that points to where another point was.
        self.marks.forget_points()
        self._fit_if_following()

    def clear_points(self) -> None:
        """Show no points."""
        none = np.empty(0, dtype=np.int64)
        self.show_places(np.empty((0, 2)), none)
        self.cloud.set_points(self.places, none, (), None)
        self.marks.update()

    def sizeHint(self) -> QSize:
        """No larger than it must be: the layout gives it the rest."""
        size: QSize = self.minimumSize()
        return size

    def set_axes(self, bottom: str, left: str) -> None:
        """Say what the axes are."""
        if self._axis_texts != (bottom, left):
            self._axis_texts = (bottom, left)
            self.take_theme()

    def follow(self) -> None:
        """Fit the view to the points, now and whenever they move."""
        self.follows = True
        self._fit_if_following()

    def center_on(self, point: int) -> None:
        """Bring a point into view if it is not."""
        x, y = self.places[point].tolist()
        if not self.box.viewRect().contains(x, y):
            (left, right), (low, high) = self.box.viewRange()
            self.follows = False
            across, down = (right - left) / 2, (high - low) / 2
            self.box.setRange(xRange=(x - across, x + across), yRange=(y - down, y + down), padding=0)

    def nearest_point(self, place: QPoint) -> int | None:
        """The point meant by a place of the viewport, None if it is on none."""
        if not len(self.places):
            return None
        where = self.box.mapSceneToView(self.mapToScene(place))
        across, down = self.box.viewPixelSize()
        if not (across > 0 and down > 0):
            return None
        distances = np.hypot((self.places[:, 0] - where.x()) / across, (self.places[:, 1] - where.y()) / down)
        nearest = int(np.argmin(distances))
        return nearest if distances[nearest] <= REACH * self.cloud.zoom else None

    def take_theme(self) -> None:
        """Axes and ground in the theme's colors."""
        theme, size = current_theme(), f"{self.font().pointSizeF():.1f}pt"
        self.setBackground(theme.color("base"))
        for side, text in zip(("bottom", "left"), self._axis_texts, strict=True):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(QPen(theme.color("mid"), 1))
            axis.setLabel(text, **{"color": theme.muted_text, "font-size": size})
            axis.showLabel(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_axis_texts"):
            self.take_theme()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom into the map; with Ctrl the whole program zooms."""
        if not is_left_to_zoom(event):
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the point under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            point = self.nearest_point(event.pos())
            if point is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.explain(int(self.codes[point])), self)
            return True
        return bool(super().viewportEvent(event))

    def _fit_if_following(self) -> None:
        finite = self.places[np.isfinite(self.places).all(axis=1)]
        if not self.follows or not len(finite):
            return
        low, high = finite.min(axis=0), finite.max(axis=0)
        room = np.maximum(high - low, 1e-9) * MARGIN
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0, disableAutoRange=True)

    def _fit_letters(self) -> None:
        metrics = self.fontMetrics()
        self.cloud.zoom = Zoom.of_program().percent / 100
        self.marks.font = self.font()
        self.setMinimumSize(metrics.averageCharWidth() * 24, metrics.height() * 8)
        self.take_theme()

    def _stop_following(self) -> None:
        self.follows = False

    def _on_click(self, event: object) -> None:
        if event.double():  # type: ignore[attr-defined] # pyqtgraph's event
            self.follow()
        elif event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            point = self.nearest_point(self.mapFromScene(event.scenePos()))  # type: ignore[attr-defined]
            if point is not None:
                self.point_clicked.emit(int(self.codes[point]))

    def _draw_lasso(self, corners: list[QPointF]) -> None:
        self.marks.lasso = corners
        self.marks.update()

    def _close_lasso(self, corners: list[QPointF]) -> None:
        self.marks.lasso = []
        self.marks.update()
        polygon = np.array([[corner.x(), corner.y()] for corner in corners])
        chosen: IntArray = np.flatnonzero(inside(self.places, polygon))
        self.lasso_closed.emit(chosen.tolist())
