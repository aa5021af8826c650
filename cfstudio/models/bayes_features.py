"""The features of users and items in a Bayesian factorization machine, as one sparse table per side.

A row per user (or item), a column per feature: who he is; what he rated, as in SVD++ (Y. Koren, KDD 2008); what is
known of him. Only training cells enter the sets, so that nothing held out is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, Ratings

    Codes = NDArray[np.int32]
    Numbers = NDArray[np.float64]

YEARS_PER_BUCKET = 5


@dataclass(frozen=True)
class FeatureGroup:
    """Features of one kind, which share a prior: entries `rows`, `columns` and `values` (n_entries,) of a table."""

    name: str
    n_columns: int
    rows: Codes
    columns: Codes
    values: Numbers


@dataclass(frozen=True)
class FeatureBlock:
    """All features of one side, column by column.

    Column j has `values` in `rows` from `starts[j]` to before `starts[j + 1]`; `groups` (n_features,) says which of
    `names` it belongs to.
    """

    n_rows: int
    names: tuple[str, ...]
    groups: Codes
    starts: NDArray[np.int64]
    rows: Codes
    values: Numbers

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.groups)

    @classmethod
    def of(cls, n_rows: int, groups: list[FeatureGroup]) -> FeatureBlock:
        """Groups side by side; those without a column are left out."""
        groups = [group for group in groups if group.n_columns]
        firsts = np.cumsum([0, *(group.n_columns for group in groups)])
        columns = np.concatenate([group.columns + first for group, first in zip(groups, firsts, strict=False)])
        order = np.argsort(columns, kind="stable")
        return cls(
            n_rows=n_rows,
            names=tuple(group.name for group in groups),
            groups=np.repeat(np.arange(len(groups)), [group.n_columns for group in groups]).astype(np.int32),
            starts=np.searchsorted(columns[order], np.arange(firsts[-1] + 1)).astype(np.int64),
            rows=np.concatenate([group.rows for group in groups])[order].astype(np.int32),
            values=np.concatenate([group.values for group in groups])[order].astype(np.float64),
        )

    def to_dense(self) -> Numbers:
        """(n_rows, n_features) float64: for small tables and for tests."""
        dense = np.zeros((self.n_rows, self.n_features))
        dense[self.rows, np.repeat(np.arange(self.n_features), np.diff(self.starts))] = self.values
        return dense


def feature_blocks(ratings: Ratings, held_out: BoolArray, features: str) -> tuple[FeatureBlock, FeatureBlock]:
    """The users' and the items' features that the setting names, as "genres, year, sets"; ids always are some.

    Raises ValueError with a sentence for a name that is not known.
    """
    chosen = chosen_features(features)
    users = [_one_hot("user", np.arange(ratings.n_users), ratings.n_users)]
    items = [_one_hot("item", np.arange(ratings.n_items), ratings.n_items)]
    if "sets" in chosen:
        train = ratings.rated & ~held_out
        users.append(_sets("items of the user", ratings.users[train], ratings.items[train], ratings.n_items))
        items.append(_sets("users of the item", ratings.items[train], ratings.users[train], ratings.n_users))
    if "genres" in chosen:
        items.append(_genres(ratings))
    if "year" in chosen:
        items.append(_years(ratings))
    return FeatureBlock.of(ratings.n_users, users), FeatureBlock.of(ratings.n_items, items)


KNOWN = ("genres", "year", "sets")


def chosen_features(features: str) -> tuple[str, ...]:
    """The names in the setting, without spaces. Raises ValueError with a sentence for one that is not known."""
    names = tuple(name.strip().casefold() for name in features.split(",") if name.strip())
    for name in names:
        if name not in KNOWN:
            raise ValueError(f"There is no feature “{name}”; this model knows {', '.join(KNOWN)}.")
    return names


def _one_hot(name: str, codes: NDArray[np.integer], n_columns: int) -> FeatureGroup:  # type: ignore[type-arg]
    """One column per code; a negative code has none."""
    rows = np.flatnonzero(codes >= 0)
    return FeatureGroup(name, n_columns, rows.astype(np.int32), codes[rows].astype(np.int32), np.ones(len(rows)))


def _sets(name: str, owners: Codes, members: Codes, n_members: int) -> FeatureGroup:
    """The members of each owner, divided by √(their number) so that large sets do not drown the rest."""
    sizes = np.bincount(owners)
    return FeatureGroup(name, n_members, owners, members, 1.0 / np.sqrt(sizes[owners]))


def _genres(ratings: Ratings) -> FeatureGroup:
    texts = [[one for one in text.split("|") if one] for text in ratings.item_table.genres.tolist()]
    names = sorted({one for text in texts for one in text})
    place = {name: column for column, name in enumerate(names)}
    entries = [(row, place[one], 1.0 / np.sqrt(len(text))) for row, text in enumerate(texts) for one in text]
    rows, columns, values = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.empty(0),) * 3
    return FeatureGroup("genres", len(names), rows.astype(np.int32), columns.astype(np.int32), values.astype(np.float64))


def _years(ratings: Ratings) -> FeatureGroup:
    years = ratings.item_table.years.astype(np.int64)
    known = years > 0
    buckets = np.where(known, years // YEARS_PER_BUCKET, -1)
    names, codes = np.unique(buckets[known], return_inverse=True)
    buckets[known] = codes
    return _one_hot("year", buckets, len(names))
