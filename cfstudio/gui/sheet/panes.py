"""How the sheet's grids, headers and corner stand beside each other, and that they scroll together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QHBoxLayout,
    QHeaderView,
    QScrollBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cfstudio.gui.scrolled import scrolled
from cfstudio.gui.sheet.headers import NamedHeader

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet

ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
ALWAYS, NEVER = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff


class SheetPanes:
    """Four panes: corner and item factors above, user factors and ratings below."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        ratings, users, items = sheet.grids
        self.user_names = NamedHeader(DOWN, sheet.user_model.user_name, users)
        self.factor_names = NamedHeader(ACROSS, sheet.user_model.short_number_name, users, sheet.user_model.number_name)
        self.titles = NamedHeader(ACROSS, sheet.item_model.item_name, items)
        self.item_ids = NamedHeader(ACROSS, sheet.item_id, ratings)
        users.setVerticalHeader(self.user_names)
        users.setHorizontalHeader(self.factor_names)
        items.setHorizontalHeader(self.titles)
        ratings.setHorizontalHeader(self.item_ids)
        ratings.verticalHeader().hide()
        items.verticalHeader().hide()
        # The names of the items' numbers stand in the corner, so that both upper panes begin at the same place.
        self.item_numbers = NamedHeader(DOWN, sheet.item_model.short_number_name, sheet, sheet.item_model.number_name)
        self.item_numbers.setModel(sheet.item_model)
        self.title_space = QWidget()
        self._fix_sections()
        self._set_scroll_bars()
        self._top = _splitter(ACROSS, self._with_item_numbers(sheet.corner), items)
        self._bottom = _splitter(ACROSS, users, ratings)
        self._rows = _splitter(DOWN, self._top, self._bottom)
        layout = QVBoxLayout(sheet)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rows)
        self._top.splitterMoved.connect(lambda: self._bottom.setSizes(self._top.sizes()))
        self._bottom.splitterMoved.connect(lambda: self._top.setSizes(self._bottom.sizes()))

    @property
    def headers(self) -> tuple[NamedHeader, ...]:
        """All headers."""
        return self.user_names, self.factor_names, self.titles, self.item_ids, self.item_numbers

    def set_corner_size(self, width: int, height: int) -> None:
        """Give the corner so many pixels, the grid the rest."""
        self._rows.setSizes([height, max(self._sheet.height() - height, 100)])
        for pair in (self._top, self._bottom):
            pair.setSizes([width, max(self._sheet.width() - width, 100)])

    def _fix_sections(self) -> None:
        for grid in self._sheet.grids:
            for header in (grid.horizontalHeader(), grid.verticalHeader()):
                header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
                header.setHighlightSections(False)
            grid.setFrameShape(QAbstractScrollArea.Shape.NoFrame)

    def _set_scroll_bars(self) -> None:
        """All bars that are shown stay, so that panes beside each other keep the same size and scroll alike."""
        ratings, users, items = self._sheet.grids
        items.setHorizontalScrollBarPolicy(NEVER)
        users.setVerticalScrollBarPolicy(NEVER)
        items.setVerticalScrollBarPolicy(ALWAYS)
        users.setHorizontalScrollBarPolicy(ALWAYS)
        ratings.setHorizontalScrollBarPolicy(ALWAYS)
        ratings.setVerticalScrollBarPolicy(ALWAYS)
        _tie(ratings.horizontalScrollBar(), items.horizontalScrollBar())
        _tie(ratings.verticalScrollBar(), users.verticalScrollBar())
        items.verticalScrollBar().valueChanged.connect(self.item_numbers.setOffset)

    def _with_item_numbers(self, corner: QWidget) -> QWidget:
        beside = QWidget()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.title_space)
        column.addWidget(self.item_numbers, 1)
        layout = QHBoxLayout(beside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        # At a large zoom the corner scrolls rather than take the room of the ratings.
        layout.addWidget(scrolled(corner), 1)
        layout.addLayout(column)
        return beside


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.addWidget(first)
    splitter.addWidget(second)
    splitter.setStretchFactor(0, 0)
    splitter.setStretchFactor(1, 1)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(3)
    return splitter


def _tie(first: QScrollBar, second: QScrollBar) -> None:
    first.valueChanged.connect(second.setValue)
    second.valueChanged.connect(first.setValue)
    # With a row more, the first may go to its end before the second knows that there is one.
    second.rangeChanged.connect(lambda _low, _high: second.setValue(first.value()))
