"""Writes columns of texts from pictures that are kept: ids and titles stay while the numbers beside them move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

if TYPE_CHECKING:
    from cfstudio.gui.pages.columns import Part
    from cfstudio.gui.theme import Theme

MOST_PICTURES = 1_000
"""Pictures kept before the cache starts anew, up to 30 kB each; a screen needs a hundred."""


class TextPainter:
    """Painting of texts for one table, in one font and theme."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[str, int, bool], QPixmap] = {}
        self._look: tuple[Theme | None, QFont, float, int] = (None, QFont(), 1.0, 0)

    def write(
        self, painter: QPainter, part: Part, xs: list[int], ys: list[int], theme: Theme, font: QFont, ratio: float
    ) -> None:
        """Write the texts of a part between its edges, each cut where there is no room, over a thin line."""
        assert isinstance(part.cells, list)
        height = ys[1] - ys[0]
        if self._look[0] is not theme or self._look[1:] != (font, ratio, height):
            self._look = (theme, QFont(font), ratio, height)
            self._pictures.clear()
        left, width, line = xs[0], xs[-1] - xs[0], QColor(theme.grid_line)
        muted = [False] * len(part.cells) if part.muted is None else part.muted.tolist()
        for text, is_muted, top in zip(part.cells, muted, ys, strict=False):
            painter.drawPixmap(left, top, self._picture(text, width, is_muted))
            painter.fillRect(left, top + height - 1, width, 1, line)

    def _picture(self, text: str, width: int, is_muted: bool) -> QPixmap:
        key = (text, width, is_muted)
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= MOST_PICTURES:
                self._pictures.clear()
            picture = self._pictures[key] = self._draw(text, width, is_muted)
        return picture

    def _draw(self, text: str, width: int, is_muted: bool) -> QPixmap:
        theme, font, ratio, height = self._look
        assert theme is not None
        picture = QPixmap(round(width * ratio), round(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        metrics = QFontMetrics(font)
        margin = metrics.averageCharWidth() // 2 + 1
        rect = QRect(margin, 0, width - 2 * margin, height)
        with QPainter(picture) as painter:
            painter.setFont(font)
            painter.setPen(QColor(theme.muted_text if is_muted else theme.text))
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        return picture
