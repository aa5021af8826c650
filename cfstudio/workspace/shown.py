"""Which users and items the sheet shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.order import OrderName, order_items, order_users

if TYPE_CHECKING:
    from cfstudio.ratings.table import IntArray, Ratings


@dataclass(frozen=True)
class Shown:
    """Codes of the shown users and items, (n,) int64 in the order of the sheet.

    `users_by` and `items_by` name the orders, None where the order is another than those that have a name.
    """

    users: IntArray
    items: IntArray
    users_by: OrderName | None = None
    items_by: OrderName | None = None

    @classmethod
    def all_of(cls, ratings: Ratings, users_by: OrderName, items_by: OrderName) -> Shown:
        """Everybody and everything, in two of the named orders."""
        return cls(order_users(ratings, users_by), order_items(ratings, items_by), users_by, items_by)

    def ordered(self, ratings: Ratings, users_by: OrderName, items_by: OrderName) -> Shown:
        """The same users and items in two of the named orders."""
        whole = Shown.all_of(ratings, users_by, items_by)
        return replace(whole, users=_members(whole.users, self.users), items=_members(whole.items, self.items))

    def is_whole(self, ratings: Ratings) -> bool:
        """Whether nothing is hidden."""
        return len(self.users) == ratings.n_users and len(self.items) == ratings.n_items


def _members(ordered: IntArray, chosen: IntArray) -> IntArray:
    """The chosen ones in the order of `ordered`, which holds all codes."""
    is_chosen = np.zeros(len(ordered), dtype=np.bool_)
    is_chosen[chosen] = True
    return ordered[is_chosen[ordered]]
