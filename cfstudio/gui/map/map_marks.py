"""What lies over the points: labels that do not collide, the selected one, lines to its neighbors, the lasso."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from cfstudio.gui.map.device_frame import DeviceFrame
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from cfstudio.ratings.table import FloatArray, IntArray

MOST_LABELS, MOST_TRIES = 40, 160
LONGEST = 30
"""Characters of a label."""


class MapMarks(pg.GraphicsObject):  # type: ignore[misc]
    """Painted in pixels over the plot's whole view; all indexes are those of the points."""

    def __init__(self, name: Callable[[int], str]) -> None:
        super().__init__()
        self._name = name
        self.places: FloatArray = np.empty((0, 2))
        self.important: IntArray = np.empty(0, dtype=np.int64)
        """Points that are labeled as far as there is room, the first ones first."""
        self.selected: int | None = None
        self.neighbors: IntArray = np.empty(0, dtype=np.int64)
        self.lasso: list[QPointF] = []
        self.font = QFont()
        self.placed: list[tuple[int, QRectF]] = []
        """Points that have a label now, and where."""
        self._widths: dict[tuple[str, float], float] = {}

    def forget_points(self) -> None:
        """Mark nothing, until it is said what of other points."""
        self.important = self.neighbors = np.empty(0, dtype=np.int64)
        self.selected = None

    def boundingRect(self) -> QRectF:
        """All of the view."""
        box = self.getViewBox()
        return QRectF() if box is None else QRectF(box.viewRect())

    def viewRangeChanged(self) -> None:
        """The view moved, and the marks with it."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Lines, ring, labels, lasso."""
        box = self.getViewBox()
        if box is None or not len(self.places):
            return
        frame = DeviceFrame.of(painter, box)
        painter.save()
        painter.resetTransform()
        painter.scale(frame.scale, frame.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixels = frame.pixels(self.places) / frame.scale
        rect = QRectF(frame.rect.topLeft() / frame.scale, frame.rect.size() / frame.scale)
        self._draw_neighbors(painter, pixels)
        self._draw_labels(painter, pixels, rect)
        if len(self.lasso) > 1:
            corners = np.array([[point.x(), point.y()] for point in self.lasso])
            self._draw_lasso(painter, frame.pixels(corners) / frame.scale)
        painter.restore()

    def _draw_neighbors(self, painter: QPainter, pixels: FloatArray) -> None:
        if self.selected is None:
            return
        theme, here = current_theme(), QPointF(*pixels[self.selected])
        for rank, other in enumerate(self.neighbors.tolist()):
            color = theme.color("accent")
            color.setAlphaF(max(1.0 - rank / (1.4 * len(self.neighbors)), 0.2))
            painter.setPen(QPen(color, 1.4))
            painter.drawLine(here, QPointF(*pixels[other]))
        radius = QFontMetricsF(self.font).height() * 0.42
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("base"), 4.0))
        painter.drawEllipse(here, radius, radius)
        painter.setPen(QPen(theme.color("text"), 2.0))
        painter.drawEllipse(here, radius, radius)

    def _draw_labels(self, painter: QPainter, pixels: FloatArray, rect: QRectF) -> None:
        metrics = QFontMetricsF(self.font)
        self.placed = place_labels(self._wanted(), pixels, rect, metrics.height(), self._label_width)
        theme = current_theme()
        painter.setFont(self.font)
        ground = theme.color("base")
        ground.setAlpha(205)
        strong = {self.selected, *self.neighbors.tolist()}
        for point, box in self.placed:
            painter.fillRect(box, ground)
            painter.setPen(QColor(theme.text if point in strong else theme.muted_text))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._label(point))

    def _wanted(self) -> list[int]:
        first = [] if self.selected is None else [self.selected, *self.neighbors.tolist()]
        return list(dict.fromkeys([*first, *self.important.tolist()]))

    def _label_width(self, point: int) -> float:
        label = self._label(point)
        key = label, self.font.pointSizeF()
        if key not in self._widths:
            self._widths[key] = QFontMetricsF(self.font).horizontalAdvance(label)
        return self._widths[key]

    def _label(self, point: int) -> str:
        name = self._name(point)
        return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"

    @staticmethod
    def _draw_lasso(painter: QPainter, corners: FloatArray) -> None:
        theme = current_theme()
        painter.setPen(QPen(theme.color("accent"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.color("selection_fill"))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def place_labels(
    wanted: list[int], pixels: FloatArray, rect: QRectF, height: float, width_of: Callable[[int], float]
) -> list[tuple[int, QRectF]]:
    """Boxes for as many of the wanted labels as fit into the view without touching each other, the first ones first."""
    placed: list[tuple[int, QRectF]] = []
    gap, n_tried = height * 0.4, 0
    for point in wanted:
        x, y = pixels[point].tolist()
        if not rect.contains(x, y):
            continue
        n_tried += 1
        if n_tried > MOST_TRIES or len(placed) >= MOST_LABELS:
            break
        width = width_of(point) + gap
        for left in (x + gap, x - gap - width):
            box = QRectF(left, y - height / 2, width, height)
            if rect.contains(box) and not any(box.intersects(other) for _, other in placed):
                placed.append((point, box))
                break
    return placed
