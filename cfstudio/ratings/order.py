"""Orders in which users and items can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import IntArray, Ratings

OrderName = Literal["file", "count", "mean", "id", "title"]
"""As in the file, most ratings first, highest mean first, smallest id first, alphabetically by title."""


def order_users(ratings: Ratings, name: OrderName) -> IntArray:
    """Codes of all users in that order, (n_users,) int64; a user's title is its id."""
    key = ratings.user_ids if name == "title" else None
    return _order(name, ratings.users, ratings, ratings.user_ids, key)


def order_items(ratings: Ratings, name: OrderName) -> IntArray:
    """Codes of all items in that order, (n_items,) int64."""
    key = np.array([str(title).casefold() for title in ratings.item_table.titles]) if name == "title" else None
    return _order(name, ratings.items, ratings, ratings.item_table.ids, key)


def _order(
    name: OrderName, codes: NDArray[np.int32], ratings: Ratings, ids: NDArray[Any], titles: NDArray[Any] | None
) -> IntArray:
    """Equals stay in the order of the file."""
    n = len(ids)
    if name == "file":
        return np.arange(n)
    if name == "id":
        return np.argsort(ids, kind="stable")
    if titles is not None:
        return np.argsort(titles, kind="stable")
    rated = ratings.rated
    counts = np.bincount(codes[rated], minlength=n)
    if name == "count":
        return np.argsort(-counts, kind="stable")
    sums = np.bincount(codes[rated], weights=ratings.values[rated], minlength=n)
    means = np.divide(sums, counts, out=np.full(n, -np.inf), where=counts > 0)
    return np.argsort(-means, kind="stable")
