"""Which users and items stand in which rows and columns of the sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from cfstudio.workspace.shown import Shown

if TYPE_CHECKING:
    from cfstudio.ratings.order import OrderName
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class SheetAxes:
    """The document's choice of shown users and items, with the place of each; every change is an undoable edit.

    `users` and `items` hold codes in display order; `row_of_user` and `column_of_item` say where each code stands, −1
    for what is hidden.
    """

    changed = Signal()

    row_of_user: IntArray
    column_of_item: IntArray

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        workspace.opened.connect(self._follow)
        workspace.shown_changed.connect(self._follow)
        self._follow()

    @property
    def users(self) -> IntArray:
        """Codes of the shown users, top to bottom."""
        return self._workspace.shown.users

    @property
    def items(self) -> IntArray:
        """Codes of the shown items, left to right."""
        return self._workspace.shown.items

    @property
    def users_by(self) -> OrderName | None:
        """The name of the users' order, None if it has none."""
        return self._workspace.shown.users_by

    @property
    def items_by(self) -> OrderName | None:
        """The name of the items' order, None if it has none."""
        return self._workspace.shown.items_by

    @property
    def is_whole(self) -> bool:
        """Whether nothing is hidden."""
        return self._workspace.shown.is_whole(self._workspace.ratings)

    def order(self, users_by: OrderName, items_by: OrderName) -> None:
        """Sort what is shown by two of the named orders."""
        self._change("order of the sheet", self._workspace.shown.ordered(self._workspace.ratings, users_by, items_by))

    def sort(self, side: Side, keys: FloatArray, label: str, *, descending: bool) -> None:
        """Sort the shown users or items by (n_shown,) numbers; those without one (NaN) come last."""
        order = np.argsort(np.where(np.isnan(keys), np.inf, -keys if descending else keys), kind="stable")
        shown = self._workspace.shown
        self._change(
            label,
            replace(shown, users=shown.users[order], users_by=None)
            if side == "user"
            else replace(shown, items=shown.items[order], items_by=None),
        )

    def show(self, users: IntArray, items: IntArray, label: str = "choice of the crosstab") -> None:
        """Show exactly these users and items, in this order."""
        self._change(label, Shown(users, items))

    def show_all(self) -> None:
        """Show everybody and everything, in the order of a freshly opened document."""
        order = self._workspace.preset.order
        self._change("show all", Shown.all_of(self._workspace.ratings, order, order))

    def keep(self, side: Side, stays: BoolArray, label: str) -> None:
        """Hide the users or items whose place in the (n_shown,) `stays` is false; the others keep their order."""
        shown = self._workspace.shown
        self._change(
            label,
            replace(shown, users=shown.users[stays]) if side == "user" else replace(shown, items=shown.items[stays]),
        )

    def _change(self, label: str, shown: Shown) -> None:
        old = self._workspace.shown
        if np.array_equal(old.users, shown.users) and np.array_equal(old.items, shown.items):
            # The same to the eye: a name for the order at most, which is no step to take back.
            self._workspace.put_shown(shown)
            return
        self._workspace.show(shown, label)

    def _follow(self) -> None:
        ratings = self._workspace.ratings
        self.row_of_user = _places(self.users, ratings.n_users)
        self.column_of_item = _places(self.items, ratings.n_items)
        self.changed.emit()


def _places(codes: IntArray, n: int) -> IntArray:
    places = np.full(n, -1, dtype=np.int64)
    places[codes] = np.arange(len(codes))
    return places
