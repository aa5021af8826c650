"""The selected prediction as a row of signed bars: biases, then what each factor adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

WIDEST_BAR, NARROWEST_BAR = 10, 2
"""Pixels at 100 %; fifty factors have thin ones."""

NO_CELL = "No cell is selected."
WORDS_FOR_NET = "a net: no products"
NO_PRODUCTS = (
    "A net does not add up products, so that no factor has a part of its own; the formula tells what the layers did."
)


class ProductBars(QWidget):
    """One bar per term of the selected prediction, upward where it adds, downward where it takes away."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._terms: list[tuple[str, float]] = []
        self._shape = (0, True)
        self.setObjectName("productBars")
        self.setAccessibleName("What the prediction is made of")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def refresh(self) -> None:
        """Take the terms of the selected cell as they are now."""
        terms = _terms(self._workspace)
        shape = len(terms), self._workspace.factors.is_dot_product
        self._terms = terms
        if shape != self._shape:
            self._shape = shape
            self.updateGeometry()
        spoken = ", ".join(f"{name} {value:+.2f}" for name, value in terms[:8])
        self.setAccessibleDescription(spoken or (NO_CELL if self._workspace.factors.is_dot_product else NO_PRODUCTS))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its bars."""
        height = self.fontMetrics().height()
        if not self._workspace.factors.is_dot_product:
            return QSize(self.fontMetrics().horizontalAdvance(WORDS_FOR_NET) + height // 2, 2 * height)
        return QSize(max(len(self._terms), 1) * (self._bar_width() + 1) + height // 2, 2 * height)

    def _bar_width(self) -> int:
        scale = self.fontMetrics().height() / 16
        return round(scale * max(NARROWEST_BAR, min(WIDEST_BAR, 150 / max(len(self._terms), 1))))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The bars around a line for nothing."""
        if not self._terms:
            if not self._workspace.factors.is_dot_product:
                self._say_why()
            return
        theme, painter = current_theme(), QPainter(self)
        values = np.array([value for _, value in self._terms])
        above, below = max(float(values.max()), 0.0), max(float(-values.min()), 0.0)
        reach = self.height() / ((above + below) or 1.0)
        width, up = self._bar_width(), above * reach
        for place, value in enumerate(values.tolist()):
            x, length = place * (width + 1), max(round(abs(value) * reach) - 1, 1)
            color = QColor(theme.train_curve if value > 0 else theme.valid_curve)
            painter.fillRect(x, round(up) - (length if value > 0 else 0), width, length, color)
        painter.fillRect(0, min(round(up), self.height() - 1), len(values) * (width + 1), 1, QColor(theme.text))
        painter.end()

    def _say_why(self) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, WORDS_FOR_NET)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Name the term under the pointer, with its number."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = event.pos().x() // (self._bar_width() + 1)
            if not self._workspace.factors.is_dot_product:
                QToolTip.showText(event.globalPos(), NO_PRODUCTS, self)
            elif 0 <= place < len(self._terms):
                name, value = self._terms[place]
                QToolTip.showText(event.globalPos(), f"{name} adds {value:+.3f}".replace("-", "−"), self)
            return True
        return bool(super().event(event))


def _terms(workspace: Workspace) -> list[tuple[str, float]]:
    """Name and number of all that the selected prediction, before a sigmoid, is the sum of."""
    selection, factors = workspace.selection, workspace.factors
    if selection.user is None or selection.item is None or not factors.is_dot_product:
        return []
    terms = []
    if factors.global_mean:
        terms.append(("the mean", factors.global_mean))
    if factors.user_bias is not None and factors.item_bias is not None:
        terms.append(("the user's bias", float(factors.user_bias[selection.user])))
        terms.append((f"the {workspace.ratings.item_label}'s bias", float(factors.item_bias[selection.item])))
    with np.errstate(over="ignore", invalid="ignore"):
        products = factors.user_factors[selection.user].astype(np.float64) * factors.item_factors[selection.item]
    terms += [(f"factor {number}", value) for number, value in enumerate(products.tolist(), start=1)]
    return [(name, value if np.isfinite(value) else 0.0) for name, value in terms]
