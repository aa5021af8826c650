"""The way from a plain mean to the corrected one, drawn on the scale of the ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.gui.fact_table import Index


class ScaleBar(QStyledItemDelegate):
    """A ring where the plain mean is, a dot where the corrected one is, a line between them."""

    def __init__(self, columns: tuple[int, int], parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns
        self.ends = (0.5, 5.0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Background, scale, ring and dot."""
        self.initStyleOption(option, index)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        plain, corrected = (
            index.sibling(index.row(), column).data(Qt.ItemDataRole.EditRole) for column in self._columns
        )
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = option.palette.highlightedText().color() if selected else theme.color("muted_text")
        fill = ink if selected else theme.color("accent")
        radius = option.fontMetrics.height() * 0.2
        room = option.rect.adjusted(round(2 * radius), 0, -round(2 * radius), 0)
        low, high = self.ends

        def place(value: float) -> QPointF:
            part = min(max((value - low) / (high - low), 0.0), 1.0)
            return QPointF(room.left() + part * room.width(), room.center().y() + 0.5)

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("grid_line"), 1.0))
        painter.drawLine(place(low), place(high))
        if plain is not None and corrected is not None:
            painter.setPen(QPen(fill, radius * 0.7))
            painter.drawLine(place(plain), place(corrected))
        painter.setPen(QPen(ink, 1.2))
        if plain is not None:
            painter.setBrush(option.palette.highlight() if selected else option.palette.base())
            painter.drawEllipse(place(plain), radius, radius)
        if corrected is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawEllipse(place(corrected), radius, radius)
        painter.restore()
