"""The order in which the sheet shows users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from cfstudio.ratings.order import OrderName, order_items, order_users

if TYPE_CHECKING:
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace


class SheetAxes:
    """Which user stands in which row and which item in which column.

    `users` and `items` hold codes in display order; `row_of_user` and `column_of_item` are their inverses.
    """

    changed = Signal()

    users: IntArray
    items: IntArray
    row_of_user: IntArray
    column_of_item: IntArray
    users_by: OrderName
    items_by: OrderName

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        workspace.opened.connect(self._follow_document)
        self._follow_document()

    def order(self, users_by: OrderName, items_by: OrderName) -> None:
        """Sort the sheet anew."""
        ratings = self._workspace.ratings
        self.users_by, self.items_by = users_by, items_by
        self.users = order_users(ratings, users_by)
        self.items = order_items(ratings, items_by)
        self.row_of_user = _inverse(self.users)
        self.column_of_item = _inverse(self.items)
        self.changed.emit()

    def _follow_document(self) -> None:
        order = self._workspace.preset.order
        self.order(order, order)


def _inverse(order: IntArray) -> IntArray:
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    return position
