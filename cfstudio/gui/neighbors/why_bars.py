"""Why two are alike: what each factor adds to their likeness, as bars and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from cfstudio.gui.exports import copy_rows
from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent

    from cfstudio.ratings.table import FloatArray

N_SAID = 3


class WhyBars(QWidget):
    """A sentence over one bar per factor, upward where it makes them alike."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("neighborWhy")
        self.setAccessibleName("Why these are alike")
        self.words, self.bars = ShortenedLabel("Why, in words"), _Bars()
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.words)
        layout.addWidget(self.bars)
        self.hide()

    def show_terms(self, name: str, terms: FloatArray, agreement: float) -> None:
        """Explain the likeness with `name` by (n_factors,) terms, beside the correlation of the ratings (or NaN)."""
        order = np.argsort(-np.abs(terms), kind="stable")[:N_SAID]
        said = ", ".join(f"factor {one + 1} {terms[one]:+.2f}" for one in order.tolist()).replace("-", "−")
        text = f"Why {name}: {said}" + (f", {len(terms) - N_SAID} others" if len(terms) > N_SAID else "")
        if not np.isnan(agreement):
            text = f"Ratings agree {agreement:+.2f} · {text}".replace("-", "−")
        self.words.setText(text)
        self.setAccessibleDescription(text)
        self.bars.show_terms(terms)
        self.show()


class _Bars(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._terms: FloatArray = np.empty(0)
        self.setAccessibleName("What each factor adds")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_terms(self, terms: FloatArray) -> None:
        self._terms = terms
        self.update()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(8 * height, 2 * height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not len(self._terms):
            return
        theme, painter = current_theme(), QPainter(self)
        above, below = max(float(self._terms.max()), 0.0), max(float(-self._terms.min()), 0.0)
        reach = (self.height() - 1) / ((above + below) or 1.0)
        step, up = self._step(), above * reach
        for place, value in enumerate(self._terms.tolist()):
            length = max(round(abs(value) * reach), 1)
            color = theme.color("train_curve" if value > 0 else "valid_curve")
            top = round(up) - (length if value > 0 else 0)
            painter.fillRect(round(place * step), top, max(round(step) - 1, 1), length, color)
        painter.fillRect(0, min(round(up), self.height() - 1), round(len(self._terms) * step), 1, theme.color("text"))
        painter.end()

    def _step(self) -> float:
        return min(self.width() / max(len(self._terms), 1), 2.0 * self.fontMetrics().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and len(self._terms):
            place = int(event.pos().x() / self._step())
            if place < len(self._terms):
                text = f"factor {place + 1} adds {self._terms[place]:+.3f}; right-click copies all"
                QToolTip.showText(event.globalPos(), text.replace("-", "−"), self)
            return True
        return bool(super().event(event))

    def contextMenuEvent(self, _event: QContextMenuEvent) -> None:
        rows = [[f"factor {place}", value] for place, value in enumerate(self._terms.tolist(), start=1)]
        copy_rows([["Factor", "Adds"], *rows])
        self.setToolTip("Copied")
