"""The learning rate as a logarithmic slider, with the largest stable one marked on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.numbers import written

STEPS_PER_DECADE = 40
LOWEST, HIGHEST = -7, 2
"""Powers of ten at the slider's ends."""
TIP = "Learning rate, from 1e-7 to 100, logarithmic."


class RateSlider(QSlider):
    """A slider whose ground is tinted where the page diverges."""

    rate_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("labRateSlider")
        self.setRange(LOWEST * STEPS_PER_DECADE, HIGHEST * STEPS_PER_DECADE)
        self.setPageStep(STEPS_PER_DECADE // 4)
        named(self, "Learning rate", TIP)
        self.limit: float | None = None
        """The learning rate from which on the page diverges, None where there is none."""
        self.valueChanged.connect(self._tell)
        fit_to_zoom(self, lambda: self.setMinimumHeight(round(self.fontMetrics().height() * 1.8)))

    def show_rate(self, rate: float) -> None:
        """Show a learning rate without announcing it."""
        self.blockSignals(True)
        self.setValue(round(math.log10(rate) * STEPS_PER_DECADE))
        self.blockSignals(False)

    def show_limit(self, limit: float | None, why_none: str = "") -> None:
        """Mark the largest stable learning rate."""
        self.limit = limit
        text = why_none if limit is None else f"From {written(limit)} on, at the mark, this page diverges."
        named(self, "Learning rate", f"{TIP} {text}".strip())
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus, so that scrolling past changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tint the unstable part, then the slider as usual, then the mark."""
        place = self.limit_place()
        theme, painter = current_theme(), QPainter(self)
        if place is not None:
            painter.fillRect(QRect(place, 0, self.width() - place, self.height()), QColor(theme.warning_background))
        painter.end()
        super().paintEvent(event)
        if place is not None:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(theme.warning), 2))
            painter.drawLine(place, 0, place, self.height())
            painter.end()

    def limit_place(self) -> int | None:
        """Where the mark is, in pixels from the left; None where there is none."""
        if self.limit is None:
            return None
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, sub = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        groove = self.style().subControlRect(control, option, sub.SC_SliderGroove, self)
        handle = self.style().subControlRect(control, option, sub.SC_SliderHandle, self).width()
        value = min(max(math.log10(self.limit) * STEPS_PER_DECADE, self.minimum()), self.maximum())
        part = (value - self.minimum()) / (self.maximum() - self.minimum())
        return groove.x() + handle // 2 + round(part * (groove.width() - handle))

    def _tell(self, position: int) -> None:
        self.rate_chosen.emit(float(f"{10 ** (position / STEPS_PER_DECADE):.3g}"))
