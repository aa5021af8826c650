"""What menus do to whole rows and columns: sort, hide, add, remove; number of factors; precedents, dependents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog

from cfstudio.gui.sheet.cell_range import CellRange
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.reshaping import with_item, with_user, without

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.workspace.model_state import Side


class LineCommands(QObject):
    """Commands on the users and items in whose rows and columns something is selected."""

    said = Signal(str)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._sheet, self._workspace, self._axes = sheet, sheet.workspace, sheet.axes
        self._sorted: tuple[Side, str] | None = None

    @property
    def _label(self) -> str:
        return self._workspace.ratings.item_label

    def hide_users(self) -> None:
        """Hide the rows in which something is selected."""
        self._hide("user")

    def hide_items(self) -> None:
        """Hide the columns in which something is selected."""
        self._hide("item")

    def _hide(self, side: Side) -> None:
        shown, chosen = self._lines(side)
        stays = ~np.isin(shown, chosen)
        what = self._counted(side, len(shown) - int(stays.sum()))
        if not stays.any():
            self.said.emit(f"All {'users' if side == 'user' else self._label + 's'} are selected; one must stay.")
        elif stays.all():
            self.said.emit("Nothing is selected to hide.")
        else:
            place = self._place()
            self._axes.keep(side, stays, f"hide {what}")
            self._go_near(place)
            self.said.emit(f"Hid {what}; Sheet → Show all brings everything back.")

    def show_all(self) -> None:
        """Show every user and item again."""
        self._axes.show_all()

    def sort_users(self) -> None:
        """Sort the users by the current column: ratings, predictions or errors, or a factor."""
        self._sort("user")

    def sort_items(self) -> None:
        """Sort the items by the current row."""
        self._sort("item")

    def _sort(self, side: Side) -> None:
        grid = self._sheet.last_grid
        index, model = grid.currentIndex(), grid.grid_model
        if not index.isValid():
            self.said.emit("Select a cell in the row or column to sort by.")
            return
        name = model.column_name(index.column()) if side == "user" else model.row_name(index.row())
        if grid is (self._sheet.item_view if side == "user" else self._sheet.user_view):
            # A movie's factors say nothing of the order of users: meant are the users' numbers of that name.
            self.said.emit("Select a cell of the ratings, or of the factors of those that shall be sorted.")
            return
        everything = slice(None)
        numbers = (
            model.numbers(everything, slice(index.column(), index.column() + 1))[:, 0]
            if side == "user"
            else model.numbers(slice(index.row(), index.row() + 1), everything)[0]
        )
        is_again = self._sorted == (side, name)
        self._sorted = None if is_again else (side, name)
        self._axes.sort(side, numbers, f"sort by {name}", descending=not is_again)
        self.said.emit(f"Sorted by {name}, {'lowest' if is_again else 'highest'} first.")

    def add_user(self) -> None:
        """A new user in the last row."""
        self._workspace.exchange_contents("add user", with_user)
        self._go_to_last("user")

    def ask_add_item(self) -> None:
        """A new item in the last column, with a title that somebody types."""
        label = self._label
        title, is_given = QInputDialog.getText(
            self._sheet, f"Add a {label}", f"Title of the {label}, its year in parentheses if you like:"
        )
        if is_given:
            self.add_item(title.strip() or f"New {label}")

    def add_item(self, title: str) -> None:
        """A new item in the last column."""
        self._workspace.exchange_contents(f"add {self._label}", lambda contents: with_item(contents, title))
        self._go_to_last("item")

    def remove_users(self) -> None:
        """Take the selected users out of the document."""
        self._remove("user")

    def remove_items(self) -> None:
        """Take the selected items out of the document."""
        self._remove("item")

    def _remove(self, side: Side) -> None:
        _, chosen = self._lines(side)
        if not len(chosen):
            self.said.emit("Nothing is selected to remove.")
            return
        what = self._counted(side, len(chosen))
        place = self._place()
        try:
            self._workspace.exchange_contents(f"remove {what}", lambda contents: without(contents, side, chosen))
        except Refusal as error:
            self.said.emit(str(error))
            return
        if not len(self._axes.users) or not len(self._axes.items):
            self._axes.show_all()
        self._go_near(place)
        whose, them = ("its", "it") if len(chosen) == 1 and side == "item" else ("their", "them")
        self.said.emit(f"Removed {what} with {whose} ratings. Ctrl+Z brings {them} back.")

    def more_factors(self) -> None:
        """One factor more, with random numbers."""
        self._change_factors(1)

    def fewer_factors(self) -> None:
        """The last factor less."""
        self._change_factors(-1)

    def _change_factors(self, by: int) -> None:
        config = self._workspace.config
        what = "one factor more" if by > 0 else "one factor fewer"
        try:
            self._workspace.configure(replace(config, n_factors=config.n_factors + by), what)
        except ValueError as error:
            self.said.emit(str(error))
            return
        self.said.emit(f"{self._workspace.config.n_factors} factors; the others kept their numbers.")

    def precedents(self) -> None:
        """Select the two vectors that the current prediction is the product of."""
        sheet = self._sheet
        index = sheet.ratings_view.currentIndex()
        if sheet.last_grid is not sheet.ratings_view or not index.isValid():
            self.said.emit("A factor is a number of its own: nothing precedes it. Select a prediction.")
            return
        row, column = index.row(), index.column()
        last, last_of_item = sheet.user_model.n_numbers - 1, sheet.item_model.n_numbers - 1
        at_user, at_item = sheet.addresses.precedents(row, column)
        sheet.item_view.select_range(CellRange(0, column, last_of_item, column))
        sheet.user_view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        sheet.user_view.select_cell(row, 0)
        sheet.user_view.select_range(CellRange(row, 0, row, last))
        what = "the product of" if self._workspace.factors.is_dot_product else "what the net makes of"
        self.said.emit(f"The prediction is {what} {at_user.name} and {at_item.name}. Ctrl+] goes back.")

    def dependents(self) -> None:
        """Select the predictions that the current factor goes into."""
        sheet = self._sheet
        grid, index = sheet.last_grid, sheet.last_grid.currentIndex()
        if grid is sheet.ratings_view or not index.isValid():
            self.said.emit(f"The RMSE in {sheet.addresses.of_rmse} depends on this cell, if it is rated.")
            return
        n_rows, n_columns = sheet.ratings_model.rowCount(), sheet.ratings_model.columnCount()
        fed = (
            CellRange(index.row(), 0, index.row(), n_columns - 1)
            if grid is sheet.user_view
            else CellRange(0, index.column(), n_rows - 1, index.column())
        )
        sheet.ratings_view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        sheet.ratings_view.select_cell(fed.top, fed.left)
        sheet.ratings_view.select_range(fed)
        self.said.emit(f"This factor feeds {fed.n_cells:,} predictions.")

    def _lines(self, side: Side) -> tuple[np.ndarray, np.ndarray]:
        """Codes of all shown users or items, and of the selected ones."""
        if side == "user":
            return self._axes.users, self._sheet.selected_users()
        return self._axes.items, self._sheet.selected_items()

    def _counted(self, side: Side, n: int) -> str:
        noun = "user" if side == "user" else self._label
        return f"{n:,} {noun}s" if n != 1 else f"a {noun}"

    def _place(self) -> tuple[int, int]:
        index = self._sheet.ratings_view.currentIndex()
        return index.row(), index.column()

    def _go_near(self, place: tuple[int, int]) -> None:
        """Make the cell current that stands now where the current one stood."""
        view = self._sheet.ratings_view
        last_row, last_column = view.model().rowCount() - 1, view.model().columnCount() - 1
        view.select_cell(min(max(place[0], 0), last_row), min(max(place[1], 0), last_column))

    def _go_to_last(self, side: Side) -> None:
        view = self._sheet.ratings_view
        current = view.currentIndex()
        row, column = max(current.row(), 0), max(current.column(), 0)
        last_row, last_column = view.model().rowCount() - 1, view.model().columnCount() - 1
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        view.select_cell(*((last_row, column) if side == "user" else (row, last_column)))
        name = (
            self._workspace.ratings.user_name(self._axes.users[-1])
            if side == "user"
            else self._workspace.ratings.item_table.titles[self._axes.items[-1]]
        )
        self.said.emit(f"Added {name}, with numbers drawn from those of the start; type ratings, then train.")
