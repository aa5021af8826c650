"""Axes of the RMSE plot: plain numbers on a logarithmic axis too, steps below and epochs above."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QTimer

Ticks = list[tuple[float, list[float]]]

LATE_MS = 40
ROUNDING = 1e-9
"""Of the width of an axis."""
WIDE = 1.3
"""Decades from which a logarithmic axis is better off with 1, 2, 5, 10 than with even steps."""


class RmseAxis(pg.AxisItem):  # type: ignore[misc]
    """Rating points; on a logarithmic scale the same round numbers rather than powers of ten."""

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        """Where the ticks are, by spacing, in the coordinates of the axis (log10 on a logarithmic one)."""
        if not self.logMode:
            ticks: Ticks = super().tickValues(low, high, size)
            return ticks
        if high - low > WIDE:
            decades = range(math.floor(low), math.ceil(high) + 1)
            places = [math.log10(digit) + decade for decade in decades for digit in (1, 2, 5)]
        else:
            spacing, _ = self.tickSpacing(10**low, 10**high, size)[0]
            first = max(math.ceil(10**low / spacing), 1)
            places = [math.log10(k * spacing) for k in range(first, math.floor(10**high / spacing) + 1)]
        return [(1.0, [place for place in places if low <= place <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """What stands at the ticks."""
        if self.logMode:
            return [f"{10**value:.3g}" for value in values]
        strings: list[str] = super().tickStrings(values, scale, spacing)
        return strings


class CountAxis(pg.AxisItem):  # type: ignore[misc]
    """Whole numbers, the first after zero with its unit: "0", "2,000 steps", "4,000"."""

    def __init__(self, orientation: str, unit: str) -> None:
        super().__init__(orientation)
        self._unit = unit
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        """Where the ticks are, by spacing; one at the very end is not lost to a rounding."""
        ticks: Ticks = super().tickValues(low, high + ROUNDING * (high - low), size)
        return [(spacing, [min(place, high) for place in places]) for spacing, places in ticks]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """What stands at the ticks; nothing between whole numbers."""
        if self.logMode:
            values, scale = [10**value for value in values], 1.0
        strings = [self._string(value * scale) for value in values]
        first = next((place for place, text in enumerate(strings) if text not in ("", "0")), None)
        if first is not None:
            plural = "" if strings[first] == "1" else "s"
            strings[first] += f" {self._unit}{plural}"
        return strings

    @staticmethod
    def _string(value: float) -> str:
        return "" if abs(value - round(value)) > 1e-6 else f"{round(value):,}"


class EpochAxis(CountAxis):
    """Follows the other axis a moment later: to draw both anew in one frame takes longer than a frame."""

    def __init__(self, orientation: str, unit: str) -> None:
        super().__init__(orientation, unit)
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._follow)

    def linkedViewChanged(self, view: pg.ViewBox, newRange: object = None) -> None:  # noqa: ARG002, N803
        """The view shows other steps."""
        self._late.start()

    def _follow(self) -> None:
        view = self.linkedView()
        if view is not None:
            super().linkedViewChanged(view)


def round_range(low: float, high: float) -> tuple[float, float]:
    """A slightly wider range with round ends, so that it moves seldom while data grow."""
    span = max(high - low, abs(high) * 0.02, 1e-9)
    step = _round_up(span / 8)
    return math.floor((low - span * 0.02) / step) * step, math.ceil((high + span * 0.02) / step) * step


def round_end(last: float, planned: float) -> float:
    """The right end of the x axis: the next of 10, 20, 50, 100 … after the last step, but no more than planned."""
    end = max(_round_up(last * 1.001), 10.0)
    return min(end, planned) if planned >= last else end


def _round_up(value: float) -> float:
    decade = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return float(next(digit * decade for digit in (1, 2, 5, 10) if digit * decade >= value * (1 - 1e-9) or digit == 10))
