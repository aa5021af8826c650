"""The view of the neighbors: a bar behind the similarity, columns that share the width, rows that stay in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.neighbors.neighbors_model import (
    AGREEMENT,
    BIAS,
    GENRES,
    MEAN,
    RATINGS,
    SIMILARITY,
    TITLE,
    YEAR,
    NeighborsModel,
)
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.neighbors.neighbor_query import NeighborRows
    from cfstudio.gui.neighbors.neighbors_model import Index

TITLE_SHARE = 0.72
"""Part of the width left by the numbers that titles get; genres get the rest."""
WIDEST = {SIMILARITY: "Similarity ▾", BIAS: "−0.00 ▾", RATINGS: "Ratings ▾"}
SPARE = {YEAR: "Year ▾", MEAN: "Mean ▾", AGREEMENT: "Agreement ▾"}
"""Columns that are shown where there is room, in the order in which they come; copies have them all."""
LEAST_TEXT = 44
"""Characters that title and genres shall have room for before those are shown."""


class SimilarityDelegate(QStyledItemDelegate):
    """Draws a bar as long as the similarity behind its number; nothing for opposite directions."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background, bar, number."""
        self.initStyleOption(option, index)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        similarity = index.data(Qt.ItemDataRole.EditRole)
        if similarity is not None and similarity > 0:
            painter.fillRect(self._bar(option.rect, min(similarity, 1.0)), self._color(option))
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = option.palette.ColorRole.HighlightedText if selected else option.palette.ColorRole.Text
        painter.setPen(option.palette.color(role))
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, option.widget) + 1
        painter.drawText(option.rect.adjusted(margin, 0, -margin, 0), option.displayAlignment, option.text)

    def _bar(self, cell: QRect, similarity: float) -> QRect:
        room = cell.adjusted(3, cell.height() // 6, -2, -(cell.height() // 6))
        return QRect(room.left(), room.top(), round(room.width() * similarity), room.height())

    def _color(self, option: QStyleOptionViewItem) -> QColor:
        if not option.state & QStyle.StateFlag.State_Selected:
            return QColor(current_theme().similarity_bar)
        color = QColor(option.palette.highlightedText().color())
        color.setAlphaF(0.25)
        return color


class NeighborsView(CopyableTable):
    """The table named `neighborsView`."""

    rows_added = Signal(list, bool)
    """Rows that the next list shall be like, too (True), or not be like."""

    def __init__(self, model: NeighborsModel, parent: QWidget | None = None) -> None:
        super().__init__("neighbors.csv", parent)
        self.setObjectName("neighborsView")
        self.setAccessibleName("Most similar")
        self.setAccessibleDescription("Most similar first. Enter goes to the movie or user in the sheet.")
        self._model = model
        self.setModel(model)
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(SIMILARITY, Qt.SortOrder.DescendingOrder)
        self._bars = SimilarityDelegate(self)
        self.setItemDelegateForColumn(SIMILARITY, self._bars)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(False)
        fit_to_zoom(self, self._fit)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        self.horizontalHeader().setMinimumSectionSize(metrics.averageCharWidth() * 4)
        self._share_width()

    def replace_rows(self, rows: NeighborRows) -> None:
        """Show the answer to another question from its top."""
        self._model.replace_rows(rows)
        self.scrollToTop()

    def update_rows(self, rows: NeighborRows) -> None:
        """Show new numbers; a selected row in sight stays in sight."""
        before = self._selected_row_in_sight()
        self._model.update_rows(rows)
        after = self._selected_row()
        if before is not None and after is not None and not self._is_in_sight(after):
            bar = self.verticalScrollBar()
            step = self.rowHeight(after) if self.verticalScrollMode() == self.ScrollMode.ScrollPerPixel else 1
            bar.setValue(bar.value() + (after - before) * step)

    def menu(self) -> QMenu:
        """Ask further, or take the rows along."""
        menu = super().menu()
        first = menu.actions()[0]
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        for text, liked in (("Also like this", True), ("But not like this", False)):
            action = QAction(text, menu)
            action.setEnabled(bool(rows))
            action.triggered.connect(lambda _checked=False, liked=liked: self.rows_added.emit(rows, liked))
            menu.insertAction(first, action)
        menu.insertSeparator(first)
        return menu

    def _selected_row(self) -> int | None:
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def _selected_row_in_sight(self) -> int | None:
        row = self._selected_row()
        return row if row is not None and self._is_in_sight(row) else None

    def _is_in_sight(self, row: int) -> bool:
        place = self.rowViewportPosition(row)
        return place >= 0 and place + self.rowHeight(row) <= self.viewport().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: numbers as wide as they need, titles more than genres."""
        super().resizeEvent(event)
        self._share_width()

    def show_bias(self, shown: bool) -> None:
        """Hide the column of biases for a model that has none."""
        if self.isColumnHidden(BIAS) == shown:
            self.setColumnHidden(BIAS, not shown)
            self._share_width()

    def _share_width(self) -> None:
        metrics, margin = self.fontMetrics(), self.fontMetrics().height()
        for column, text in (WIDEST | SPARE).items():
            self.setColumnWidth(column, metrics.horizontalAdvance(text) + margin // 2)
        rest = self.viewport().width() - sum(self.columnWidth(column) for column in WIDEST)
        for column in SPARE:
            has_room = rest - self.columnWidth(column) >= metrics.averageCharWidth() * LEAST_TEXT
            if self.isColumnHidden(column) == has_room:
                self.setColumnHidden(column, not has_room)
            rest -= self.columnWidth(column) if has_room else 0
        titles = max(round(rest * TITLE_SHARE), metrics.averageCharWidth() * 11)
        self.setColumnWidth(TITLE, titles)
        self.setColumnWidth(GENRES, max(rest - titles, metrics.averageCharWidth() * 6))
