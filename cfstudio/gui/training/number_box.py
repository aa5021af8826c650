"""A field for a number that may lie anywhere between a millionth and a million."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from cfstudio.gui.zoom import fit_to_zoom

SMALLEST_STEP = 1e-6
"""Below this a field that starts at zero steps to zero."""
MANY_DECADES = 4
DIGITS = (1.0, 2.0, 5.0)


class NumberBox(QDoubleSpinBox):
    """A spin box that steps 1, 2, 5, 10 … where the range spans decades, and says why it refuses a number.

    Anything may be typed; what is no number within the limits is refused when the editing ends, and the old value
    comes back.
    """

    refused = Signal(str)
    """What was typed instead of a number within the limits."""

    def __init__(self, minimum: float, maximum: float, *, whole: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._by_decades = not whole and maximum / max(minimum, SMALLEST_STEP) > 10**MANY_DECADES
        self.setDecimals(0 if whole else 12)
        self.setRange(minimum, maximum)
        self.setSingleStep(1 if whole else 0.05)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        fit_to_zoom(self, self._fit)
        if whole and maximum > 1_000:
            self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        self.setMinimumWidth(metrics.horizontalAdvance("0.0001") + 2 * metrics.height())

    def textFromValue(self, value: float) -> str:
        """The number as short as it goes."""
        return f"{value:.0f}" if self._whole else f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """The number that was typed; 1e-3 and a decimal comma are understood."""
        number = self._parse(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let everything be typed; only a number within the limits is taken over."""
        state = QValidator.State.Intermediate if self._parse(text) is None else QValidator.State.Acceptable
        return state, text, position

    def fixup(self, text: str) -> str:
        """Tell what was refused; Qt then goes back to the old value."""
        self.refused.emit(text)
        return text

    def stepBy(self, steps: int) -> None:
        """Go up or down the steps that suit the range."""
        if not self._by_decades:
            super().stepBy(steps)
            return
        value = self.value()
        for _ in range(abs(steps)):
            value = _next(value) if steps > 0 else _previous(value)
        self.setValue(0.0 if value < max(self.minimum(), SMALLEST_STEP) * (1 - 1e-9) else value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only with the focus, so that scrolling past changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _parse(self, text: str) -> float | None:
        if self.specialValueText() and text.strip() == self.specialValueText():
            return self.minimum()
        try:
            number = float(text.strip().replace(",", "."))
        except ValueError:
            return None
        fits = self.minimum() <= number <= self.maximum() and (not self._whole or number.is_integer())
        return number if fits else None


def _next(value: float) -> float:
    if value < SMALLEST_STEP:
        return SMALLEST_STEP
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return float(
        f"{next((digit * decade for digit in DIGITS if digit * decade > value * (1 + 1e-9)), 10 * decade):.6g}"
    )


def _previous(value: float) -> float:
    if value <= SMALLEST_STEP:
        return 0.0
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    lower = [digit * decade for digit in DIGITS if digit * decade < value * (1 - 1e-9)]
    return float(f"{lower[-1] if lower else decade / 2:.6g}")
