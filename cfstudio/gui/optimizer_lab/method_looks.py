"""How methods are told apart in pictures: a color and a kind of line each, in light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from cfstudio.gui.theme import current_theme


@dataclass(frozen=True)
class Look:
    """Colors for light and dark themes, dash pattern in pen widths (empty for solid), symbol of pyqtgraph."""

    light: str
    dark: str
    dashes: tuple[float, ...]
    symbol: str

    @property
    def color(self) -> QColor:
        """The color in the theme shown now."""
        return QColor(self.dark if current_theme().is_dark else self.light)

    def pen(self, width: float = 1.0, opacity: float = 1.0) -> QPen:
        """The pen in the theme shown now, as wide at every zoom of the axes."""
        color = self.color
        color.setAlphaF(opacity)
        pen = QPen(color, width)
        pen.setCosmetic(True)
        if self.dashes:
            pen.setDashPattern(self.dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


LOOKS = {
    "sgd": Look("#1f66c7", "#66a8f7", (), "o"),
    "momentum": Look("#bd5208", "#f2a355", (), "s"),
    "nesterov": Look("#8a6d00", "#e3cf57", (6.0, 3.0), "d"),
    "adagrad": Look("#1b7f4b", "#5fd39a", (), "t"),
    "rmsprop": Look("#a3217a", "#f48fd0", (), "t1"),
    "adam": Look("#b3261e", "#ff8a80", (), "star"),
    "adamw": Look("#6a3fc2", "#b79bff", (6.0, 3.0), "p"),
    "eve": Look("#007a86", "#52d3df", (2.0, 2.0), "h"),
    "sgd-annealing": Look("#44617f", "#9fb9d6", (2.0, 2.0), "x"),
    "adam-annealing": Look("#7c4a3a", "#d8a793", (2.0, 2.0), "+"),
}
"""Dark enough, or light enough, for 3 to 1 against the plots' background; neighbors differ in the line's kind too."""
