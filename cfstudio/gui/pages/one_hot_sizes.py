"""How large the tables of the one-hot page are written, and how they share its width."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSplitter, QVBoxLayout

    from cfstudio.gui.pages.painted_table import PaintedTable

ENLARGED = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7)
"""Times that the numbers of a small matrix may be larger than the page's other text."""


def fit_tables(
    matrix: PaintedTable, sentence: PaintedTable, result: PaintedTable, tables: QSplitter, column: QVBoxLayout
) -> None:
    """Write the results as large as fits; what room they leave `tables` share by what they need.

    `tables` holds the matrix and the sentence, `column` everything on the page.
    """
    page = tables.parentWidget()
    assert page is not None
    sizes = [page.font().pointSizeF() * one for one in ENLARGED]
    result.write_at(result.largest_fitting(sizes, tables.width(), page.height()))
    fit_result(result, tables.width())
    column.activate()
    both = (matrix, sentence)
    tables.setSizes([round(1_000 * one.wanted_widths[1] / one.font().pointSizeF()) for one in both])
    for table in both:
        table.write_at(table.largest_fitting(sizes, table.width(), table.height()))


def fit_result(result: PaintedTable, width: int) -> None:
    """Make the results as high as their two rows, in a place so many pixels wide."""
    bar = result.horizontalScrollBar()
    needs_bar = result.wanted_widths[0] > width
    height = result.horizontalHeader().sizeHint().height() + 2 * result.rowHeight(0) + 2 * result.frameWidth()
    result.setFixedHeight(height + (bar.sizeHint().height() if needs_bar else 0))
