"""Paints a block of cells at once: one small image scaled up for the colors, small pictures of the numbers.

Measured on 1,900 cells: numbers drawn as text take two to six times as long as pictures of them that are kept, lines as
filled rectangles a sixth of drawn ones, hatching from a kept picture a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPixmap

from cfstudio.gui.sheet.cells import NO_TEXT, CellBlock, Ramp

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.gui.theme import Theme

OPAQUE = np.uint32(0xFF000000)
MOST_TEXTS = 3_000
"""Pictures of numbers kept before the cache starts anew, about 5 kB each; a screen needs a few hundred."""

Pictures = dict[int, tuple[QPixmap, int]]
"""By text key: the picture of a number and half of its width in pixels."""


class CellPainter:
    """Painting of cells for one grid: keeps the pictures for one font, theme and screen."""

    def __init__(self) -> None:
        self._pictures: dict[str, Pictures] = {}
        self._spelling: Callable[[int], str] | None = None
        self._hatching: QPixmap | None = None
        self._font = QFont()
        self._theme: Theme | None = None
        self._ratio = 1.0
        self._colors: dict[Ramp, NDArray[np.uint32]] = {}

    def use(self, theme: Theme, font: QFont, pixel_ratio: float) -> None:
        """Take over a theme, a font, and how many pixels of the screen one of ours has; cheap when nothing changed."""
        if theme is not self._theme:
            ramps: tuple[Ramp, ...] = ("rating_ramp", "error_ramp", "factor_ramp")
            self._colors = {ramp: _as_rgb32(getattr(theme, ramp)) for ramp in ramps}
        elif font == self._font and pixel_ratio == self._ratio:
            return
        self._theme, self._font, self._ratio = theme, QFont(font), pixel_ratio
        self._hatching = None
        self._pictures.clear()

    def paint(self, painter: QPainter, block: CellBlock, ramp: Ramp, xs: list[int], ys: list[int]) -> None:
        """Paint a block whose column edges are `xs` and row edges `ys` (one more than cells, in pixels)."""
        assert self._theme is not None
        self._fill(painter, block, ramp, xs, ys)
        self._draw_lines(painter, xs, ys)
        if block.marked is not None:
            self._hatch(painter, block.marked, xs, ys)
        self._write(painter, block, xs, ys)

    def _fill(self, painter: QPainter, block: CellBlock, ramp: Ramp, xs: list[int], ys: list[int]) -> None:
        assert self._theme is not None
        blank = np.uint32(QColor(self._theme.base).rgb())
        colors = np.ascontiguousarray(np.where(block.shaded, self._colors[ramp][block.shades], blank))
        n_rows, n_columns = colors.shape
        image = QImage(colors.data, n_columns, n_rows, n_columns * 4, QImage.Format.Format_RGB32)
        painter.drawImage(QRect(xs[0], ys[0], xs[-1] - xs[0], ys[-1] - ys[0]), image)

    def _draw_lines(self, painter: QPainter, xs: list[int], ys: list[int]) -> None:
        assert self._theme is not None
        color = QColor(self._theme.grid_line)
        width, height = xs[-1] - xs[0], ys[-1] - ys[0]
        for x in xs[1:]:
            painter.fillRect(x - 1, ys[0], 1, height, color)
        for y in ys[1:]:
            painter.fillRect(xs[0], y - 1, width, 1, color)

    def _hatch(self, painter: QPainter, marked: NDArray[np.bool_], xs: list[int], ys: list[int]) -> None:
        rows, columns = np.nonzero(marked)
        if not len(rows):
            return
        width, height = xs[1] - xs[0] - 1, ys[1] - ys[0] - 1
        if self._hatching is None or self._hatching.deviceIndependentSize().toSize().toTuple() != (width, height):
            self._hatching = self._blank_picture(width, height)
            with QPainter(self._hatching) as hatcher:
                assert self._theme is not None
                brush = QBrush(QColor(self._theme.held_out_hatch), Qt.BrushStyle.BDiagPattern)
                hatcher.fillRect(QRect(0, 0, width, height), brush)
        draw, hatching = painter.drawPixmap, self._hatching
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            draw(xs[column], ys[row], hatching)

    def _write(self, painter: QPainter, block: CellBlock, xs: list[int], ys: list[int]) -> None:
        assert self._theme is not None
        # A method is a new object at each access, so compare by equality.
        if block.text_of != self._spelling or sum(map(len, self._pictures.values())) > MOST_TEXTS:
            self._pictures.clear()
            self._spelling = block.text_of
        written = block.keys != NO_TEXT
        if block.muted is None:
            self._write_some(painter, block, written, xs, ys, self._theme.text)
            return
        self._write_some(painter, block, written & ~block.muted, xs, ys, self._theme.text)
        self._write_some(painter, block, written & block.muted, xs, ys, self._theme.muted_text)

    def _write_some(
        self, painter: QPainter, block: CellBlock, chosen: NDArray[np.bool_], xs: list[int], ys: list[int], color: str
    ) -> None:
        rows, columns = np.nonzero(chosen)
        if not len(rows):
            return
        # All cells of a grid have the same size.
        middles = np.array(xs[:-1]) + (xs[1] - xs[0]) // 2
        tops = np.array(ys[:-1]) + (ys[1] - ys[0] - QFontMetrics(self._font).height()) // 2
        pictures, spell, draw = self._pictures.setdefault(color, {}), block.text_of, painter.drawPixmap
        # The one loop over cells: nothing in it but a lookup and the call that draws.
        for key, x, y in zip(
            block.keys[rows, columns].tolist(), middles[columns].tolist(), tops[rows].tolist(), strict=True
        ):
            picture = pictures.get(key)
            if picture is None:
                picture = pictures[key] = self._picture(spell(key), color)
            draw(x - picture[1], y, picture[0])

    def _picture(self, text: str, color: str) -> tuple[QPixmap, int]:
        metrics = QFontMetrics(self._font)
        width = metrics.horizontalAdvance(text)
        picture = self._blank_picture(width + 2, metrics.height())
        with QPainter(picture) as painter:
            painter.setFont(self._font)
            painter.setPen(QColor(color))
            painter.drawText(1, metrics.ascent(), text)
        return picture, width // 2 + 1

    def _blank_picture(self, width: int, height: int) -> QPixmap:
        picture = QPixmap(round(width * self._ratio), round(height * self._ratio))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        return picture


def _as_rgb32(ramp: NDArray[np.uint8]) -> NDArray[np.uint32]:
    red, green, blue = (ramp[:, channel].astype(np.uint32) for channel in range(3))
    return (OPAQUE | red << 16 | green << 8 | blue).astype(np.uint32)
