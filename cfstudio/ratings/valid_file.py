"""A split that comes as a second file, as MovieLens 100K's u1.base and u1.test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.table import BoolArray, ItemTable, Ratings

if TYPE_CHECKING:
    from numpy.typing import NDArray


def with_held_out(ratings: Ratings, held: Ratings) -> tuple[Ratings, BoolArray]:
    """The ratings with those of `held` among them, and (n_rows,) bool: True where the cell is rated in `held`.

    Cells that `ratings` lacks are appended, with their users and items; where both rate a cell, the rating of `held`
    counts. Users and items are matched by their ids, as text where one side has numbers and the other text. Raises
    ValueError with a sentence when `held` rates nothing.
    """
    rows = np.flatnonzero(held.rated)
    if not len(rows):
        raise ValueError("The file of held-out ratings holds no ratings.")
    users, user_ids = _matched(ratings.user_ids, held.user_ids)
    items, item_ids = _matched(ratings.item_table.ids, held.item_table.ids)
    whole = replace(
        ratings,
        users=ratings.users.copy(),
        items=ratings.items.copy(),
        values=ratings.values.copy(),
        user_ids=user_ids,
        item_table=_items(ratings, held, items, item_ids),
    )
    at = whole.set_many(users[held.users[rows]], items[held.items[rows]], held.values[rows])
    if whole.timestamps is not None and held.timestamps is not None:
        whole.timestamps = whole.timestamps.copy()
        whole.timestamps[at] = held.timestamps[rows]
    held_out = np.zeros(len(whole.values), dtype=np.bool_)
    held_out[at] = True
    return whole, held_out


def _matched(known: NDArray[Any], others: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The code of each of `others` among the known ids and, behind them, those that are new; and all ids."""
    if (known.dtype.kind in "iu") != (others.dtype.kind in "iu"):
        known, others = known.astype(str).astype(object), others.astype(str).astype(object)
    codes = {one: code for code, one in enumerate(known.tolist())}
    matched = np.array([codes.setdefault(one, len(codes)) for one in others.tolist()], dtype=np.int64)
    new = others[matched >= len(known)]
    return matched, np.concatenate([known, new]) if len(new) else known


def _items(ratings: Ratings, held: Ratings, codes: NDArray[np.int64], ids: NDArray[Any]) -> ItemTable:
    """The table of all items: what `ratings` knows of its own, what `held` knows of the others."""
    own, other, is_new = ratings.item_table, held.item_table, codes >= ratings.n_items
    return replace(
        own,
        ids=ids,
        titles=np.concatenate([own.titles, other.titles[is_new]]),
        genres=np.concatenate([own.genres, other.genres[is_new]]),
        years=np.concatenate([own.years, other.years[is_new]]),
    )
