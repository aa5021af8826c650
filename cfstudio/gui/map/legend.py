"""What the points' colors and shapes mean, in as many lines as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cfstudio.gui.map.stamps import shape_path
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.gui.map.coloring import Look


class Legend(QWidget):
    """A flow of samples and names."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapLegend")
        self.setAccessibleName("Legend of the map")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._looks: Sequence[Look] = ()

    def show_looks(self, looks: Sequence[Look]) -> None:
        """Explain these."""
        self._looks = looks
        self.setAccessibleDescription(", ".join(f"{look.name}: {look.shape} {look.color}" for look in looks))
        self.updateGeometry()
        self.update()

    def _places(self, width: int) -> list[tuple[Look, QRectF]]:
        metrics = self.fontMetrics()
        line, sample = metrics.height() * 1.15, metrics.height()
        x = y = 0.0
        places = []
        for look in self._looks:
            length = sample + metrics.horizontalAdvance(look.name) + metrics.averageCharWidth()
            if x and x + length > width:
                x, y = 0.0, y + line
            places.append((look, QRectF(x, y, length, line)))
            x += length
        return places

    def heightForWidth(self, width: int) -> int:
        """As many lines as the names take."""
        places = self._places(width)
        return round(places[-1][1].bottom()) + 1 if places else 0

    def sizeHint(self) -> QSize:
        """For the width that it has."""
        return QSize(self.width(), self.heightForWidth(max(self.width(), 1)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sample and name of each class."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self.fontMetrics().height() * 0.24
        for look, place in self._places(self.width()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.color))
            painter.save()
            painter.translate(QPointF(place.left() + 2 * radius, place.center().y()))
            painter.scale(radius * look.size, radius * look.size)
            painter.drawPath(shape_path(look.shape))
            painter.restore()
            painter.setPen(theme.color("text"))
            text = place.adjusted(4.2 * radius, 0, 0, 0)
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), look.name)
        painter.end()
