"""Drawing of stars, full, half and empty."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

POINTS, INNER = 5, 0.45


def stars_rect(room: QRect, n_stars: int) -> QRectF:
    """Where the stars stand in a cell: as large as its height allows, at the left."""
    size = min(room.height() * 0.78, room.width() / n_stars)
    return QRectF(room.left(), room.top() + (room.height() - size) / 2, size * n_stars, size)


def paint_stars(painter: QPainter, place: QRectF, n_stars: int, filled: float, full: QColor, line: QColor) -> None:
    """`filled` of `n_stars` stars in a color, the outlines of all."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size = place.height()
    for number in range(n_stars):
        star = _star(QPointF(place.left() + (number + 0.5) * size, place.center().y()), size * 0.46)
        share = min(max(filled - number, 0.0), 1.0)
        if share > 0:
            painter.save()
            painter.setClipRect(QRectF(place.left() + number * size, place.top(), size * share, size))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(full)
            painter.drawPolygon(star)
            painter.restore()
        painter.setPen(QPen(full if share > 0 else line, max(size / 16, 1.0)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(star)
    painter.restore()


def _star(center: QPointF, radius: float) -> QPolygonF:
    corners = []
    for number in range(2 * POINTS):
        angle = math.pi * number / POINTS - math.pi / 2
        reach = radius * (1.0 if number % 2 == 0 else INNER)
        corners.append(QPointF(center.x() + reach * math.cos(angle), center.y() + reach * math.sin(angle)))
    return QPolygonF(corners)
