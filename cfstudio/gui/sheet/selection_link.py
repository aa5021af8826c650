"""The grids' selection and the document's: which cell, user or item is meant, and what its number is made of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.ratings.table import FloatArray

Key = Qt.Key


class SelectionLink(QObject):
    """Keeps them the same, outlines precedents and dependents, and lets arrow keys cross from grid to grid."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._sheet, self._workspace, self._axes = sheet, sheet.workspace, sheet.axes
        self._is_exchanging = False
        ratings, users, items = sheet.grids
        ratings.selection_moved.connect(self._tell_selection)
        # The cell that was current before a factor was selected.
        ratings.clicked.connect(self._tell_selection)
        for grid in (users, items):
            grid.selectionModel().currentChanged.connect(lambda _new, _old, grid=grid: self._tell_factor(grid))
            grid.clicked.connect(lambda _index, grid=grid: self._tell_factor(grid))
        for grid in sheet.grids:
            grid.keys.left.connect(lambda key, grid=grid: self._cross(grid, key))
        for header in (sheet.panes.titles, sheet.panes.item_ids):
            header.sectionClicked.connect(self._select_column)
        sheet.panes.user_names.sectionClicked.connect(self._select_row)
        self._workspace.selection_changed.connect(self.follow)

    def follow(self) -> None:
        """Go to what is selected in the document, highlight its headers, outline what it is made of."""
        selection = self._workspace.selection
        if not self._is_exchanging:
            with self._exchanging():
                self._sheet.go_to(selection.user, selection.item)
        row = None if selection.user is None else int(self._axes.row_of_user[selection.user])
        column = None if selection.item is None else int(self._axes.column_of_item[selection.item])
        panes = self._sheet.panes
        panes.user_names.highlight(-1 if row is None else row)
        for header in (panes.titles, panes.item_ids):
            header.highlight(-1 if column is None else column)
        self.trace()

    def trace(self) -> None:
        """Outline the vectors that the selected cell is the product of, or the cells that a selected factor feeds."""
        selection, (ratings, users, items) = self._workspace.selection, self._sheet.grids
        row = None if selection.user is None else int(self._axes.row_of_user[selection.user])
        column = None if selection.item is None else int(self._axes.column_of_item[selection.item])
        row, column = (None if place == -1 else place for place in (row, column))
        is_cell = row is not None and column is not None
        products = self.products() if is_cell else None
        users.marks.outline(row, None, products)
        items.marks.outline(None, column, products)
        feeds_row = not is_cell and self._sheet.last_grid is users
        feeds_column = not is_cell and self._sheet.last_grid is items
        ratings.marks.outline(row if feeds_row else None, column if feeds_column else None)

    def products(self) -> FloatArray | None:
        """What each number of the selected user and item adds to the prediction: (n_numbers,), biases as none.

        None unless a cell is selected, and for a net, which has no products.
        """
        selection, factors = self._workspace.selection, self._workspace.factors
        if selection.user is None or selection.item is None or not factors.is_dot_product:
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            user, item = factors.user_factors[selection.user], factors.item_factors[selection.item]
            products = user.astype(np.float64) * item
        return np.concatenate(([np.nan], products)) if factors.has_bias else products

    def _tell_selection(self) -> None:
        """Tell the document which cell, user or item the grid's selection means."""
        current = self._sheet.ratings_view.currentIndex()
        if not current.isValid() or self._is_exchanging:
            return
        user, item = int(self._axes.users[current.row()]), int(self._axes.items[current.column()])
        parts = self._sheet.ratings_view.selected_ranges()
        with self._exchanging():
            if len(parts) == 1 and parts[0].n_columns == 1 and parts[0].n_rows == len(self._axes.users) > 1:
                self._workspace.select(item=int(self._axes.items[parts[0].left]))
            elif len(parts) == 1 and parts[0].n_rows == 1 and parts[0].n_columns == len(self._axes.items) > 1:
                self._workspace.select(user=int(self._axes.users[parts[0].top]))
            else:
                self._workspace.select(user, item)

    def _tell_factor(self, grid: GridView) -> None:
        current = grid.currentIndex()
        if not grid.hasFocus() or not current.isValid():
            return
        with self._exchanging():
            if grid is self._sheet.user_view:
                self._workspace.select(user=int(self._axes.users[current.row()]))
            else:
                self._workspace.select(item=int(self._axes.items[current.column()]))
        self.trace()

    def _select_column(self, column: int) -> None:
        # With Shift and Ctrl as the keyboard has them: Qt reads those itself.
        self._sheet.ratings_view.selectColumn(column)
        self._sheet.ratings_view.setFocus(Qt.FocusReason.MouseFocusReason)

    def _select_row(self, row: int) -> None:
        self._sheet.ratings_view.selectRow(row)
        self._sheet.ratings_view.setFocus(Qt.FocusReason.MouseFocusReason)

    def _cross(self, grid: GridView, key: int) -> None:
        """Go on in the grid beside, as if all were one page."""
        ratings, users, items = self._sheet.grids
        row, column = grid.currentIndex().row(), grid.currentIndex().column()
        last_number = users.model().columnCount() - 1
        ways = {
            (ratings, Key.Key_Left): (users, row, last_number),
            (ratings, Key.Key_Up): (items, last_number, column),
            (users, Key.Key_Right): (ratings, row, 0),
            (items, Key.Key_Down): (ratings, 0, column),
        }
        way = ways.get((grid, Qt.Key(key)))
        if way is None:
            return
        target, row, column = way
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        target.select_cell(row, column)

    @contextmanager
    def _exchanging(self) -> Iterator[None]:
        """While the grid and the document tell each other what is selected, neither answers."""
        self._is_exchanging = True
        try:
            yield
        finally:
            self._is_exchanging = False
