"""Paints the parts of a table: blocks of numbers as pictures, columns of texts, lines between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QPainter

from cfstudio.gui.pages.text_painter import TextPainter
from cfstudio.gui.sheet.cell_painter import CellPainter
from cfstudio.gui.sheet.cells import CellBlock
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.gui.pages.columns import Part


class PartPainter:
    """Painting for one table; each part keeps the pictures of its own numbers."""

    def __init__(self) -> None:
        self._cell_painters: dict[int, CellPainter] = {}
        self._texts = TextPainter()

    def paint(
        self, painter: QPainter, part: Part, edges: list[int], ys: list[int], width: int, font: QFont, ratio: float
    ) -> None:
        """Paint those columns of a part that can be seen.

        `edges` are where its columns begin and the last one ends, `ys` the same for rows, in pixels; `width` is that
        of the viewport, `ratio` how many pixels of the screen one of ours has.
        """
        seen = [n for n in range(part.n_columns) if edges[n + 1] > 0 and edges[n] < width]
        if not seen:
            return
        xs = edges[seen[0] : seen[-1] + 2]
        if isinstance(part.cells, list):
            self._texts.write(painter, part, xs, ys, current_theme(), font, ratio)
        else:
            cells = self._cell_painters.setdefault(part.first, CellPainter())
            cells.use(current_theme(), font, ratio)
            cells.paint(painter, _between(part.cells, seen[0], seen[-1] + 1), part.ramp, xs, ys)
        # A stronger line where another kind of number begins.
        painter.fillRect(edges[-1] - 1, ys[0], 1, ys[-1] - ys[0], QColor(current_theme().mid))


def _between(block: CellBlock, first: int, stop: int) -> CellBlock:
    """Some columns of a block."""
    at = (slice(None), slice(first, stop))
    return replace(
        block,
        keys=block.keys[at],
        shades=block.shades[at],
        shaded=block.shaded[at],
        muted=None if block.muted is None else block.muted[at],
        marked=None if block.marked is None else block.marked[at],
    )
