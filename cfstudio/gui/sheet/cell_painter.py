"""Paints a block of cells at once: one small image scaled up for the colors, cached texts for the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QStaticText

from cfstudio.gui.sheet.cells import NO_TEXT, CellBlock, Ramp

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.gui.theme import Theme

OPAQUE = np.uint32(0xFF000000)
MOST_TEXTS = 20_000
"""Texts kept before the cache starts anew; factors and ratings need a few hundred."""


class CellPainter:
    """Painting of cells for one grid: keeps the texts of one font and the colors of one theme."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[QStaticText, int]] = {}
        self._spelling: Callable[[int], str] | None = None
        self._font = QFont()
        self._theme: Theme | None = None
        self._colors: dict[Ramp, NDArray[np.uint32]] = {}

    def use(self, theme: Theme, font: QFont) -> None:
        """Take over a theme and a font; cheap when they have not changed."""
        if theme is not self._theme:
            self._theme = theme
            ramps: tuple[Ramp, ...] = ("rating_ramp", "error_ramp", "factor_ramp")
            self._colors = {ramp: _as_rgb32(getattr(theme, ramp)) for ramp in ramps}
        if font != self._font:
            self._font = QFont(font)
            self._texts.clear()

    def paint(self, painter: QPainter, block: CellBlock, ramp: Ramp, xs: list[int], ys: list[int]) -> None:
        """Paint a block whose column edges are `xs` and row edges `ys` (one more than cells, in pixels)."""
        self._fill(painter, block, ramp, xs, ys)
        self._draw_grid(painter, xs, ys)
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

    def _draw_grid(self, painter: QPainter, xs: list[int], ys: list[int]) -> None:
        assert self._theme is not None
        painter.setPen(QColor(self._theme.grid_line))
        lines = [QLine(x - 1, ys[0], x - 1, ys[-1] - 1) for x in xs[1:]]
        lines += [QLine(xs[0], y - 1, xs[-1] - 1, y - 1) for y in ys[1:]]
        painter.drawLines(lines)

    def _hatch(self, painter: QPainter, marked: NDArray[np.bool_], xs: list[int], ys: list[int]) -> None:
        rows, columns = np.nonzero(marked)
        if not len(rows):
            return
        assert self._theme is not None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(self._theme.held_out_hatch), Qt.BrushStyle.BDiagPattern))
        painter.drawRects(
            [
                QRect(xs[c], ys[r], xs[c + 1] - xs[c] - 1, ys[r + 1] - ys[r] - 1)
                for r, c in zip(rows.tolist(), columns.tolist(), strict=True)
            ]
        )

    def _write(self, painter: QPainter, block: CellBlock, xs: list[int], ys: list[int]) -> None:
        assert self._theme is not None
        # A method is a new object at each access, so compare by equality.
        if block.text_of != self._spelling or len(self._texts) > MOST_TEXTS:
            self._texts.clear()
            self._spelling = block.text_of
        painter.setFont(self._font)
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
        metrics = QFontMetricsF(self._font)
        middles = np.array(xs[:-1]) + np.diff(xs) // 2
        tops = np.array(ys[:-1]) + (np.diff(ys) - int(metrics.height())) // 2
        texts, spell, draw = self._texts, block.text_of, painter.drawStaticText
        painter.setPen(QColor(color))
        # The one loop over cells: nothing in it but a lookup and the call that draws.
        for key, x, y in zip(
            block.keys[rows, columns].tolist(), middles[columns].tolist(), tops[rows].tolist(), strict=True
        ):
            entry = texts.get(key)
            if entry is None:
                entry = texts[key] = self._prepare(spell(key), metrics)
            draw(x - entry[1], y, entry[0])

    def _prepare(self, text: str, metrics: QFontMetricsF) -> tuple[QStaticText, int]:
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(font=self._font)
        return static, round(metrics.horizontalAdvance(text) / 2)


def _as_rgb32(ramp: NDArray[np.uint8]) -> NDArray[np.uint32]:
    red, green, blue = (ramp[:, channel].astype(np.uint32) for channel in range(3))
    return (OPAQUE | red << 16 | green << 8 | blue).astype(np.uint32)
