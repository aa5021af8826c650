"""The ratings of a data set: who rated what, how, and what the items are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class RatingScale:
    """The lowest and highest rating people could give, and the step between two neighboring ones, in rating points."""

    low: float
    high: float
    step: float = 0.5

    def contains(self, value: float) -> bool:
        """Whether `value` lies on the scale (its ends included)."""
        return self.low <= value <= self.high

    @property
    def reachable_range(self) -> tuple[float, float]:
        """The range a sigmoid is stretched over: half a point wider on both sides, so that its ends can be reached.

        On 0.5 to 5 this is 0 to 5.5, the range fast.ai's lesson uses.
        """
        return self.low - 0.5, self.high + 0.5


@dataclass(frozen=True)
class ItemTable:
    """What is known of each item, by item code.

    `ids` (n_items,) integers or strings as the data has them; `titles` (n_items,) str; `genres` (n_items,) str,
    `|` between two genres, empty where unknown; `years` (n_items,) int16, 0 where unknown.
    """

    ids: NDArray[Any]
    titles: NDArray[np.object_]
    genres: NDArray[np.object_]
    years: NDArray[np.int16]


@dataclass
class Ratings:
    """A sparse user × item table of ratings.

    One row per rated cell, in the order of the file. `users` and `items` (n_rows,) int32 are contiguous codes in order
    of first appearance; `values` (n_rows,) float64 are rating points, NaN where a rating has been blanked since;
    `timestamps` (n_rows,) int64 seconds since 1970 or None. Rows are never removed, so that a row's number can be
    kept by others (the hold-out split, undo); a new rating is appended.
    """

    name: str
    users: NDArray[np.int32]
    items: NDArray[np.int32]
    values: FloatArray
    user_ids: NDArray[Any]
    item_table: ItemTable
    scale: RatingScale
    timestamps: IntArray | None = None
    item_label: str = "movie"
    notes: tuple[str, ...] = ()
    """What a reader had to mend, one sentence each."""
    user_columns: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    """What is known of users besides: name → (n_users,) str, `|` between two labels, empty where unknown."""
    _keys: IntArray = field(init=False, repr=False)
    _rows_by_key: IntArray = field(init=False, repr=False)
    _rows_by_item: IntArray | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        # Arrays that readers took from pandas may be read-only; ratings are edited in place.
        self.values = np.require(self.values, requirements="W")
        keys = self.users.astype(np.int64) * self.n_items + self.items
        self._rows_by_key = np.argsort(keys, kind="stable")
        self._keys = keys[self._rows_by_key]

    @property
    def n_users(self) -> int:
        """Number of users, rated or not."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Number of items, rated or not."""
        return len(self.item_table.ids)

    def user_name(self, code: int) -> str:
        """What people call a user: its id, with "User" before it where that is a number."""
        user_id = self.user_ids[code]
        return f"User {user_id}" if self.user_ids.dtype.kind in "iu" else str(user_id)

    def continues(self, other: Ratings, n_rows: int) -> bool:
        """Whether users, items and the first rows mean what they meant in another table: only values may differ."""
        return self is other or (
            len(self.users) >= n_rows
            and all(
                np.array_equal(mine, others)
                for mine, others in (
                    (self.user_ids, other.user_ids),
                    (self.item_table.ids, other.item_table.ids),
                    (self.users[:n_rows], other.users[:n_rows]),
                    (self.items[:n_rows], other.items[:n_rows]),
                )
            )
        )

    @property
    def rated(self) -> BoolArray:
        """(n_rows,) whether the row still holds a rating."""
        return ~np.isnan(self.values)

    @property
    def n_rated(self) -> int:
        """Number of rated cells."""
        return int(np.count_nonzero(self.rated))

    def rows_at(self, users: NDArray[np.integer[Any]], items: NDArray[np.integer[Any]]) -> IntArray:
        """Row number of each (user, item) pair, −1 where there is none; broadcasts like NumPy arithmetic."""
        wanted = users.astype(np.int64) * self.n_items + items
        if not len(self._keys):
            return np.full(wanted.shape, -1, dtype=np.int64)
        position = np.searchsorted(self._keys, wanted)
        position[position == len(self._keys)] = 0
        return np.where(self._keys[position] == wanted, self._rows_by_key[position], -1)

    def block(self, users: NDArray[np.integer[Any]], items: NDArray[np.integer[Any]]) -> FloatArray:
        """Ratings of users × items as (len(users), len(items)) float64, NaN where blank."""
        return self.values_at(users[:, None], items[None, :])

    def values_at(self, users: NDArray[np.integer[Any]], items: NDArray[np.integer[Any]]) -> FloatArray:
        """Rating of each (user, item) pair, NaN where blank; broadcasts like NumPy arithmetic."""
        rows = self.rows_at(users, items)
        return np.where(rows >= 0, self.values[rows], np.nan) if len(self.values) else np.full(rows.shape, np.nan)

    def rows_of_user(self, user: int) -> IntArray:
        """Row numbers of one user's ratings, by item code; blanked rows included."""
        first, last = np.searchsorted(self._keys, [user * self.n_items, (user + 1) * self.n_items])
        return self._rows_by_key[first:last]

    def rows_of_item(self, item: int) -> IntArray:
        """Row numbers of one item's ratings, in no particular order; blanked rows included."""
        if self._rows_by_item is None:
            self._rows_by_item = np.argsort(self.items, kind="stable")
        by_item = self.items[self._rows_by_item]
        first, last = np.searchsorted(by_item, [item, item + 1])
        return self._rows_by_item[first:last]

    def set(self, user: int, item: int, value: float) -> int:
        """Rate a cell, or blank it with NaN; returns its row number (appended if the cell had none)."""
        return int(self.set_many(np.array([user]), np.array([item]), np.array([value]))[0])

    def set_many(self, users: IntArray, items: IntArray, values: FloatArray) -> IntArray:
        """Rate different cells, or blank them with NaN: (n,) arrays; returns their row numbers, new ones appended."""
        rows = self.rows_at(users, items)
        is_new = rows < 0
        self.values[rows[~is_new]] = values[~is_new]
        if is_new.any():
            rows[is_new] = self._append(users[is_new], items[is_new], values[is_new])
        return rows

    def _append(self, users: IntArray, items: IntArray, values: FloatArray) -> IntArray:
        rows = np.arange(len(self.values), len(self.values) + len(values))
        keys = users.astype(np.int64) * self.n_items + items
        by_key = np.argsort(keys)
        positions = np.searchsorted(self._keys, keys[by_key])
        self.users = np.append(self.users, users.astype(np.int32))
        self.items = np.append(self.items, items.astype(np.int32))
        self.values = np.append(self.values, values)
        if self.timestamps is not None:
            self.timestamps = np.append(self.timestamps, np.zeros(len(rows), dtype=np.int64))
        self._keys = np.insert(self._keys, positions, keys[by_key])
        self._rows_by_key = np.insert(self._rows_by_key, positions, rows[by_key])
        self._rows_by_item = None
        return rows

    def counts_by_user(self) -> IntArray:
        """(n_users,) number of ratings each user gave."""
        return np.bincount(self.users[self.rated], minlength=self.n_users)

    def counts_by_item(self) -> IntArray:
        """(n_items,) number of ratings each item got."""
        return np.bincount(self.items[self.rated], minlength=self.n_items)
