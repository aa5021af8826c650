"""Where the points of a plot lie in pixels, on the screen as well as in a picture of twice the size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEngine, QPainter

if TYPE_CHECKING:
    import pyqtgraph as pg

    from cfstudio.ratings.table import FloatArray


@dataclass(frozen=True)
class DeviceFrame:
    """A painter's place within a plot: `rect` the plot's view and `scale` a pixel of the screen, in its pixels."""

    rect: QRectF
    scale: float
    _factors: tuple[float, float, float, float]

    @classmethod
    def of(cls, painter: QPainter, box: pg.ViewBox) -> DeviceFrame:
        """The frame for what is painted in the coordinates of a view box."""
        world = painter.worldTransform()
        pixel = box.viewPixelSize()
        scale = abs(world.m11()) * pixel[0]
        return cls(world.mapRect(box.viewRect()), scale or 1.0, (world.m11(), world.dx(), world.m22(), world.dy()))

    def pixels(self, places: FloatArray) -> FloatArray:
        """(n, 2) pixels of places (n, 2) in the plot's coordinates."""
        across, right, down, below = self._factors
        return np.column_stack((places[:, 0] * across + right, places[:, 1] * down + below))


def is_drawing(painter: QPainter) -> bool:
    """Whether it draws into a file of lines and shapes rather than pixels."""
    return painter.paintEngine().type() in (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
