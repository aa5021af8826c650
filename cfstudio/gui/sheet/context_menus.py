"""Menus on the right mouse button: for cells, for users, for titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    from cfstudio.gui.actions import Actions
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.headers import NamedHeader
    from cfstudio.gui.sheet.sheet import Sheet

CELLS = (
    "actionCut", "actionCopy", "actionCopyWithHeaders", "actionPaste", "actionFillDown", "actionFillRight", "",
    "actionSortUsers", "actionSortItems", "actionHideUsers", "actionHideItems", "actionShowAll", "",
    "actionWhy", "actionPrecedents", "actionDependents", "actionFormat",
)  # fmt: skip
USERS = (
    "actionCopy", "actionCopyWithHeaders", "", "actionSortItems", "actionHideUsers", "actionShowAll",
    "actionCrosstab", "", "actionRecommendations", "actionAddUser", "actionRemoveUsers",
)  # fmt: skip
TITLES = (
    "actionCopy", "actionCopyWithHeaders", "", "actionSortUsers", "actionHideItems", "actionShowAll",
    "actionCrosstab", "actionColumnWidth", "", "actionAddItem", "actionRemoveItems",
)  # fmt: skip
FACTORS = ("actionMoreFactors", "actionFewerFactors", "actionRandomize", "", "actionSortUsers", "actionSortItems")


class ContextMenus(QObject):
    """Shows them; what is under the pointer is selected first, unless it is already."""

    def __init__(self, sheet: Sheet, actions: Actions) -> None:
        super().__init__(sheet)
        self._sheet, self._actions = sheet, actions
        for grid in sheet.grids:
            self._serve(grid, lambda place, grid=grid: self._on_cells(grid, place))
        panes = sheet.panes
        self._serve(panes.user_names, self._on_user)
        for header in (panes.titles, panes.item_ids):
            self._serve(header, lambda place, header=header: self._on_title(header, place))
        self._serve(panes.factor_names, lambda place: self._on_factor(sheet.user_view, panes.factor_names, place))
        self._serve(panes.item_numbers, lambda place: self._on_factor(sheet.item_view, panes.item_numbers, place))

    def menu(self, names: tuple[str, ...], parent: QWidget) -> QMenu:
        """A menu of actions by name, a line for an empty one."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
        return menu

    @staticmethod
    def _serve(widget: QWidget, show: object) -> None:
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(show)

    def _on_cells(self, grid: GridView, place: QPoint) -> None:
        index = grid.indexAt(place)
        if index.isValid() and not any(one.contains(index.row(), index.column()) for one in grid.selected_ranges()):
            grid.select_cell(index.row(), index.column())
        grid.setFocus(Qt.FocusReason.PopupFocusReason)
        self.menu(CELLS, grid).popup(grid.viewport().mapToGlobal(place))

    def _on_user(self, place: QPoint) -> None:
        header, view = self._sheet.panes.user_names, self._sheet.ratings_view
        row = header.logicalIndexAt(place)
        if row >= 0 and not any(one.top <= row <= one.bottom for one in view.selected_ranges()):
            view.selectRow(row)
        view.setFocus(Qt.FocusReason.PopupFocusReason)
        self.menu(USERS, header).popup(header.viewport().mapToGlobal(place))

    def _on_title(self, header: NamedHeader, place: QPoint) -> None:
        view = self._sheet.ratings_view
        column = header.logicalIndexAt(place)
        if column >= 0 and not any(one.left <= column <= one.right for one in view.selected_ranges()):
            view.selectColumn(column)
        view.setFocus(Qt.FocusReason.PopupFocusReason)
        self.menu(TITLES, header).popup(header.viewport().mapToGlobal(place))

    def _on_factor(self, view: GridView, header: NamedHeader, place: QPoint) -> None:
        number = header.logicalIndexAt(place)
        if number >= 0:
            view.setFocus(Qt.FocusReason.PopupFocusReason)
            if view is self._sheet.user_view:
                view.select_cell(0, number)
                view.selectColumn(number)
            else:
                view.select_cell(number, 0)
                view.selectRow(number)
        self.menu(FACTORS, header).popup(header.viewport().mapToGlobal(place))
