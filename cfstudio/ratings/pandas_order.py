"""In which of the orders that pandas gives by itself the users and items of a crosstab stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cfstudio.ratings.crosstab_facts import members

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.crosstab_choice import CrosstabChoice
    from cfstudio.ratings.table import IntArray, Ratings


@dataclass(frozen=True, eq=False)
class Order:
    """One side of a crosstab: `ids` (n,) in its order, and how pandas would come by them.

    `is_by_id`: sorted by id. `is_by_file`: as they first appear in the ratings file. `is_in_file`: each has a rating
    there. `has_blank`: somebody has none within the crosstab. `is_all`: nobody with a rating is missing.
    """

    one: Literal["user", "movie"]
    ids: NDArray[Any]
    is_by_id: bool
    is_by_file: bool
    is_in_file: bool
    has_blank: bool
    is_all: bool


def order_of(ratings: Ratings, choice: CrosstabChoice) -> tuple[Order, Order]:
    """The order of the users and that of the items."""
    users, items = choice.codes(ratings)
    rated = ratings.rated
    inside = rated & members(users, ratings.n_users)[ratings.users] & members(items, ratings.n_items)[ratings.items]
    return (
        _order("user", ratings.user_ids, users, ratings.users[rated], ratings.users[inside]),
        _order("movie", ratings.item_table.ids, items, ratings.items[rated], ratings.items[inside]),
    )


def _order(
    one: Literal["user", "movie"],
    ids: NDArray[Any],
    chosen: IntArray,
    in_file: NDArray[np.int32],
    in_crosstab: NDArray[np.int32],
) -> Order:
    """`in_file` and `in_crosstab` hold the code of every rating in the file and within the crosstab."""
    n = len(ids)
    first_row = np.full(n, -1, dtype=np.int64)
    # Written backwards, so that the first row of each is what stays.
    first_row[in_file[::-1]] = np.arange(len(in_file))[::-1]
    rows = first_row[chosen]
    names = ids[chosen].tolist()
    return Order(
        one,
        ids[chosen],
        is_by_id=names == sorted(names),
        is_by_file=bool((rows >= 0).all() and (np.diff(rows) > 0).all()),
        is_in_file=bool((rows >= 0).all()),
        has_blank=bool((~members(in_crosstab, n)[chosen]).any()),
        is_all=not (members(in_file, n) & ~members(chosen, n)).any(),
    )
