"""The axes of plots in the colors and letters of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtGui import QColor

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Iterable


def dress_axes(plot: pg.PlotWidget, sides: Iterable[str]) -> None:
    """Give the axes at these sides (`left`, `bottom`, `top`) the theme's colors and the plot's font."""
    theme = current_theme()
    for side in sides:
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(pg.mkPen(QColor(theme.mid)))
        axis.setTextPen(QColor(theme.muted_text))
        axis.setTickFont(plot.font())
