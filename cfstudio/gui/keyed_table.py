"""The view of rows with keys: columns that share the width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.keyed_model import KeyedModel
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.gui.keyed_model import Column, Row

NARROWEST_TEXT = 8
"""Characters of the narrowest column of texts."""


class KeyedTable(CopyableTable):
    """A table of `Row`s; double click and Enter emit the row's key."""

    key_activated = Signal(int)

    def __init__(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        file_name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(file_name, parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.keyed = KeyedModel(columns, self)
        self.setModel(self.keyed)
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        header = self.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(False)
        self.row_activated.connect(lambda row: self.key_activated.emit(self.keyed.row(row).key))
        fit_to_zoom(self, self.fit)

    def put(self, rows: Sequence[Row]) -> None:
        """Show these rows; what was selected stays so as far as it is still there."""
        self.keyed.put(rows)

    def current_key(self) -> int | None:
        """Whose row the keyboard is in."""
        index = self.currentIndex()
        return self.keyed.row(index.row()).key if index.isValid() else None

    def select_key(self, key: int) -> None:
        """Select a row and bring it into view, if it is there."""
        keys = self.keyed.keys()
        if key in keys:
            self.selectRow(keys.index(key))
            self.scrollTo(self.keyed.index(keys.index(key), 0))

    def fit(self) -> None:
        """Share the width anew."""
        self.horizontalHeader().setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 2)
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Numbers are as wide as they need, texts share the rest."""
        super().resizeEvent(event)
        self._share_width()

    def needed_width(self, place: int) -> int:
        """Pixels that a column of numbers needs."""
        metrics, column = self.fontMetrics(), self.keyed.columns[place]
        header = metrics.horizontalAdvance(column.header) + metrics.averageCharWidth()
        return max(metrics.horizontalAdvance(column.widest), header) + round(metrics.height() * 0.7)

    def _share_width(self) -> None:
        metrics = self.fontMetrics()
        fixed = [place for place, one in enumerate(self.keyed.columns) if one.widest and not self.isColumnHidden(place)]
        for place in fixed:
            self.setColumnWidth(place, self.needed_width(place))
        rest = self.viewport().width() - sum(self.columnWidth(place) for place in fixed)
        free = [
            place for place, one in enumerate(self.keyed.columns) if not one.widest and not self.isColumnHidden(place)
        ]
        total = sum(self.keyed.columns[place].share for place in free) or 1.0
        for place in free:
            width = round(rest * self.keyed.columns[place].share / total)
            self.setColumnWidth(place, max(width, metrics.averageCharWidth() * NARROWEST_TEXT))
