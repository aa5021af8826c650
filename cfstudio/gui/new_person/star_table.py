"""A table with a column of stars that can be clicked and typed into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cfstudio.gui.keyed_table import KeyedTable
from cfstudio.gui.new_person.star_bar import rating_of_key
from cfstudio.gui.new_person.star_painter import paint_stars, stars_rect
from cfstudio.gui.new_person.star_scale import StarScale
from cfstudio.gui.theme import current_theme
from cfstudio.ratings.table import RatingScale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cfstudio.gui.keyed_model import Column

Index = QModelIndex | QPersistentModelIndex


class StarDelegate(QStyledItemDelegate):
    """Draws a rating as stars with its number behind them."""

    def __init__(self, parent: StarTable) -> None:
        super().__init__(parent)
        self._table = parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background, stars, number."""
        self.initStyleOption(option, index)
        style, theme, stars = option.widget.style(), current_theme(), self._table.stars
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        value = index.data(Qt.ItemDataRole.EditRole)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = option.palette.highlightedText().color() if is_selected else QColor(theme.accent)
        line = ink if is_selected else QColor(theme.muted_text)
        preview = self._table.preview_at(index.row())
        if preview is not None:
            ink.setAlphaF(0.55)
        shown = preview if preview is not None else value
        place = self._table.stars_at(option.rect)
        paint_stars(painter, place, stars.n_stars, 0.0 if shown is None else stars.filled(shown), ink, line)
        if shown is not None:
            painter.setPen(option.palette.highlightedText().color() if is_selected else QColor(theme.text))
            room = option.rect.adjusted(round(place.width()) + option.rect.height() // 3, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{shown:g}")


class StarTable(KeyedTable):
    """Number keys rate the selected row, Backspace takes the rating back, clicks rate the row under them."""

    rated = Signal(int, object)

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        file_name: str,
        star_column: int,
        parent: QWidget | None = None,
    ) -> None:
        self.stars = StarScale(RatingScale(1.0, 5.0, 1.0))
        self._star_column = star_column
        self._preview: tuple[int, float] | None = None
        super().__init__(name, title, columns, file_name, parent)
        self.setItemDelegateForColumn(star_column, StarDelegate(self))
        self.setMouseTracking(True)
        self.setAccessibleDescription("Number keys rate the selected row, Backspace takes its rating back.")

    def use(self, stars: StarScale) -> None:
        """Offer the ratings of a scale."""
        self.stars = stars
        self._share_width()

    def rows(self, numbers: Iterable[int] | None = None) -> list[list[object]]:
        """Header and rows as plain values; of all, those with stars, which can be read in again."""
        if numbers is None:
            numbers = [row for row in range(self.keyed.rowCount()) if self.keyed.row(row).values[self._star_column]]
        return super().rows(numbers)

    def preview_at(self, row: int) -> float | None:
        """What a click under the pointer would give this row."""
        return self._preview[1] if self._preview is not None and self._preview[0] == row else None

    def stars_at(self, cell: QRect) -> QRectF:
        """Where the stars stand in a cell."""
        inset = cell.height() // 7
        return stars_rect(cell.adjusted(inset, inset, 0, -inset), self.stars.n_stars)

    def needed_width(self, place: int) -> int:
        """Pixels that a column needs; the stars and the number behind them."""
        if place != self._star_column:
            return super().needed_width(place)
        row = QRect(0, 0, self.width() or 1, self.verticalHeader().defaultSectionSize())
        return round(self.stars_at(row).width()) + row.height() + self.fontMetrics().horizontalAdvance("10.5")

    def _meant(self, event: QMouseEvent) -> tuple[int, float] | None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or index.column() != self._star_column:
            return None
        place = self.stars_at(self.visualRect(index))
        part = (event.position().x() - place.left()) / place.width()
        return (index.row(), self.stars.at(max(part, 0.001))) if part <= 1.0 else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what a click would give."""
        meant = self._meant(event)
        if meant != self._preview:
            self._preview = meant
            self.viewport().update()
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Rate; the same stars again take them back."""
        meant = self._meant(event) if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)
        if meant is not None:
            row, value = meant
            self._preview = None
            old = self.keyed.row(row).values[self._star_column]
            self.rated.emit(self.keyed.row(row).key, None if old == value else value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Numbers and Backspace rate the selected row."""
        means, value = rating_of_key(event, self.stars)
        key = self.current_key()
        if means and key is not None:
            self.rated.emit(key, value)
        else:
            super().keyPressEvent(event)
