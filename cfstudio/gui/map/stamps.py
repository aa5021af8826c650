"""Shapes of points: as paths for drawings, as the pixels that they cover for pictures of many points."""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPolygonF, QTransform

Offsets = list[tuple[int, int, int]]
"""Pixels around the center: right, down, and how much of it is covered, 1 to 255."""


@cache
def shape_path(shape: str) -> QPainterPath:
    """The shape around the origin, of about the same area as a circle of radius 1."""
    path = QPainterPath()
    if shape == "circle":
        path.addEllipse(QPointF(0, 0), 1.0, 1.0)
    elif shape in ("plus", "cross"):
        arm, half = 1.3, 0.42
        corners = [(-half, -arm), (half, -arm), (half, -half), (arm, -half), (arm, half), (half, half),
                   (half, arm), (-half, arm), (-half, half), (-arm, half), (-arm, -half), (-half, -half)]  # fmt: skip
        path.addPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
        path.closeSubpath()
        if shape == "cross":
            path = QTransform().rotate(45).map(path)
    else:
        n, radius, angle = {"square": (4, 1.28, 45.0), "diamond": (4, 1.34, 0.0), "triangle": (3, 1.5, -90.0),
                            "down": (3, 1.5, 90.0)}[shape]  # fmt: skip
        turns = [math.radians(angle + 360.0 * corner / n) for corner in range(n)]
        path.addPolygon(QPolygonF([QPointF(radius * math.cos(one), radius * math.sin(one)) for one in turns]))
        path.closeSubpath()
    return path


@lru_cache(maxsize=256)
def stamp(shape: str, radius: float, is_coarse: bool) -> Offsets:
    """The pixels of a shape; a coarse one has whole pixels only, a third fewer."""
    reach = math.ceil(radius * 1.6) + 1
    size = 2 * reach + 1
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.white)
    painter.translate(reach + 0.5, reach + 0.5)
    painter.scale(radius, radius)
    painter.drawPath(shape_path(shape))
    painter.end()
    alpha = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(size, image.bytesPerLine() // 4, 4)[:, :size, 3]
    least = 128 if is_coarse else 24
    rows, columns = np.nonzero(alpha >= least)
    covered = alpha[rows, columns]
    return [
        (int(column) - reach, int(row) - reach, 255 if is_coarse or cover > 230 else int(cover))
        for row, column, cover in zip(rows, columns, covered, strict=True)
    ]
