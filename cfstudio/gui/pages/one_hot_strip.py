"""The one-hot row as a strip of cells: a 1 that can be moved, zeros around it, the rest of the zeros in words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cfstudio.gui.theme import current_theme

PAGE = 10
"""Places that Page Up and Page Down move the 1."""


class OneHotStrip(QWidget):
    """Click a place or press an arrow key to move the 1 there."""

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n, self._place = 0, 0
        self._kind = "user"
        self.setObjectName("oneHotStrip")
        self.setAccessibleName("One-hot row")
        self.setToolTip("Click a place, or press the arrow keys, to move the 1")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def place(self) -> int:
        """Where the 1 stands, counted from 0."""
        return self._place

    def show_row(self, n: int, place: int, kind: str) -> None:
        """Show a row of so many places of a `kind`: user, movie, word."""
        self._n, self._place, self._kind = n, place, kind
        self.setAccessibleDescription(f"{n:,} places, the 1 is in place {place + 1:,}; arrow keys move it.")
        self.updateGeometry()
        self.update()

    def shown_places(self) -> range:
        """The places that are drawn: all, or as many as there is room for around the 1."""
        width = self._cell_width()
        if self._n * width <= self.width():
            return range(self._n)
        room = self.width() - 2 * self._words_width()
        n_cells = max(3, room // width)
        first = min(max(self._place - n_cells // 2, 0), self._n - n_cells)
        return range(max(first, 0), min(first + n_cells, self._n))

    def sizeHint(self) -> QSize:
        """One line of numbers over one of cells."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 60, round(metrics.height() * 3.2))

    def minimumSizeHint(self) -> QSize:
        """As high as it likes to be, but narrow."""
        return QSize(self.fontMetrics().averageCharWidth() * 30, self.sizeHint().height())

    def _cell_width(self) -> int:
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(f"{max(self._n, 10):,}") + metrics.averageCharWidth()

    def _words_width(self) -> int:
        """Room at each end for what is not drawn."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(f"… {self._n:,} more zeros") + metrics.averageCharWidth()

    def _cells(self) -> tuple[range, int, int]:
        """Which places are drawn, where the first one begins, how wide each is."""
        shown, width = self.shown_places(), self._cell_width()
        if len(shown) == self._n and self._n:
            # A short row makes use of the room, but stays a row of cells.
            width = min(self.width() // self._n, 3 * width)
            return shown, 0, width
        return shown, self._words_width() if shown.start else 0, width

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Numbers of the places, zeros and the one, and how many zeros are not drawn."""
        painter, theme, metrics = QPainter(self), current_theme(), self.fontMetrics()
        shown, left, width = self._cells()
        top = metrics.height() + 2
        height = self.height() - top - 2
        for number, place in enumerate(shown):
            self._paint_cell(painter, QRect(left + number * width, top, width, height), place)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.muted_text))
        end = left + len(shown) * width
        gap = metrics.averageCharWidth()
        vertical = Qt.AlignmentFlag.AlignVCenter
        if len(shown) and shown.start > 0:
            rect = QRect(0, top, left - gap, height)
            painter.drawText(rect, vertical | Qt.AlignmentFlag.AlignRight, f"{shown.start:,} zeros …")
        if len(shown) and shown.stop < self._n:
            rect = QRect(end + gap, top, self.width() - end - gap, height)
            painter.drawText(rect, vertical | Qt.AlignmentFlag.AlignLeft, f"… {self._n - shown.stop:,} more zeros")
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: QRect, place: int) -> None:
        theme, is_one = current_theme(), place == self._place
        painter.fillRect(cell, QColor(theme.accent if is_one else theme.base))
        painter.setPen(QPen(QColor(theme.mid)))
        painter.drawRect(cell.adjusted(0, 0, -1, -1))
        font = QFont(self.font())
        painter.setFont(font)
        painter.setPen(QColor(theme.text if is_one else theme.muted_text))
        above = QRect(cell.left(), 0, cell.width(), cell.top())
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{place + 1:,}")
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(is_one)
        painter.setFont(font)
        painter.setPen(QColor(theme.base if is_one else theme.muted_text))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "1" if is_one else "0")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the 1 where somebody clicks."""
        self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the 1 along the strip."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position().x())

    def _move_to(self, x: float) -> None:
        shown, left, width = self._cells()
        number = int((x - left) // width) if width else -1
        if 0 <= number < len(shown):
            self._move(shown[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Page Up and Down, Home and End move the 1."""
        key = Qt.Key
        steps = {
            key.Key_Left: -1,
            key.Key_Up: -1,
            key.Key_Right: 1,
            key.Key_Down: 1,
            key.Key_PageUp: -PAGE,
            key.Key_PageDown: PAGE,
            key.Key_Home: -self._n,
            key.Key_End: self._n,
        }
        step = steps.get(key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._move(min(max(self._place + step, 0), self._n - 1))

    def _move(self, place: int) -> None:
        if self._n and place != self._place:
            self.moved.emit(place)
