"""Which users and items a crosstab shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import IntArray, Ratings


def top_crosstab(ratings: Ratings, n_users: int, n_items: int) -> tuple[IntArray, IntArray]:
    """Codes of the users and the items with the most ratings, each (up to n,) int64, in the order of the file.

    This is the lesson's recipe (pandas: `groupby`, `sort_values`, then `crosstab`): of equal counts the smaller id
    comes in, and the crosstab is sorted by code. Numbers below 1 raise ValueError.
    """
    if n_users < 1 or n_items < 1:
        raise ValueError(f"A crosstab needs at least one user and one item, not {n_users} × {n_items}.")
    return (
        _most_rated(ratings.counts_by_user(), ratings.user_ids, n_users),
        _most_rated(ratings.counts_by_item(), ratings.item_table.ids, n_items),
    )


def _most_rated(counts: IntArray, ids: NDArray[Any], n: int) -> IntArray:
    by_id = np.argsort(ids, kind="stable")
    by_count = by_id[np.argsort(-counts[by_id], kind="stable")]
    return np.sort(by_count[:n])
