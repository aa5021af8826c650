"""The sheet as one widget: three grids with frozen headers that scroll together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from cfstudio.gui.sheet.addresses import SheetAddresses
from cfstudio.gui.sheet.corner import SheetCorner
from cfstudio.gui.sheet.factors_model import FactorsModel
from cfstudio.gui.sheet.grid_view import GridView
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.sheet.look import SheetLook
from cfstudio.gui.sheet.panes import SheetPanes
from cfstudio.gui.sheet.ratings_model import RatingsModel
from cfstudio.gui.sheet.selection_link import SelectionLink
from cfstudio.gui.sheet.sizes import SheetSizes
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace


class Sheet(QWidget):
    """User factors left, item factors on top, the user × item grid where they cross."""

    layer_changed = Signal()
    selection_moved = Signal()
    """Other cells are selected in the grid that was used last."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace, self.axes = workspace, axes
        self.look = SheetLook()
        self.addresses = SheetAddresses(workspace, axes)
        shared = (workspace, axes, self.addresses, self.look)
        self.ratings_model = RatingsModel(*shared, self)
        self.user_model = FactorsModel(*shared, "user", self)
        self.item_model = FactorsModel(*shared, "item", self)
        self.ratings_view = _named(GridView(self.ratings_model), "ratingsView", "Ratings, users by items")
        self.user_view = _named(GridView(self.user_model), "userFactorsView", "User factors")
        self.item_view = _named(GridView(self.item_model), "itemFactorsView", "Item factors")
        self.last_grid = self.ratings_view
        self.corner = SheetCorner(workspace, axes, self.look)
        self.panes = SheetPanes(self)
        self.sizes = SheetSizes(self)
        self.link = SelectionLink(self)
        self._connect()
        self._follow_document()

    @property
    def grids(self) -> tuple[GridView, GridView, GridView]:
        """Ratings, user factors, item factors."""
        return self.ratings_view, self.user_view, self.item_view

    @property
    def layer(self) -> Layer:
        """What the grid shows."""
        return self.ratings_model.layer

    def show_layer(self, layer: Layer) -> None:
        """Show ratings, predictions or errors in the same cells."""
        self.ratings_model.layer = layer
        self.corner.legend.show_layer(layer, self.ratings_model.ramp)
        self.ratings_view.refresh()
        self.layer_changed.emit()

    def predict_blanks(self, *, shown: bool) -> None:
        """Show, or not, what the model says of cells nobody has rated."""
        self.ratings_model.predicts_blanks = shown
        self.refresh()

    def visible_users(self) -> IntArray:
        """Codes of the users on the screen."""
        return self.axes.users[self.ratings_view.visible_rows()]

    def visible_items(self) -> IntArray:
        """Codes of the items on the screen."""
        return self.axes.items[self.ratings_view.visible_columns()]

    def selected_users(self) -> IntArray:
        """Codes of the users in whose rows something is selected, in the order of the sheet."""
        grid = self.user_view if self.last_grid is self.user_view else self.ratings_view
        return self.axes.users[_lines([part.rows for part in grid.selected_ranges()], len(self.axes.users))]

    def selected_items(self) -> IntArray:
        """Codes of the items in whose columns something is selected, in the order of the sheet."""
        grid = self.item_view if self.last_grid is self.item_view else self.ratings_view
        return self.axes.items[_lines([part.columns for part in grid.selected_ranges()], len(self.axes.items))]

    def refresh(self) -> None:
        """Repaint all numbers."""
        for grid in self.grids:
            grid.refresh()

    def refresh_look(self) -> None:
        """Show the numbers in another format or in other colors."""
        self.corner.legend.explain()
        # More decimals need wider columns.
        self.sizes.fit_all()
        self.refresh()

    def go_to(self, user: int | None, item: int | None) -> None:
        """Bring a user, an item or a cell into view and select it; does nothing for what is hidden."""
        row = 0 if user is None else int(self.axes.row_of_user[user])
        column = 0 if item is None else int(self.axes.column_of_item[item])
        if row < 0 or column < 0:
            return
        view = self.ratings_view
        index = view.model().index(
            row if user is not None else max(view.rowAt(1), 0),
            column if item is not None else max(view.columnAt(1), 0),
        )
        if not view.viewport().rect().contains(view.visualRect(index)):
            view.scrollTo(index, view.ScrollHint.PositionAtCenter)
        if user is not None and item is not None:
            view.select_cell(row, column)
        elif item is not None:
            view.selectColumn(column)
        elif user is not None:
            view.selectRow(row)

    def set_corner_size(self, width: int, height: int) -> None:
        """Give the corner so many pixels, the grid the rest."""
        self.panes.set_corner_size(width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the cells of a small sheet grow into the room."""
        super().resizeEvent(event)
        self.sizes.fit_cells()

    def item_id(self, column: int) -> str:
        """The id of the item in a column."""
        return str(self.workspace.ratings.item_table.ids[self.axes.items[column]])

    def _connect(self) -> None:
        for grid in self.grids:
            grid.focused.connect(lambda grid=grid: self._use(grid))
            grid.selection_moved.connect(self.selection_moved)
        workspace = self.workspace
        workspace.opened.connect(self._follow_document)
        workspace.model_changed.connect(self._follow_model)
        workspace.ratings_changed.connect(self.refresh)
        workspace.factors_changed.connect(self._follow_factors)
        self.axes.changed.connect(self._follow_axes)
        fit_to_zoom(self, self.sizes.fit_all)
        for header in (self.panes.titles, self.panes.item_ids):
            header.width_dragged.connect(self.sizes.set_pixels)
            header.width_reset.connect(self.sizes.forget_width)

    def _use(self, grid: GridView) -> None:
        """Commands mean the grid that was used last, also while a menu or a field has the focus."""
        self.last_grid = grid
        self.selection_moved.emit()

    def _follow_document(self) -> None:
        self.show_layer(self.layer)
        # In a sparse sheet thousands of gray numbers would hide the few that people gave.
        self.ratings_model.predicts_blanks = self.sizes.is_small
        self._reset_models()
        self.sizes.fit_all()

    def _follow_axes(self) -> None:
        self._reset_models()
        self.sizes.fit_cells()
        selection = self.workspace.selection
        if (selection.user is None or self.axes.row_of_user[selection.user] < 0) and (
            selection.item is None or self.axes.column_of_item[selection.item] < 0
        ):
            # What was looked at is no longer there: begin at the beginning.
            self.ratings_view.horizontalScrollBar().setValue(0)
            self.ratings_view.verticalScrollBar().setValue(0)

    def _follow_factors(self) -> None:
        self.refresh()
        self.link.trace()

    def _follow_model(self) -> None:
        shape = (self.user_model.n_numbers, self.item_model.n_numbers)
        if shape != (self.user_view.horizontalHeader().count(), self.item_view.verticalHeader().count()):
            self._reset_models()
            self.sizes.fit_all()

    def _reset_models(self) -> None:
        for grid in self.grids:
            index, model = grid.currentIndex(), grid.grid_model
            model.beginResetModel()
            model.endResetModel()
            if grid is not self.ratings_view and index.isValid():
                # The ratings' cell comes back with the document's selection.
                grid.select_cell(min(index.row(), model.rowCount() - 1), min(index.column(), model.columnCount() - 1))
        self.link.follow()


def _lines(parts: list[slice], n: int) -> IntArray:
    is_chosen = np.zeros(n, dtype=np.bool_)
    for part in parts:
        is_chosen[part] = True
    return np.flatnonzero(is_chosen)


def _named(view: GridView, object_name: str, accessible_name: str) -> GridView:
    view.setObjectName(object_name)
    view.setAccessibleName(accessible_name)
    view.setAccessibleDescription("A grid of numbers; arrow keys move, F2 or typing edits, Delete blanks, F6 goes on.")
    return view
