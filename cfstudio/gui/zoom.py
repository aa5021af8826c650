"""One zoom for the whole program: all texts, and with them all sizes, larger or smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = (50, 60, 70, 80, 90, 100, 110, 125, 140, 160, 180, 200, 225, 250, 300)
"""Percent; from the last row of a room 160 to 200 can be read."""

OWN_FONTS = ("QDockWidgetTitle", "QTipLabel")
"""Widgets that platforms give a font of their own, which would stay as it is."""
WHEEL_STEP = 120
"""What Qt says of one notch."""

LARGEST = 2.6
"""Times the usual letters at 100 % that enlarged ones reach; larger zooms make all others as large as these."""

_NAME = "cfstudioZoom"


class Zoom(QObject):
    """The zoom of the running program; there is one."""

    changed = Signal(int)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        self._app, self._size = app, app.font().pointSizeF()
        self.percent = 100

    @classmethod
    def of_program(cls) -> Zoom:
        """The one zoom."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        found: Zoom | None = app.findChild(Zoom, _NAME)
        return cls(app) if found is None else found

    def set(self, percent: int) -> None:
        """Zoom to so many percent, within the steps' ends."""
        percent = min(max(percent, STEPS[0]), STEPS[-1])
        if percent == self.percent:
            return
        self.percent = percent
        font = QFont(self._app.font())
        font.setPointSizeF(self._size * percent / 100)
        self._app.setFont(font)
        for kind in OWN_FONTS:
            QApplication.setFont(font, kind)  # type: ignore[arg-type] # the stub says bytes, which it refuses
        # Qt gives widgets the new font by events that come before a timer.
        QTimer.singleShot(0, self, lambda: self.changed.emit(self.percent))

    def step(self, by: int) -> None:
        """So many steps larger, or smaller where negative."""
        if by > 0:
            larger = [one for one in STEPS if one > self.percent]
            self.set(larger[min(by, len(larger)) - 1] if larger else STEPS[-1])
        elif by < 0:
            smaller = [one for one in reversed(STEPS) if one < self.percent]
            self.set(smaller[min(-by, len(smaller)) - 1] if smaller else STEPS[0])


class WheelZoom:
    """Adds up the turns of a mouse wheel, of which touchpads send small parts, to whole steps."""

    def __init__(self) -> None:
        self._turned = 0

    def take(self, event: QWheelEvent) -> bool:
        """Zoom if Ctrl is down; returns whether it was."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        self._turned += event.angleDelta().y()
        steps = int(self._turned / WHEEL_STEP)
        self._turned -= steps * WHEEL_STEP
        Zoom.of_program().step(steps)
        event.accept()
        return True


def is_left_to_zoom(event: QWheelEvent) -> bool:
    """For widgets that scroll: leave the wheel to the window while Ctrl is down; returns whether it was left."""
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        event.ignore()
        return True
    return False


def fit_to_zoom(widget: QWidget, fit: Callable[[], object]) -> None:
    """Set a widget's own sizes now, and anew whenever the zoom has changed."""
    _Fitter(widget, fit)


def enlarge(widget: QWidget, factor: float, weight: QFont.Weight = QFont.Weight.Normal) -> None:
    """Give a widget larger letters than the program's, at every zoom."""

    def fit() -> None:
        font = QFont(QApplication.font())
        usual, zoom = font.pointSizeF(), Zoom.of_program().percent / 100
        # What is large anyway need not take the room of everything else.
        font.setPointSizeF(max(usual, min(usual * factor, usual / zoom * LARGEST)))
        font.setWeight(weight)
        widget.setFont(font)

    fit_to_zoom(widget, fit)


class _Fitter(QObject):
    """Ends with its widget, as a plain function that listens would not."""

    def __init__(self, widget: QWidget, fit: Callable[[], object]) -> None:
        super().__init__(widget)
        self._fit = fit
        Zoom.of_program().changed.connect(self._run)
        fit()

    def _run(self) -> None:
        self._fit()
