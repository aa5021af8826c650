"""x and y at the left edge of the worksheet while its other columns scroll past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QTableView

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent, QWheelEvent

    from cfstudio.gui.optimizer_lab.sheet_table import SheetTable

N_FROZEN = 2
"""x and y."""


class FrozenColumns(QTableView):
    """Lies over the table's left edge while that is scrolled; shows the same rows and has the same selection."""

    def __init__(self, table: SheetTable, paint: Callable[[QTableView], object]) -> None:
        super().__init__(table)
        self._table, self._paint = table, paint
        self.setModel(table.model())
        self.setSelectionModel(table.selectionModel())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("x and y of the rows")
        self.setToolTip("x and y stay in sight; double-click changes one")
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(never)
        self.setHorizontalScrollBarPolicy(never)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalScrollBar().valueChanged.connect(table.verticalScrollBar().setValue)
        table.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        table.horizontalScrollBar().valueChanged.connect(self.follow)
        self.doubleClicked.connect(self._edit)
        table.installEventFilter(self)
        self.hide()

    @property
    def wide(self) -> int:
        """Pixels of the frozen columns."""
        return sum(self._table.columnWidth(column) for column in range(N_FROZEN))

    def follow(self) -> None:
        """Take the table's place, sizes and rows, and show only while its own x and y are out of sight."""
        table = self._table
        self.setVisible(table.horizontalScrollBar().value() > 0)
        if not self.isVisible():
            return
        for column in range(table.model().columnCount()):
            self.setColumnHidden(column, column >= N_FROZEN)
        for column in range(N_FROZEN):
            self.setColumnWidth(column, table.columnWidth(column))
        self.verticalHeader().setDefaultSectionSize(table.verticalHeader().defaultSectionSize())
        header = table.horizontalHeader().height()
        self.horizontalHeader().setFixedHeight(header)
        place = table.viewport().geometry()
        self.setGeometry(place.left(), place.top() - header, self.wide, place.height() + header)
        self.setVerticalScrollMode(table.verticalScrollMode())
        self.verticalScrollBar().setValue(table.verticalScrollBar().value())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The same cells as the table's."""
        self._paint(self)
        edge = self.viewport().rect()
        painter = QPainter(self.viewport())
        # A line as thick as in any spreadsheet says where the scrolling begins.
        painter.fillRect(edge.right() - 1, 0, 2, edge.height(), QColor(current_theme().mid))
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the whole table."""
        self._table.wheelEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size and font."""
        if watched is self._table and event.type() in (QEvent.Type.Resize, QEvent.Type.FontChange, QEvent.Type.Show):
            self.follow()
        return bool(super().eventFilter(watched, event))

    def _edit(self, index: QModelIndex) -> None:
        self._table.edit(index)
