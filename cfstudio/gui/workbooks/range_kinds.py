"""What ranges of a workbook's page can be: how people call them, their badges and colors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

if TYPE_CHECKING:
    from cfstudio.gui.theme import Theme


@dataclass(frozen=True)
class RangeKind:
    """One kind of range: `name` as in `found_crosstab.RANGES`, `badge` what marks it on the page besides its color."""

    name: str
    label: str
    badge: str
    color_name: str
    tip: str

    def color(self, theme: Theme) -> QColor:
        """Its color in a theme; kinds of one family share it and differ by their badges."""
        if self.color_name.endswith("ramp"):
            return QColor(*(int(part) for part in getattr(theme, self.color_name)[-1]))
        return theme.color(self.color_name)

    def paint_badge(self, painter: QPainter, rect: QRect, theme: Theme) -> None:
        """Its number on its color."""
        color = self.color(theme)
        painter.fillRect(rect, color)
        texts = (theme.color("base"), theme.color("text"))
        painter.setPen(max(texts, key=lambda one: abs(one.lightnessF() - color.lightnessF())))
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.badge)


KINDS = (
    RangeKind("ratings", "Ratings", "1", "train_curve", "The cells that hold ratings; blanks are what nobody rated"),
    RangeKind("user_ids", "User ids", "2", "baseline", "One column beside the ratings, one different id per user"),
    RangeKind("item_ids", "Item ids", "3", "baseline", "One row above the ratings, one different id per item"),
    RangeKind("titles", "Titles", "4", "baseline", "One row of texts in the columns of the items"),
    RangeKind("user_factors", "User factors", "5", "factor_ramp", "One row per user, one column per factor"),
    RangeKind("item_factors", "Item factors", "6", "factor_ramp", "One column per item, one row per factor"),
    RangeKind("user_bias", "User biases", "7", "valid_curve", "One column, one number per user"),
    RangeKind("item_bias", "Item biases", "8", "valid_curve", "One row, one number per item"),
    RangeKind("held_out", "Held-out marks", "9", "warning", "As large as the ratings: 1 where a rating is held out"),
)
"""All kinds, in the order in which they are listed."""
