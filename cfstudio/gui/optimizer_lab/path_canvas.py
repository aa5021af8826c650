"""Paths over a landscape, painted as they grow: a frame costs what is new, not what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QPolygonF, QTransform

from cfstudio.gui.optimizer_lab.contours import contour_picture
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from cfstudio.gui.optimizer_lab.contours import Heights

    Points = NDArray[np.float64]

FAR = 1e6
"""Pixels beyond which a point is not drawn: it burst."""


class HasPoints(Protocol):
    """A path that grows; once it is too long every second of its points goes."""

    @property
    def points(self) -> Points:
        """(n, 2) of (a, b)."""


@dataclass
class _Drawn:
    """How far a path has been painted."""

    path: HasPoints
    pen: QPen
    symbol: str
    mark_size: float
    n: int = 0
    length: float = 0.0
    """In pixels, so that dashes go on where they ended."""


class PathCanvas(pg.GraphicsObject):  # type: ignore[misc]
    """An item of a plot that keeps a picture of landscape and paths in the pixels of the screen."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__()
        self._plot = plot
        self._heights: Heights | None = None
        self._minimum: tuple[float, float] | None = None
        self._paths: dict[str, _Drawn] = {}
        self._picture: QPixmap | None = None
        view = plot.getPlotItem().getViewBox()
        view.addItem(self, ignoreBounds=True)
        view.sigRangeChanged.connect(lambda *_: self._forget())
        view.sigResized.connect(lambda *_: self._forget())

    def show_surface(self, heights: Heights | None, minimum: tuple[float, float] | None) -> None:
        """Take another landscape, or none."""
        self._heights, self._minimum = heights, minimum
        self.redraw()

    def show_path(self, name: str, path: HasPoints, pen: QPen, symbol: str, mark_size: float) -> None:
        """Draw a path as far as it is; a new path under an old name takes its place."""
        drawn = self._paths.get(name)
        if drawn is None or drawn.path is not path or drawn.pen != pen:
            self._paths[name] = _Drawn(path, pen, symbol, mark_size)
            if drawn is not None:
                self._picture = None
        self.update()

    def keep_only(self, names: set[str]) -> None:
        """Take all other paths away."""
        gone = self._paths.keys() - names
        for name in gone:
            del self._paths[name]
        if gone:
            self.redraw()

    def redraw(self) -> None:
        """Paint everything anew: other colors, another range."""
        self._picture = None
        self.update()

    def boundingRect(self) -> QRectF:
        """What the plot shows."""
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Bring the picture up to date and show it; into files everything is drawn anew, as lines."""
        box = self._plot.getPlotItem().getViewBox().sceneBoundingRect()
        painter.save()
        if widget is None:
            painter.setTransform(QTransform.fromTranslate(box.x(), box.y()) * self._scene_to(painter))
            painter.setClipRect(QRectF(0, 0, box.width(), box.height()))
            self._paint_all(painter, box)
        else:
            painter.resetTransform()
            self._bring_up_to_date(box)
            assert self._picture is not None
            painter.drawPixmap(box.topLeft(), self._picture)
            painter.setClipRect(box)
            painter.translate(box.topLeft())
        self._paint_marks(painter, box)
        painter.restore()

    def _scene_to(self, painter: QPainter) -> QTransform:
        inverse, _ = self.sceneTransform().inverted()
        placed: QTransform = inverse * painter.transform()
        return placed

    def _forget(self) -> None:
        self.prepareGeometryChange()
        self._picture = None

    def _bring_up_to_date(self, box: QRectF) -> None:
        ratio = self._plot.devicePixelRatioF()
        size = (box.size() * ratio).toSize().expandedTo(QSize(1, 1))
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(current_theme().color("base"))
            with QPainter(self._picture) as painter:
                self._paint_all(painter, box)
        else:
            with QPainter(self._picture) as painter:
                self._paint_new(painter, box)

    def _paint_all(self, painter: QPainter, box: QRectF) -> None:
        if self._heights is not None:
            (low_a, high_a), (low_b, high_b) = self._plot.getPlotItem().getViewBox().viewRange()
            picture = contour_picture(self._heights, (low_a, high_a), (low_b, high_b))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(0, 0, box.width(), box.height()), picture)
        for drawn in self._paths.values():
            drawn.n, drawn.length = 0, 0.0
        self._paint_new(painter, box)

    def _paint_new(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for drawn in self._paths.values():
            points = drawn.path.points
            if len(points) < drawn.n:
                # It was thinned: what is on the picture stays right.
                drawn.n = (drawn.n + 1) // 2
            if len(points) <= drawn.n:
                continue
            pixels = self._pixels(points[max(drawn.n - 1, 0) :], box)
            drawn.n = len(points)
            if len(pixels) < 2:
                continue
            pen = QPen(drawn.pen)
            if pen.style() == Qt.PenStyle.CustomDashLine:
                pen.setDashOffset(drawn.length / pen.widthF())
                drawn.length += float(np.hypot(*np.diff(pixels, axis=0).T).sum())
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in pixels.tolist()]))

    def _paint_marks(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._minimum is not None:
            self._paint_mark(painter, np.array([self._minimum]), box, "x", 11.0, QPen(current_theme().color("text")))
        for drawn in self._paths.values():
            self._paint_mark(painter, drawn.path.points[-1:], box, drawn.symbol, drawn.mark_size, drawn.pen)

    def _paint_mark(self, painter: QPainter, point: Points, box: QRectF, symbol: str, size: float, pen: QPen) -> None:
        for x, y in self._pixels(point, box).tolist():
            shape = Symbols[symbol] * QTransform.fromScale(size, size) * QTransform.fromTranslate(x, y)
            painter.setBrush(pen.color())
            painter.drawPath(shape)

    def _pixels(self, points: Points, box: QRectF) -> Points:
        """(m, 2) pixels of those points that are anywhere near, without those on the pixel before."""
        (low_a, high_a), (low_b, high_b) = self._plot.getPlotItem().getViewBox().viewRange()
        scale = np.array([box.width() / (high_a - low_a), -box.height() / (high_b - low_b)])
        with np.errstate(over="ignore", invalid="ignore"):
            pixels: Points = (points - np.array([low_a, high_b])) * scale
            pixels = pixels[(np.abs(pixels) < FAR).all(axis=1)]
        if len(pixels) > 2:
            moved = np.ones(len(pixels), dtype=bool)
            moved[1:] = (np.diff(np.floor(pixels * 2), axis=0) != 0).any(axis=1)
            pixels = pixels[moved]
        return pixels
