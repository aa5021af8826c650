"""The sheet as one widget: three grids with frozen headers that scroll together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QHBoxLayout, QHeaderView, QScrollBar, QSplitter, QVBoxLayout, QWidget

from cfstudio.gui.sheet.corner import SheetCorner
from cfstudio.gui.sheet.grid_models import FactorsModel, RatingsModel
from cfstudio.gui.sheet.grid_view import GridView
from cfstudio.gui.sheet.headers import NamedHeader
from cfstudio.gui.sheet.layers import Layer
from cfstudio.gui.sheet.sizes import SheetSizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace


class Sheet(QWidget):
    """User factors left, item factors on top, the user × item grid where they cross."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._axes = workspace, axes
        self.ratings_model = RatingsModel(workspace, axes, self)
        self.user_model = FactorsModel(workspace, axes, "user", self)
        self.item_model = FactorsModel(workspace, axes, "item", self)
        self.ratings_view = _named(GridView(self.ratings_model), "ratingsView", "Ratings, users by items")
        self.user_view = _named(GridView(self.user_model), "userFactorsView", "User factors")
        self.item_view = _named(GridView(self.item_model), "itemFactorsView", "Item factors")
        self.corner = SheetCorner(workspace, axes)
        self._sizes = SheetSizes(self)
        self._is_exchanging = False
        self._arrange()
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

    def visible_users(self) -> IntArray:
        """Codes of the users on the screen."""
        return self._axes.users[self.ratings_view.visible_rows()]

    def visible_items(self) -> IntArray:
        """Codes of the items on the screen."""
        return self._axes.items[self.ratings_view.visible_columns()]

    def refresh(self) -> None:
        """Repaint all numbers."""
        for grid in self.grids:
            grid.refresh()

    def go_to(self, user: int | None, item: int | None) -> None:
        """Bring a user, an item or a cell into view and select it."""
        row = 0 if user is None else int(self._axes.row_of_user[user])
        column = 0 if item is None else int(self._axes.column_of_item[item])
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

    def _arrange(self) -> None:
        ratings, users, items = self.grids
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        users.setVerticalHeader(NamedHeader(down, self.user_model.user_name, users))
        users.setHorizontalHeader(
            NamedHeader(across, self.user_model.short_number_name, users, self.user_model.number_name)
        )
        items.setHorizontalHeader(NamedHeader(across, self.item_model.item_name, items))
        ratings.setHorizontalHeader(NamedHeader(across, self._item_id, ratings))
        ratings.verticalHeader().hide()
        items.verticalHeader().hide()
        # The names of the items' numbers stand in the corner, so that both upper panes begin at the same place.
        self.item_numbers = NamedHeader(down, self.item_model.short_number_name, self, self.item_model.number_name)
        self.item_numbers.setModel(self.item_model)
        items.verticalScrollBar().valueChanged.connect(self.item_numbers.setOffset)
        for grid in self.grids:
            for header in (grid.horizontalHeader(), grid.verticalHeader()):
                header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
                header.setHighlightSections(False)
            grid.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        users.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # All four bars stay, so that panes beside each other keep the same size and scroll alike.
        always = Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        items.setVerticalScrollBarPolicy(always)
        users.setHorizontalScrollBarPolicy(always)
        ratings.setHorizontalScrollBarPolicy(always)
        ratings.setVerticalScrollBarPolicy(always)

        self._top = _splitter(across, self._with_item_numbers(self.corner), items)
        self._bottom = _splitter(across, users, ratings)
        self._rows = _splitter(down, self._top, self._bottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rows)

    def _with_item_numbers(self, corner: QWidget) -> QWidget:
        beside = QWidget()
        self.title_space = QWidget()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.title_space)
        column.addWidget(self.item_numbers, 1)
        layout = QHBoxLayout(beside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(corner, 1)
        layout.addLayout(column)
        return beside

    def _connect(self) -> None:
        ratings, users, items = self.grids
        _tie(ratings.horizontalScrollBar(), items.horizontalScrollBar())
        _tie(ratings.verticalScrollBar(), users.verticalScrollBar())
        self._top.splitterMoved.connect(lambda: self._bottom.setSizes(self._top.sizes()))
        self._bottom.splitterMoved.connect(lambda: self._top.setSizes(self._bottom.sizes()))
        for header in (items.horizontalHeader(), ratings.horizontalHeader()):
            header.sectionClicked.connect(ratings.selectColumn)
        users.verticalHeader().sectionClicked.connect(ratings.selectRow)
        ratings.selectionModel().selectionChanged.connect(self._tell_selection)
        ratings.selectionModel().currentChanged.connect(self._tell_selection)
        # The cell that was current before a factor was selected.
        ratings.clicked.connect(self._tell_selection)
        for grid in (users, items):
            grid.selectionModel().currentChanged.connect(self._tell_factor_selection)
        workspace = self._workspace
        workspace.opened.connect(self._follow_document)
        workspace.model_changed.connect(self._follow_model)
        workspace.ratings_changed.connect(self.refresh)
        workspace.factors_changed.connect(self.refresh)
        workspace.selection_changed.connect(self._follow_selection)
        self._axes.changed.connect(self._reset_models)

    def _follow_document(self) -> None:
        self.show_layer(Layer.BOTH)
        # In a sparse sheet thousands of gray numbers would hide the few that people gave.
        self.ratings_model.predicts_blanks = self._sizes.is_small
        self._reset_models()
        self._sizes.fit_all()

    def _follow_model(self) -> None:
        shape = (self.user_model.n_numbers, self.item_model.n_numbers)
        if shape != (self.user_view.horizontalHeader().count(), self.item_view.verticalHeader().count()):
            self._reset_models()
            self._sizes.fit_all()

    def _reset_models(self) -> None:
        for model in (self.ratings_model, self.user_model, self.item_model):
            model.beginResetModel()
            model.endResetModel()
        self._follow_selection()

    def set_corner_size(self, width: int, height: int) -> None:
        """Give the corner so many pixels, the grid the rest."""
        self._rows.setSizes([height, max(self.height() - height, 100)])
        for pair in (self._top, self._bottom):
            pair.setSizes([width, max(self.width() - width, 100)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the cells of a small sheet grow into the room."""
        super().resizeEvent(event)
        self._sizes.fit_cells()

    def _item_id(self, column: int) -> str:
        return str(self._workspace.ratings.item_table.ids[self._axes.items[column]])

    def _tell_selection(self) -> None:
        """Tell the document which cell, user or item the grid's selection means."""
        current = self.ratings_view.currentIndex()
        if not current.isValid() or self._is_exchanging:
            return
        user, item = int(self._axes.users[current.row()]), int(self._axes.items[current.column()])
        parts = self.ratings_view.selected_ranges()
        with self._exchanging():
            if len(parts) == 1 and parts[0].height() == len(self._axes.users) > 1:
                self._workspace.select(item=int(self._axes.items[parts[0].left()]))
            elif len(parts) == 1 and parts[0].width() == len(self._axes.items) > 1:
                self._workspace.select(user=int(self._axes.users[parts[0].top()]))
            else:
                self._workspace.select(user, item)

    def _tell_factor_selection(self) -> None:
        for grid, model in ((self.user_view, self.user_model), (self.item_view, self.item_model)):
            current = grid.currentIndex()
            if grid.hasFocus() and current.isValid():
                with self._exchanging():
                    if model.side == "user":
                        self._workspace.select(user=int(self._axes.users[current.row()]))
                    else:
                        self._workspace.select(item=int(self._axes.items[current.column()]))

    @contextmanager
    def _exchanging(self) -> Iterator[None]:
        """While the grid and the document tell each other what is selected, neither answers."""
        self._is_exchanging = True
        try:
            yield
        finally:
            self._is_exchanging = False

    def _follow_selection(self) -> None:
        """Go to what is selected, highlight its headers, outline the two vectors whose product the cell is."""
        selection = self._workspace.selection
        if not self._is_exchanging:
            with self._exchanging():
                self.go_to(selection.user, selection.item)
        row = None if selection.user is None else int(self._axes.row_of_user[selection.user])
        column = None if selection.item is None else int(self._axes.column_of_item[selection.item])
        self.user_view.outline(row, None)
        self.item_view.outline(None, column)
        _header(self.user_view.verticalHeader()).highlight(-1 if row is None else row)
        for header in (self.item_view.horizontalHeader(), self.ratings_view.horizontalHeader()):
            _header(header).highlight(-1 if column is None else column)


def _header(header: QHeaderView) -> NamedHeader:
    assert isinstance(header, NamedHeader)
    return header


def _named(view: GridView, object_name: str, accessible_name: str) -> GridView:
    view.setObjectName(object_name)
    view.setAccessibleName(accessible_name)
    view.setAccessibleDescription("A grid of numbers; arrow keys move, F2 or typing edits, Delete blanks.")
    return view


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
