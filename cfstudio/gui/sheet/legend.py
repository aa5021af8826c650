"""What the sheet's colors and marks mean: a small picture of the color ramp with its ends, and of a held-out cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from cfstudio.gui.sheet.cells import Ramp
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.workspace.document import Workspace


class ColorLegend(QWidget):
    """The colors of the layer that is shown, from their lowest to their highest number."""

    def __init__(self, workspace: Workspace, look: SheetLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._look = workspace, look
        self._layer = Layer.RATINGS
        self._ramp: Ramp = "rating_ramp"
        self.setAccessibleName("Color legend")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        workspace.model_changed.connect(self.explain)
        workspace.opened.connect(self.explain)
        self.explain()

    def show_layer(self, layer: Layer, ramp: Ramp) -> None:
        """Explain another layer's colors."""
        self._layer, self._ramp = layer, ramp
        self.explain()

    def sizeHint(self) -> QSize:
        """Two lines, or one where nothing is held out."""
        line = self.fontMetrics().lineSpacing() + 4
        return QSize(self.fontMetrics().averageCharWidth() * 28, line * (2 if self._has_held_out else 1))

    @property
    def _has_held_out(self) -> bool:
        return bool(self._workspace.held_out.any())

    def _ends(self) -> tuple[str, str, str]:
        """What stands before, behind and after the ramp."""
        if self._ramp == "error_ramp":
            span = self._look.error_span
            return f"−{span:g}", f"+{span:g}", "error"
        scale = self._workspace.ratings.scale
        low, high = self._look.rating_span(scale.low, scale.high)
        return f"{low:g}", f"{high:g}", "predicted" if self._layer is Layer.PREDICTIONS else "rating"

    def explain(self) -> None:
        """Say in words what the picture shows, and draw it anew."""
        low, high, what = self._ends()
        text = f"Colors run from {low} to {high} ({what}, in rating points). Gray numbers: predicted, not rated."
        if self._has_held_out:
            text += " Hatched cells are held out: training never sees them."
        self.setToolTip(text)
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The ramp between its ends; below it a hatched cell."""
        theme, metrics = current_theme(), self.fontMetrics()
        painter = QPainter(self)
        line, gap = metrics.lineSpacing() + 4, metrics.averageCharWidth()
        low, high, what = self._ends()
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left = metrics.horizontalAdvance("−0.0") + gap
        width = min(metrics.averageCharWidth() * 12, max(self.width() - 2 * left, 20))
        bar = QRect(left, 3, width, line - 6)
        ramp = getattr(theme, self._ramp)
        image = QImage(ramp.tobytes(), len(ramp), 1, 3 * len(ramp), QImage.Format.Format_RGB888)
        painter.drawImage(bar, image)
        painter.setPen(QPen(QColor(theme.grid_line)))
        painter.drawRect(bar)
        painter.setPen(QColor(theme.muted_text))
        painter.drawText(
            QRect(0, 0, left - gap // 2, line), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, low
        )
        painter.drawText(QRect(bar.right() + gap, 0, self.width(), line), align, f"{high}  {what}")
        if self._has_held_out:
            cell = QRect(left, line + 3, metrics.height() * 2, line - 6)
            painter.setBrush(QBrush(QColor(theme.held_out_hatch), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(QColor(theme.mid)))
            painter.drawRect(cell)
            painter.setPen(QColor(theme.muted_text))
            painter.drawText(QRect(cell.right() + gap, line, self.width(), line), align, "held out")
        painter.end()
