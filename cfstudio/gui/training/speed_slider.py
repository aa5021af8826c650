"""How fast training is shown: from a step a second, to read every number, to as fast as it goes."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from cfstudio.gui.zoom import fit_to_zoom

STEPS_PER_DECADE = 12
DECADES = 5
FULL_SPEED = STEPS_PER_DECADE * DECADES + 1
"""Rightmost position, one past 100,000 steps per second."""
HELP = "Steps per second, from 1 to full speed at the right end."


class SpeedSlider(QWidget):
    """A logarithmic slider with its value beside it."""

    speed_changed = Signal(object)
    """Steps per second, None for full speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(HELP)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FULL_SPEED)
        self.slider.setPageStep(STEPS_PER_DECADE)
        self.slider.setAccessibleName("Training speed")
        self.slider.setToolTip(HELP)
        self.label = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 6, 0)
        title = QLabel("Speed")
        title.setBuddy(self.slider)
        for widget in (title, self.slider, self.label):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setFocusProxy(self.slider)
        fit_to_zoom(self, self._fit)
        self._value: float | None = None
        self.slider.setValue(FULL_SPEED)
        self._describe()
        self.slider.valueChanged.connect(self._on_slider)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        self.slider.setMinimumWidth(metrics.averageCharWidth() * 14)
        self.slider.setMaximumWidth(metrics.averageCharWidth() * 28)
        self.label.setMinimumWidth(metrics.horizontalAdvance("100,000 steps/s "))

    def value(self) -> float | None:
        """Steps per second, None for full speed."""
        return self._value

    def set_value(self, steps_per_second: float | None) -> None:
        """Show a speed, announced by `speed_changed` if it is another one."""
        if steps_per_second == self._value:
            return
        self._value = steps_per_second
        self.slider.blockSignals(True)
        self.slider.setValue(min(_position(steps_per_second), FULL_SPEED))
        self.slider.blockSignals(False)
        self._describe()
        self.speed_changed.emit(self._value)

    def _on_slider(self, position: int) -> None:
        self._value = _speed(position)
        self._describe()
        self.speed_changed.emit(self._value)

    def _describe(self) -> None:
        text = "full speed" if self._value is None else f"{self._value:,.0f} step{'s' * (self._value != 1)}/s"
        self.label.setText(text)
        self.slider.setAccessibleDescription(f"{text}. {HELP}")


def _speed(position: int) -> float | None:
    """Two significant digits of the logarithmic scale."""
    return None if position >= FULL_SPEED else float(f"{10 ** (position / STEPS_PER_DECADE):.2g}")


def _position(speed: float | None) -> int:
    return FULL_SPEED if speed is None else round(STEPS_PER_DECADE * math.log10(max(speed, 1.0)))
