"""The points of the map, all stamped into one picture: sixty thousand of them in some milliseconds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from cfstudio.gui.map.device_frame import DeviceFrame, is_drawing
from cfstudio.gui.map.stamps import shape_path, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

    from cfstudio.gui.map.coloring import Look
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray

MANY = 20_000
"""Points from which shapes lose their soft edges."""
DIM = 60
"""Opacity, of 255, of what was not searched for."""


USUAL_AREA = 600.0 * 500.0
"""Pixels of a plot in which points have their full size."""


def point_radius(n_points: int, area: float, zoom: float) -> float:
    """Pixels: large for a lesson's fifteen movies, two for tens of thousands, smaller in a small plot.

    `area` is that of the plot in pixels, `zoom` the letters' size, 1 at 100 %.
    """
    crowd = min(max(9.0 - 1.55 * math.log10(max(n_points, 1)), 1.8), 6.0)
    return zoom * max(crowd * min(math.sqrt(area / USUAL_AREA), 1.0), 1.5)


class PointCloud(pg.GraphicsObject):  # type: ignore[misc]
    """Painted anew at every pan and zoom, always whole, from arrays."""

    def __init__(self) -> None:
        super().__init__()
        self._places: FloatArray = np.empty((0, 2))
        self._classes: IntArray = np.empty(0, dtype=np.int64)
        self._looks: Sequence[Look] = ()
        self._emphasized: BoolArray | None = None
        self._bounds = QRectF()
        self.zoom = 1.0

    def set_points(
        self, places: FloatArray, classes: IntArray, looks: Sequence[Look], emphasized: BoolArray | None
    ) -> None:
        """Draw (n, 2) places by their classes (n,); all but the `emphasized` (n,) dimmed, if that is given."""
        self._places, self._classes, self._looks, self._emphasized = places, classes, looks, emphasized
        bounds = QRectF()
        if len(places):
            (left, low), (right, high) = places.min(axis=0), places.max(axis=0)
            bounds = QRectF(left, low, right - left, high - low)
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()

    def boundingRect(self) -> QRectF:
        """Where points are, and a little more: they have a size."""
        box = self.getViewBox()
        margin = 12.0
        across, down = box.viewPixelSize() if box is not None else (0.0, 0.0)
        return self._bounds.adjusted(-margin * across, -margin * down, margin * across, margin * down)

    def viewTransformChanged(self) -> None:
        """A point's size in the plot's coordinates is another."""
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Stamp them, or draw them one by one into a drawing."""
        box = self.getViewBox()
        if box is None or not len(self._places):
            return
        frame = DeviceFrame.of(painter, box)
        pixels = frame.pixels(self._places)
        area = frame.rect.width() * frame.rect.height() / frame.scale**2
        radius = point_radius(len(self._places), area, self.zoom) * frame.scale
        margin = 2.0 * radius
        rect = frame.rect.adjusted(-margin, -margin, margin, margin)
        seen = (
            (pixels[:, 0] >= rect.left())
            & (pixels[:, 0] <= rect.right())
            & (pixels[:, 1] >= rect.top())
            & (pixels[:, 1] <= rect.bottom())
        )
        painter.save()
        painter.resetTransform()
        if is_drawing(painter):
            self._draw(painter, pixels, seen, radius)
        else:
            self._stamp(painter, frame.rect, pixels, seen, radius)
        painter.restore()

    def _layers(self, seen: BoolArray) -> list[tuple[Look, int, IntArray]]:
        """What is drawn one after the other: look, opacity, which points; the last class lies below the others."""
        dimmed = np.zeros(len(seen), dtype=np.bool_) if self._emphasized is None else ~self._emphasized
        order = [len(self._looks) - 1, *range(len(self._looks) - 1)]
        layers = []
        for opacity, chosen in ((DIM, seen & dimmed), (255, seen & ~dimmed)):
            codes = np.flatnonzero(chosen)
            of_codes = self._classes[codes]
            layers += [(self._looks[one], opacity, codes[of_codes == one]) for one in order]
        return [layer for layer in layers if len(layer[2])]

    def _draw(self, painter: QPainter, pixels: FloatArray, seen: BoolArray, radius: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for look, opacity, points in self._layers(seen):
            color = QColor(look.color)
            color.setAlpha(opacity)
            painter.setBrush(color)
            for x, y in pixels[points].tolist():
                painter.save()
                painter.translate(x, y)
                painter.scale(radius * look.size, radius * look.size)
                painter.drawPath(shape_path(look.shape))
                painter.restore()

    def _stamp(self, painter: QPainter, rect: QRectF, pixels: FloatArray, seen: BoolArray, radius: float) -> None:
        ratio = painter.device().devicePixelRatio()
        radius *= ratio
        border = math.ceil(radius * 1.6 * 1.6) + 4
        width = math.ceil(rect.width() * ratio) + 2 * border
        height = math.ceil(rect.height() * ratio) + 2 * border
        picture = np.zeros(height * width, dtype=np.uint32)
        shifted = np.rint((pixels - (rect.left(), rect.top())) * ratio).astype(np.int64) + border
        np.clip(shifted, border // 2, (width - border // 2 - 1, height - border // 2 - 1), out=shifted)
        flat = shifted[:, 1] * width + shifted[:, 0]
        is_coarse = bool(np.count_nonzero(seen) > MANY)
        layers = [
            (stamp(look.shape, round(radius * look.size * 4) / 4, is_coarse), look.color, opacity, flat[points])
            for look, opacity, points in self._layers(seen)
        ]
        # Soft edges first: where points touch, the body of one covers the edge of another.
        for is_body in (False, True):
            for offsets, color, opacity, places in layers:
                for right, down, cover in offsets:
                    if (cover == 255) == is_body:
                        picture[places + (down * width + right)] = _premultiplied(color, opacity * cover // 255)
        image = QImage(picture.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(rect.left() - border / ratio, rect.top() - border / ratio), image)


def _premultiplied(color: str, alpha: int) -> Any:  # noqa: ANN401 - a NumPy scalar
    whole = int(color[1:], 16)
    red, green, blue = (whole >> 16) & 255, (whole >> 8) & 255, whole & 255
    parts = [part * alpha // 255 for part in (red, green, blue)]
    return np.uint32((alpha << 24) | (parts[0] << 16) | (parts[1] << 8) | parts[2])
