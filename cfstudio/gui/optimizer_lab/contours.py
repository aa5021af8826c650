"""A landscape as a picture: bands of height with lines between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor, QImage

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.surface import Range, Surface

    Heights = Callable[[Range, Range, int], Surface]

SIDE = 360
"""Grid points per side: about a pixel each."""
N_LEVELS = 14


def contour_picture(heights: Heights, a: Range, b: Range) -> QImage:
    """The part of a landscape between those a (left to right) and b (bottom to top), in the theme's colors."""
    surface = heights(a, b, SIDE)
    bands = np.searchsorted(surface.levels(N_LEVELS), surface.heights)[::-1]
    pixels = np.ascontiguousarray(_colored(bands))
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _colored(bands: NDArray[np.intp]) -> NDArray[np.uint8]:
    """(side, side, 3) colors: the lowest band strongest, a line where two bands meet."""
    theme = current_theme()
    near, far, line = (_rgb(theme.color(name)) for name in ("similarity_bar", "base", "mid"))
    parts = (np.arange(N_LEVELS + 1) / N_LEVELS)[:, None] ** 1.2
    colors = (near * (1 - parts) + far * parts).astype(np.uint8)
    picture: NDArray[np.uint8] = colors[bands]
    edges = np.zeros(bands.shape, dtype=bool)
    edges[:-1] |= bands[:-1] != bands[1:]
    edges[:, :-1] |= bands[:, :-1] != bands[:, 1:]
    picture[edges] = ((line + picture[edges]) / 2).astype(np.uint8)
    return picture


def _rgb(color: QColor) -> NDArray[np.float64]:
    return np.array([color.red(), color.green(), color.blue()], dtype=np.float64)
