"""The sheet's headers: titles over the columns, users beside the rows, the selected ones highlighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import SIGNAL, QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable

LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
MOST_PICTURES = 400
"""Sections whose pictures are kept, about 25 kB each."""
AHEAD_MS, PICTURES_AHEAD = 2, 6
"""Pause before, and pictures drawn in, one piece of work ahead: less than a millisecond, so that no frame waits."""
NARROW = 12
"""Average characters below which a title no longer fits across a column and is written upright."""


class NamedHeader(QHeaderView):
    """A header whose sections show a name, given by a function of the section's number.

    Columns of a sheet are all alike: dragging the edge of one asks, by a signal, for another width of all.
    Qt's own highlighting of sections is slow on large sheets; this header paints the one highlighted section itself.
    """

    width_dragged = Signal(int)
    """Somebody drags the edge of a column: the width in pixels that it would have."""
    width_reset = Signal()

    def __init__(
        self,
        orientation: Qt.Orientation,
        name_of: Callable[[int], str],
        parent: QWidget,
        long_name_of: Callable[[int], str] | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._name_of = name_of
        self._long_name_of = long_name_of or name_of
        self._highlighted = -1
        self._dragged: int | None = None
        self._pictures: dict[tuple[str, int, int, bool], QPixmap] = {}
        self._looks: tuple[str, str, float] = ("", "", 1.0)
        self._ahead = QTimer(self, singleShot=True, interval=AHEAD_MS)
        self._ahead.timeout.connect(self._paint_ahead)
        self.setMouseTracking(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setSectionsClickable(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the edge between two sections, or select one."""
        edge = self._edge_at(event)
        if edge is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            self._dragged = edge

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the edge; show by the pointer where one is."""
        if self._dragged is not None:
            left = self.sectionViewportPosition(self._dragged)
            self.width_dragged.emit(round(event.position().x()) - left)
            return
        is_edge = not event.buttons() and self._edge_at(event) is not None
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor if is_edge else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the edge."""
        if self._dragged is None:
            super().mouseReleaseEvent(event)
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an edge: back to the width that fits."""
        if self._edge_at(event) is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.width_reset.emit()

    def _edge_at(self, event: QMouseEvent) -> int | None:
        """The column whose right edge is under the pointer."""
        if self.orientation() is Qt.Orientation.Vertical or self.receivers(SIGNAL("width_dragged(int)")) == 0:
            return None
        x = round(event.position().x())
        reach = max(self.fontMetrics().height() // 4, 3)
        section = self.logicalIndexAt(x - reach)
        if section < 0:
            return None
        return section if abs(self.sectionViewportPosition(section) + self.sectionSize(section) - x) <= reach else None

    def highlight(self, section: int) -> None:
        """Highlight one section, −1 for none."""
        if section != self._highlighted:
            self._highlighted = section
            self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One section, from a kept picture: writing takes longest."""
        painter.drawPixmap(rect.topLeft(), self._picture_of(rect.size(), section))

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is in sight; then, once nothing else is to be done, what a page further would bring into sight."""
        super().paintEvent(event)
        self._ahead.start()

    def _paint_ahead(self) -> None:
        """Draw some pictures of the next page, or of the page before, until all are there."""
        is_across = self.orientation() is Qt.Orientation.Horizontal
        length = self.viewport().width() if is_across else self.viewport().height()
        first, last = self.visualIndexAt(0), self.visualIndexAt(length - 1)
        if first < 0:
            return
        last = self.count() - 1 if last < 0 else last
        n_page = last - first + 1
        size = self._size_of(first)
        wanted = [*range(last + 1, min(last + 1 + n_page, self.count())), *range(max(first - n_page, 0), first)]
        missing = [one for one in wanted if self._key(size, one) not in self._pictures]
        for section in missing[:PICTURES_AHEAD]:
            self._picture_of(size, section)
        if len(missing) > PICTURES_AHEAD:
            self._ahead.start()

    def _size_of(self, section: int) -> QSize:
        size = self.sectionSize(section)
        if self.orientation() is Qt.Orientation.Horizontal:
            return QSize(size, self.viewport().height())
        return QSize(self.viewport().width(), size)

    def _key(self, size: QSize, section: int) -> tuple[str, int, int, bool]:
        return self._name_of(section), size.width(), size.height(), section == self._highlighted

    def _picture_of(self, size: QSize, section: int) -> QPixmap:
        looks = (current_theme().name, self.font().key(), self.devicePixelRatioF())
        if looks != self._looks or len(self._pictures) > MOST_PICTURES:
            self._pictures.clear()
            self._looks = looks
        key = self._key(size, section)
        picture = self._pictures.get(key)
        if picture is None:
            picture = self._pictures[key] = self._picture(size, section)
        return picture

    def _is_upright(self, rect: QRect) -> bool:
        """Whether a title must be written upright to have room."""
        metrics = self.fontMetrics()
        is_across = self.orientation() is Qt.Orientation.Horizontal
        is_narrow = rect.width() < NARROW * metrics.averageCharWidth()
        return is_across and is_narrow and rect.height() > 3 * metrics.height()

    def _picture(self, size: QSize, section: int) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        with QPainter(picture) as painter:
            self._paint(painter, QRect(QPoint(0, 0), size), section)
        return picture

    def _paint(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Flat, with a line at its end."""
        theme = current_theme()
        is_highlighted = section == self._highlighted
        painter.fillRect(rect, QColor(theme.header_selected if is_highlighted else theme.header))
        line = QColor(theme.grid_line)
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), line)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, line)
        painter.setPen(QColor(theme.header_text))
        font = self.font()
        font.setBold(is_highlighted)
        painter.setFont(font)
        if self.orientation() is Qt.Orientation.Vertical:
            margin = QFontMetrics(font).averageCharWidth()
            text_rect = rect.adjusted(margin, 0, -margin, 0)
            text = QFontMetrics(font).elidedText(self._name_of(section), Qt.TextElideMode.ElideRight, text_rect.width())
            painter.drawText(text_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        else:
            self._paint_title(painter, rect, section)

    def _paint_title(self, painter: QPainter, rect: QRect, section: int) -> None:
        name = self._name_of(section)
        if self._is_upright(rect):
            painter.translate(rect.left(), rect.bottom() - 4)
            painter.rotate(-90)
            self._write(painter, name, QRect(0, 0, rect.height() - 8, rect.width()), LEFT_MIDDLE)
            return
        across = rect.adjusted(3, 3, -4, -1)
        self._write(painter, name, across, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)

    @staticmethod
    def _write(painter: QPainter, name: str, rect: QRect, align: Qt.AlignmentFlag) -> None:
        """Write a name in as many lines as there is room for."""
        metrics = painter.fontMetrics()
        lines = _shortened(name, rect, metrics)
        height = len(lines) * metrics.lineSpacing()
        top = rect.bottom() - height if align & Qt.AlignmentFlag.AlignBottom else rect.center().y() - height // 2
        for place, (line, width) in enumerate(lines):
            left = rect.left() + (rect.width() - width) // 2 if align & Qt.AlignmentFlag.AlignHCenter else rect.left()
            painter.drawText(left, top + place * metrics.lineSpacing() + metrics.ascent(), line)

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole name as a tooltip, since the section may cut it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            section = self.logicalIndexAt(event.pos())
            if section >= 0:
                QToolTip.showText(event.globalPos(), self._long_name_of(section), self)
                return True
        return bool(super().viewportEvent(event))


def _shortened(name: str, rect: QRect, metrics: QFontMetrics) -> list[tuple[str, int]]:
    """Lines of a name, broken between words and cut with an ellipsis to what fits, each with its width in pixels."""
    n_lines = max(1, rect.height() // metrics.lineSpacing())
    space = metrics.horizontalAdvance(" ")
    lines: list[tuple[str, int]] = []
    words = [(word, metrics.horizontalAdvance(word)) for word in name.split()]
    while words and len(lines) < n_lines:
        line, width = words.pop(0)
        while words and width + space + words[0][1] <= rect.width():
            word, more = words.pop(0)
            line, width = f"{line} {word}", width + space + more
        lines.append((line, width))
    if words:
        line, width = lines[-1]
        lines[-1] = " ".join([line, *(word for word, _ in words)]), rect.width() + 1
    return [_cut(line, width, rect.width(), metrics) for line, width in lines]


def _cut(line: str, width: int, room: int, metrics: QFontMetrics) -> tuple[str, int]:
    if width <= room:
        return line, width
    cut = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
    return cut, metrics.horizontalAdvance(cut)
