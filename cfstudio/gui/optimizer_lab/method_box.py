"""A check box for one method, with a sample of its line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox

from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.gui.optimizer_lab.method_looks import LOOKS
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.catalog import METHODS


class MethodBox(QCheckBox):
    """Whether a method takes part."""

    def __init__(self, name: str) -> None:
        super().__init__(METHODS[name].title)
        self._name = name
        named(self, METHODS[name].title, f"Whether {METHODS[name].title} takes part")
        fit_to_zoom(self, self._draw)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_name"):
            self._draw()

    def _draw(self) -> None:
        size = QSize(self.fontMetrics().height() * 3 // 2, self.fontMetrics().height())
        self.setIcon(line_sample(self._name, size, self.devicePixelRatioF()))
        self.setIconSize(size)


def line_sample(name: str, size: QSize, ratio: float = 1.0) -> QIcon:
    """A short piece of a method's line."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setPen(LOOKS[name].pen(2.2))
        y = size.height() / 2
        painter.drawLine(QPointF(0, y), QPointF(size.width(), y))
    return QIcon(picture)
