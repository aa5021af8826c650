"""Drawing of stars, full, half and empty."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

POINTS, INNER = 5, 0.45
MOST_KEPT = 200
_DRAWN: dict[tuple[float, ...], QPixmap] = {}


def stars_rect(room: QRect, n_stars: int) -> QRectF:
    """Where the stars stand in a cell: as large as its height allows, at the left."""
    size = min(room.height() * 0.78, room.width() / n_stars)
    return QRectF(room.left(), room.top() + (room.height() - size) / 2, size * n_stars, size)


def paint_stars(painter: QPainter, place: QRectF, n_stars: int, filled: float, full: QColor, line: QColor) -> None:
    """`filled` of `n_stars` stars in a color, the outlines of all.

    Rows of stars are drawn once and kept: twenty of them anew would cost a quarter of a frame.
    """
    scale = painter.device().devicePixelRatioF()
    looks = (round(place.height() * scale), n_stars, filled, full.rgba(), line.rgba(), scale)
    if looks not in _DRAWN:
        if len(_DRAWN) >= MOST_KEPT:
            _DRAWN.clear()
        _DRAWN[looks] = _drawn(place.height(), n_stars, filled, full, line, scale)
    painter.drawPixmap(place.topLeft(), _DRAWN[looks])


def _drawn(size: float, n_stars: int, filled: float, full: QColor, line: QColor, scale: float) -> QPixmap:
    picture = QPixmap(math.ceil(size * n_stars * scale) + 1, math.ceil(size * scale) + 1)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in range(n_stars):
        star = _star(QPointF((number + 0.5) * size, size / 2), size * 0.46)
        share = min(max(filled - number, 0.0), 1.0)
        if share > 0:
            painter.save()
            painter.setClipRect(QRectF(number * size, 0.0, size * share, size))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(full)
            painter.drawPolygon(star)
            painter.restore()
        painter.setPen(QPen(full if share > 0 else line, max(size / 16, 1.0)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(star)
    painter.end()
    return picture


def _star(center: QPointF, radius: float) -> QPolygonF:
    corners = []
    for number in range(2 * POINTS):
        angle = math.pi * number / POINTS - math.pi / 2
        reach = radius * (1.0 if number % 2 == 0 else INNER)
        corners.append(QPointF(center.x() + reach * math.cos(angle), center.y() + reach * math.sin(angle)))
    return QPolygonF(corners)
