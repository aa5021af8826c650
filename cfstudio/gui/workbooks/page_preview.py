"""A page of a workbook as it is, with the ranges that were found tinted, outlined and numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from cfstudio.exchange.cell_names import Block
from cfstudio.gui.exports import copy_rows
from cfstudio.gui.theme import current_theme
from cfstudio.gui.workbooks.page_model import PageModel
from cfstudio.gui.workbooks.range_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.exchange.grid import Grid

MOST_COPIED = 1_000_000
"""Cells that the clipboard takes at once."""


class PagePreview(QTableView):
    """Shows a page; cells that are dragged over are told as an address, and Ctrl+C copies them."""

    range_dragged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workbookPreview")
        self.setAccessibleName("Page of the workbook")
        self.setAccessibleDescription("The cells as they are; numbered ranges are what was understood")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
        self._blocks: dict[str, Block] = {}
        self._emphasized: str | None = None
        self._fit_cells()

    def show_page(self, grid: Grid) -> None:
        """Show another page, without ranges yet."""
        old = self.model()
        self.setModel(PageModel(grid, self))
        if old is not None:
            old.deleteLater()

    def show_ranges(self, blocks: Mapping[str, Block], wrong_cell: Block | None = None) -> None:
        """Mark ranges by their names, and a cell whose number is wrong."""
        self._blocks = dict(blocks)
        model = self.model()
        if isinstance(model, PageModel):
            model.mark(self._blocks, wrong_cell)
        self.viewport().update()

    def emphasize(self, name: str | None) -> None:
        """Outline one of the ranges more strongly and bring it into view."""
        self._emphasized = name
        if name is not None:
            self.reveal(name)
        self.viewport().update()

    def reveal(self, name: str) -> None:
        """Scroll to one of the ranges: all of it where it fits, else its beginning, with what stands before it."""
        block = self._blocks.get(name)
        if block is None:
            return
        before = max(block.top - 1, 0), max(block.left - 1, 0)
        for row, column in ((block.bottom - 1, block.right - 1), before, (block.top, block.left)):
            self.scrollTo(self.model().index(row, column))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, then outlines and badges over them."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        theme = current_theme()
        for kind in KINDS:
            if kind.name in self._blocks:
                rect = self._rect(self._blocks[kind.name])
                color = kind.color(theme)
                width = 3 if kind.name == self._emphasized else 1
                painter.setPen(QPen(color, width))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
                badge = self._badge(rect)
                if badge is not None:
                    kind.paint_badge(painter, badge, theme)
        painter.end()

    def _badge(self, rect: QRect) -> QRect | None:
        """A place in the first visible cell of a range, on its left, where right-aligned numbers leave room."""
        size = self.fontMetrics().height()
        left, top = max(rect.left(), 0), max(rect.top(), 0)
        is_hidden = left > rect.right() - size or top > rect.bottom() - size // 2
        return None if is_hidden else QRect(left, top, size, size)

    def _rect(self, block: Block) -> QRect:
        """Where a range is in the viewport; parts of it may be outside."""
        last_row = min(block.bottom, self.model().rowCount()) - 1
        last_column = min(block.right, self.model().columnCount()) - 1
        left, top = self.columnViewportPosition(block.left), self.rowViewportPosition(block.top)
        right = self.columnViewportPosition(last_column) + self.columnWidth(last_column)
        bottom = self.rowViewportPosition(last_row) + self.rowHeight(last_row)
        return QRect(left, top, right - left, bottom - top)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which cells were dragged over."""
        super().mouseReleaseEvent(event)
        block = self.selected_block()
        if block is not None and event.button() == Qt.MouseButton.LeftButton:
            self.range_dragged.emit(block.name)

    def selected_block(self) -> Block | None:
        """The selected rectangle, None if nothing is selected."""
        parts = self.selectionModel().selection() if self.selectionModel() is not None else None
        if parts is None or parts.isEmpty():
            return None
        one = parts.first()
        return Block(one.top(), one.left(), one.bottom() - one.top() + 1, one.right() - one.left() + 1)

    def event(self, event: QEvent) -> bool:
        """Keep Ctrl+C for these cells."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        block, model = self.selected_block(), self.model()
        if block is None or not isinstance(model, PageModel) or block.height * block.width > MOST_COPIED:
            return
        values: list[Any] = model.grid.values(block)
        # Texts of floats to the last digit: a copy must not be poorer than the file.
        cells = [repr(one) if isinstance(one, float) else one for one in values]
        copy_rows(cells[start : start + block.width] for start in range(0, len(cells), block.width))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font and the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_cells()

    def _fit_cells(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setDefaultSectionSize(round(metrics.height() * 1.45))
        self.horizontalHeader().setDefaultSectionSize(metrics.averageCharWidth() * 9 + metrics.height())
