"""A table that paints all of its visible cells at once: fast enough to follow a training run, copied exactly."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QWidget

from cfstudio.exchange.tables import harmless
from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.pages.columns import without_color
from cfstudio.gui.pages.part_painter import PartPainter
from cfstudio.gui.sheet.number_delegate import NumberDelegate, explain_at
from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cfstudio.gui.pages.columns import Part
    from cfstudio.gui.pages.painted_model import PaintedModel

WASH = 60
"""Opacity of the color over selected rows, of 255: the cells' own colors stay visible."""
NARROWEST_STRETCH = 12
"""Characters that a stretching column keeps at least."""

MANY_COLUMNS = 40


class PaintedTable(CopyableTable):
    """Qt keeps selection, keyboard, editors and accessibility; only the painting of the cells is replaced."""

    about_to_edit = Signal()
    """Numbers that are being edited must not move under the editor."""

    def __init__(self, file_name: str, model: PaintedModel, parent: QWidget | None = None) -> None:
        super().__init__(file_name, parent)
        self.painted_model = model
        self._part_painter = PartPainter()
        self._lit: int | None = None
        self.washes_lit = True
        """Whether a lit row is tinted besides its outline; without, its colors show as they are."""
        self.goes_down = True
        """Whether Return in an editor goes to the cell below, as a spreadsheet does."""
        self._was_refused = False
        model.refused.connect(self._note_refusal)
        self.setModel(model)
        delegate = NumberDelegate(self)
        delegate.about_to_edit.connect(self.about_to_edit)
        delegate.explained.connect(self._explain)
        self.setItemDelegate(delegate)
        self.setAlternatingRowColors(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        # Cells of a part are painted as one picture, so that they must be of one width.
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        model.modelReset.connect(self.fit_columns)

    def light(self, row: int | None) -> None:
        """Outline a row that was looked up, and bring it into view."""
        if row is not None and row < self.painted_model.rowCount():
            self._bring_into_view(row)
        if row != self._lit:
            self._lit = row
            self.viewport().update()

    def show_row(self, row: int | None) -> None:
        """Make a row the selected one and bring it into view, or select none; the column stays."""
        if row is None:
            self.clearSelection()
            self.setCurrentIndex(self.painted_model.index(-1, -1))
        elif row != self.currentIndex().row():
            self.setCurrentIndex(self.painted_model.index(row, max(self.currentIndex().column(), 0)))
            self._bring_into_view(row)

    def _bring_into_view(self, row: int) -> None:
        """Scroll up or down only: the columns stay where they are."""
        bar = self.horizontalScrollBar()
        across = bar.value()
        rows = self.visible_rows()
        hint = QAbstractItemView.ScrollHint
        is_near = rows.start - 1 <= row <= rows.stop
        self.scrollTo(self.painted_model.index(row, 0), hint.EnsureVisible if is_near else hint.PositionAtCenter)
        bar.setValue(across)

    def visible_rows(self) -> slice:
        """The rows that can be seen, at least partly."""
        first, last = self.rowAt(0), self.rowAt(max(self.viewport().height() - 1, 0))
        return slice(max(first, 0), self.painted_model.rowCount() if last < 0 else last + 1)

    def rows(self, numbers: Iterable[int] | None = None) -> list[list[object]]:
        """Header and rows with exact numbers; text that a spreadsheet would run as a formula is made harmless."""
        header: list[object] = [column.name for column in self.painted_model.columns]
        wanted = range(self.painted_model.rowCount()) if numbers is None else numbers
        return [header, *([exact(value) for value in row] for row in self.painted_model.exact_rows(wanted))]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Paint all visible cells, then what is selected and lit."""
        rows, theme = self.visible_rows(), current_theme()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(theme.base))
        if rows.start < rows.stop:
            top, height = self.rowViewportPosition(rows.start), self.rowHeight(rows.start)
            ys = [top + number * height for number in range(rows.stop - rows.start + 1)]
            width, ratio = self.viewport().width(), self.devicePixelRatioF()
            parts = self.painted_model.parts(rows)
            for part in parts if self.painted_model.look.uses_color else map(without_color, parts):
                self._part_painter.paint(painter, part, self._edges(part), ys, width, self.font(), ratio)
            self._paint_marks(painter, rows)
        painter.end()

    def _edges(self, part: Part) -> list[int]:
        edges = [self.columnViewportPosition(part.first + number) for number in range(part.n_columns)]
        return [*edges, edges[-1] + self.columnWidth(part.first + part.n_columns - 1)]

    def _paint_marks(self, painter: QPainter, rows: slice) -> None:
        theme = current_theme()
        wash = QColor(theme.highlight)
        wash.setAlpha(WASH)
        for part in self.selectionModel().selection():  # type: ignore[attr-defined]
            top, bottom = max(part.top(), rows.start), min(part.bottom(), rows.stop - 1)
            if top <= bottom and (self.washes_lit or not top == bottom == self._lit):
                painter.fillRect(self._band(top, bottom), wash)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._lit is not None and rows.start <= self._lit < rows.stop:
            if self.washes_lit and not self.selectionModel().isRowSelected(self._lit):
                painter.fillRect(self._band(self._lit, self._lit), wash)
            painter.setPen(QPen(QColor(theme.accent), 3))
            painter.drawRect(self._band(self._lit, self._lit).adjusted(1, 0, -2, -1))
        current = self.currentIndex()
        if current.isValid() and self.painted_model.columns[current.column()].is_editable:
            painter.setPen(QPen(QColor(theme.selection_outline), 2))
            painter.drawRect(self.visualRect(current).adjusted(0, 0, -1, -1))

    def _band(self, top: int, bottom: int) -> QRect:
        last = len(self.painted_model.columns) - 1
        right = min(self.columnViewportPosition(last) + self.columnWidth(last), self.viewport().width())
        y = self.rowViewportPosition(top)
        return QRect(0, y, right, self.rowViewportPosition(bottom) + self.rowHeight(bottom) - y)

    def fit_columns(self) -> None:
        """Make columns as wide as their widest text; those that stretch share what is left."""
        narrow, natural = self._column_widths(self.fontMetrics())
        room = self.viewport().width() - sum(narrow)
        n_stretching = sum(column.stretches for column in self.painted_model.columns) or 1
        for number, (least, most) in enumerate(zip(narrow, natural, strict=True)):
            self.setColumnWidth(number, max(least, min(least + room // n_stretching, most)))

    def _column_widths(self, metrics: QFontMetrics) -> tuple[list[int], list[int]]:
        """The least and the most pixels that each column makes use of, in letters of that size."""
        columns, margin = self.painted_model.columns, metrics.averageCharWidth()
        # Where most columns must be scrolled to anyway, a few characters more of a title cost nothing.
        narrowest = NARROWEST_STRETCH * margin * (2 if len(columns) > MANY_COLUMNS else 1)
        narrow, natural = [], []
        for column in columns:
            head = max(metrics.horizontalAdvance(line) for line in column.header.split("\n"))
            wanted = max(metrics.horizontalAdvance(column.sample), head)
            natural.append(wanted + 2 * margin)
            narrow.append(min(wanted, max(narrowest, head)) + 2 * margin if column.stretches else natural[-1])
        return narrow, natural

    def write_at(self, points: float) -> None:
        """Write in letters of that size."""
        if self.font().pointSizeF() != points:
            font = self.font()
            font.setPointSizeF(points)
            self.setFont(font)

    def largest_fitting(self, sizes: Sequence[float], width: int, height: int) -> float:
        """The largest of some sizes of letters, in points, at which all fits into so many pixels; else the smallest."""
        fitting = [points for points in sizes if self._fits(points, width, height)]
        return max(fitting, default=min(sizes))

    def _fits(self, points: float, width: int, height: int) -> bool:
        font = self.font()
        font.setPointSizeF(points)
        metrics, present = QFontMetrics(font), self.fontMetrics().height()
        row = ceil(metrics.height() * self.verticalHeader().defaultSectionSize() / present)
        header = self.horizontalHeader().sizeHint().height() - present + metrics.height()
        n_pixels = header + row * self.painted_model.rowCount() + 2 * self.frameWidth()
        return n_pixels <= height and sum(self._column_widths(metrics)[1]) + 2 * self.frameWidth() <= width

    @property
    def wanted_widths(self) -> tuple[int, int]:
        """The least and the most pixels that the table makes use of."""
        beside = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        narrow, natural = self._column_widths(self.fontMetrics())
        return sum(narrow) + beside, sum(natural) + beside

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        """Make the columns as wide as a changed font needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "painted_model"):
            self.fit_columns()

    def event(self, event: QEvent) -> bool:
        """Keep the space bar for playing: without this, Qt would start the editor on it."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            event.ignore()
            return False
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete blanks an editable cell, or says at the cell why it may not be."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        elif event.key() == Qt.Key.Key_Delete and current.isValid():
            self._blank_current()
        else:
            super().keyPressEvent(event)

    def _blank_current(self) -> None:
        self.about_to_edit.emit()
        current, reasons = self.currentIndex(), list[str]()
        self.painted_model.refused.connect(reasons.append)
        self.painted_model.setData(current, None)
        self.painted_model.refused.disconnect(reasons.append)
        if reasons:
            self._explain(current.row(), current.column(), reasons[-1])

    def _explain(self, row: int, column: int, reason: str) -> None:
        explain_at(self, row, column, reason)

    def commitData(self, editor: QWidget) -> None:
        """Take an edit over; a refused one keeps the selection where it is."""
        self._was_refused = False
        super().commitData(editor)

    def _note_refusal(self) -> None:
        self._was_refused = True

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go down after Return, once the number was taken."""
        super().closeEditor(editor, hint)
        is_taken = hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache and not self._was_refused
        below = self.painted_model.index(self.currentIndex().row() + 1, self.currentIndex().column())
        if self.goes_down and is_taken and below.isValid():
            self.setCurrentIndex(below)


def exact(value: object) -> object:
    """A value as other programs read it back unchanged: all digits of a number, text that is never a formula."""
    if isinstance(value, float):
        return repr(value)
    return harmless(value) if isinstance(value, str) else value
