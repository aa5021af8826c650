"""The big numbers of a run, readable from the back of a room."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.still_place import StillPlace
from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import enlarge, fit_to_zoom


class LineSample(QWidget):
    """A short piece of a curve, as the plot draws it."""

    def __init__(self, curve: str, style: Qt.PenStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve, self._style = curve, style
        fit_to_zoom(self, self._fit)

    def _fit(self) -> None:
        height = self.fontMetrics().height()
        self.setFixedSize(QSize(round(height * 1.5), round(height * 0.7)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """One line, as thick as in the plot."""
        painter = QPainter(self)
        width = self.height() * 0.22
        pen = QPen(QColor(getattr(current_theme(), self._curve)), width, self._style, Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        middle = self.height() / 2
        painter.drawLine(QLineF(0, middle, self.width(), middle))
        painter.end()


class Readout(QWidget):
    """A big number under its name."""

    def __init__(self, title: str, curve: str, style: Qt.PenStyle, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tip)
        self._title = title
        self.number = QLabel("–")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.number.setAccessibleDescription(tip)
        name = QLabel(title)
        name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        top = QHBoxLayout()
        top.setSpacing(5)
        top.addWidget(LineSample(curve, style))
        top.addWidget(name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        enlarge(self.number, 1.75, QFont.Weight.DemiBold)
        layout.addWidget(StillPlace(self.number))
        self.show_rmse(math.nan)

    def show_rmse(self, rmse: float) -> None:
        """Show an RMSE in rating points, a dash for NaN."""
        text = f"{rmse:.3f}" if math.isfinite(rmse) else "–"
        if text != self.number.text() or not self.number.accessibleName():
            self.number.setText(text)
            self.number.setAccessibleName(f"{self._title} {text if math.isfinite(rmse) else 'none'}")


class Readouts(QWidget):
    """Training, held out, and what always saying the mean would give."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        solid, dash, dot = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        self.train = Readout(
            "Training RMSE", "train_curve", solid, "Typical error, in rating points, of the ratings that training sees"
        )
        self.valid = Readout(
            "Held-out RMSE",
            "valid_curve",
            dash,
            "Typical error, in rating points, of the ratings that training never sees",
        )
        self.mean = Readout(
            "Always the mean",
            "baseline",
            dot,
            "RMSE of predicting the mean rating for everything: a model that does not beat this has learned nothing",
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for readout in (self.train, self.valid, self.mean):
            layout.addWidget(readout, 1)
