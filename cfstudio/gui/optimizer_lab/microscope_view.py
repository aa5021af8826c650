"""One weight under the microscope: what moves it, row by row, as arrows and squares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cfstudio.gui.theme import current_theme
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.optimizer_lab.microscope import Specimen, specimen

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession

MOST_ROWS = 40
LANES = (
    ("gradient", "Gradient", "warning"),
    ("velocity", "Velocity", "train_curve"),
    ("second_moment", "Second moment", "valid_curve"),
    ("move", "Step", "text"),
)
EMPTY = "No row was run yet: F8 runs one, Space runs on."
NONE = "this method keeps none"


class MicroscopeView(QWidget):
    """Lanes of arrows for gradient, velocity and step, and of squares whose area is the second moment.

    Each lane has its own scale: its largest arrow or square fills it.
    """

    row_chosen = Signal(int)
    """A row of the page, counted from 0, was clicked."""

    def __init__(self, session: LabSession) -> None:
        super().__init__()
        self._session = session
        self.weight = "a"
        self.place: int | None = None
        """The row looked at; None for the last one."""
        self.setObjectName("labMicroscope")
        self.setAccessibleName("Gradient, velocity, second moment and step of one weight, row by row")
        self.setToolTip("Arrows show sign and size, each lane in its own scale; squares have the area of the moment.")
        fit_to_zoom(self, lambda: self.setMinimumHeight(self.fontMetrics().height() * 12))

    def rows(self) -> range:
        """The rows drawn: the newest, or those up to the one looked at."""
        n_run = len(self._session.sheet.rows)
        stop = n_run if self.place is None else min(n_run, max(self.place + 1, MOST_ROWS))
        return range(max(0, stop - MOST_ROWS), stop)

    def current(self) -> int | None:
        """The row looked at, None where no row was run."""
        n_run = len(self._session.sheet.rows)
        if not n_run:
            return None
        return n_run - 1 if self.place is None or self.place >= n_run else self.place

    def specimens(self) -> list[Specimen]:
        """What moved the weight in the rows drawn."""
        return [specimen(self._session.sheet, place, self.weight) for place in self.rows()]

    def table(self) -> list[list[object]]:
        """The numbers behind the picture."""
        names = [name for name, _, _ in LANES]
        lines = zip(self.rows(), self.specimens(), strict=True)
        return [["row", *names], *([place + 1, *(getattr(one, name) for name in names)] for place, one in lines)]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at the row that was clicked."""
        rows = self.rows()
        left, width = self._columns()
        place = rows.start + int((event.position().x() - left) / width) if rows else -1
        if place in rows and event.position().x() >= left:
            self.row_chosen.emit(place)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint the lanes."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.base))
        specimens = self.specimens()
        if not specimens:
            painter.setPen(QColor(theme.muted_text))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)
            painter.end()
            return
        self._paint_current(painter)
        height = (self.height() - self._foot()) / len(LANES)
        for number, (name, title, color) in enumerate(LANES):
            lane = QRectF(0, number * height, self.width(), height)
            self._paint_lane(painter, lane, title, [getattr(one, name) for one in specimens], color, name)
        self._paint_numbers(painter)
        painter.end()

    def _paint_current(self, painter: QPainter) -> None:
        left, width = self._columns()
        current = self.current()
        if current is not None and current in self.rows():
            x = left + (current - self.rows().start) * width
            painter.fillRect(QRectF(x, 0, width, self.height()), QColor(current_theme().header_selected))

    def _paint_lane(
        self, painter: QPainter, lane: QRectF, title: str, values: list[float | None], color: str, name: str
    ) -> None:
        theme = current_theme()
        painter.setPen(QColor(theme.text))
        label = QRectF(4, lane.top(), self._columns()[0] - 8, lane.height())
        known = [abs(value) for value in values if value is not None and math.isfinite(value)]
        text = title if known else f"{title}:\n{NONE}"
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, text)
        painter.setPen(QPen(QColor(theme.grid_line), 1))
        painter.drawLine(lane.bottomLeft(), lane.bottomRight())
        painter.drawLine(QPointF(label.right(), lane.center().y()), QPointF(self.width(), lane.center().y()))
        largest = max(known, default=0.0)
        left, width = self._columns()
        for place, value in enumerate(values):
            if value is None or not math.isfinite(value) or not largest:
                continue
            x, part = left + (place + 0.5) * width, value / largest
            if name == "second_moment":
                self._square(painter, QPointF(x, lane.center().y()), math.sqrt(abs(part)), lane, width, color)
            else:
                self._arrow(painter, QPointF(x, lane.center().y()), part * (lane.height() / 2 - 4), width, color)

    def _arrow(self, painter: QPainter, foot: QPointF, length: float, width: float, color: str) -> None:
        """Up for positive numbers, down for negative ones."""
        ink = QColor(getattr(current_theme(), color))
        head = min(width * 0.4, abs(length), 8.0)
        tip = QPointF(foot.x(), foot.y() - length)
        base = tip.y() + math.copysign(head, length)
        painter.setPen(QPen(ink, max(1.5, min(width * 0.14, 3.0))))
        painter.drawLine(foot, QPointF(foot.x(), base))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        sides = (QPointF(foot.x() - head * 0.7, base), QPointF(foot.x() + head * 0.7, base))
        painter.drawPolygon(QPolygonF([tip, *sides]))

    def _square(self, painter: QPainter, center: QPointF, part: float, lane: QRectF, width: float, color: str) -> None:
        side = max(part * min(lane.height() - 8, width * 0.9), 1.0)
        ink = QColor(getattr(current_theme(), color))
        painter.setPen(QPen(ink, 1))
        ink.setAlpha(110)
        painter.setBrush(ink)
        painter.drawRect(QRectF(center.x() - side / 2, center.y() - side / 2, side, side))

    def _paint_numbers(self, painter: QPainter) -> None:
        rows, (left, width) = self.rows(), self._columns()
        metrics = self.fontMetrics()
        every = max(1, math.ceil(metrics.horizontalAdvance("10000") / width))
        painter.setPen(QColor(current_theme().muted_text))
        foot = self._foot()
        for place in rows:
            if (place + 1) % every == 0:
                box = QRectF(left + (place - rows.start) * width - width * every / 2, 0, width * (every + 1), foot)
                box.moveTop(self.height() - foot)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        painter.drawText(QRectF(4, self.height() - foot, left - 8, foot), Qt.AlignmentFlag.AlignVCenter, "Row")

    def _columns(self) -> tuple[float, float]:
        left = self.fontMetrics().horizontalAdvance("Second moment") + 12.0
        return left, (self.width() - left - 4) / max(min(MOST_ROWS, len(self._session.sheet.order)), 1)

    def _foot(self) -> int:
        return round(self.fontMetrics().height() * 1.4)
