"""Which users and items the sheet shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

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

    def to_view(self, ratings: Ratings) -> dict[str, Any]:
        """As JSON values, for a session; codes only where no order says it all."""
        view: dict[str, Any] = {"users_by": self.users_by, "items_by": self.items_by}
        if self.users_by is None or len(self.users) < ratings.n_users:
            view["users"] = self.users.tolist()
        if self.items_by is None or len(self.items) < ratings.n_items:
            view["items"] = self.items.tolist()
        return view

    @classmethod
    def from_view(cls, view: dict[str, Any], ratings: Ratings) -> Shown | None:
        """What `to_view` described; None if nothing that fits these ratings is there."""
        names = get_args(OrderName)
        users_by, items_by = (name if (name := view.get(key)) in names else None for key in ("users_by", "items_by"))
        users, items = _codes(view.get("users"), ratings.n_users), _codes(view.get("items"), ratings.n_items)
        if (users is None and users_by is None) or (items is None and items_by is None):
            return None
        return cls(
            order_users(ratings, users_by) if users is None and users_by else _present(users),
            order_items(ratings, items_by) if items is None and items_by else _present(items),
            users_by,
            items_by,
        )

    def ordered(self, ratings: Ratings, users_by: OrderName, items_by: OrderName) -> Shown:
        """The same users and items in two of the named orders."""
        whole = Shown.all_of(ratings, users_by, items_by)
        return replace(whole, users=_members(whole.users, self.users), items=_members(whole.items, self.items))

    def is_whole(self, ratings: Ratings) -> bool:
        """Whether nothing is hidden."""
        return len(self.users) == ratings.n_users and len(self.items) == ratings.n_items


def _codes(values: object, n: int) -> IntArray | None:
    """Different codes below n, None if that is not what was given."""
    if not isinstance(values, list) or not values or not all(type(one) is int and 0 <= one < n for one in values):
        return None
    codes = np.array(values, dtype=np.int64)
    return codes if len(np.unique(codes)) == len(codes) else None


def _present(codes: IntArray | None) -> IntArray:
    assert codes is not None
    return codes


def _members(ordered: IntArray, chosen: IntArray) -> IntArray:
    """The chosen ones in the order of `ordered`, which holds all codes."""
    is_chosen = np.zeros(len(ordered), dtype=np.bool_)
    is_chosen[chosen] = True
    return ordered[is_chosen[ordered]]
