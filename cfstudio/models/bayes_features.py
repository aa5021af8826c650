"""The features of users and items in a Bayesian factorization machine, as one sparse table per side.

A row per user (or item), a column per feature: who he is; what is known of him; what he rated, as in SVD++ (Y. Koren,
KDD 2008). Only training cells enter these sets, so that nothing held out is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.features import ALL, available_features, feature_columns, feature_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import BoolArray, Ratings

    Codes = NDArray[np.int32]
    Numbers = NDArray[np.float64]

SETS = "sets"
"""Name of the feature "all items that a user rated, all users who rated an item"."""


@dataclass(frozen=True)
class FeatureGroup:
    """Features of one kind, which share a prior: entries `rows`, `columns` and `values` (n_entries,) of a table."""

    name: str
    n_columns: int
    rows: Codes
    columns: Codes
    values: Numbers

    @classmethod
    def ids(cls, name: str, n: int) -> FeatureGroup:
        """A column per row."""
        codes = np.arange(n, dtype=np.int32)
        return cls(name, n, codes, codes, np.ones(n))

    @classmethod
    def members(cls, name: str, n_columns: int, rows: Codes, columns: Codes) -> FeatureGroup:
        """Sets of columns, divided by √(their number) so that a large set does not drown the rest."""
        sizes = np.bincount(rows)
        return cls(name, n_columns, rows.astype(np.int32), columns.astype(np.int32), 1.0 / np.sqrt(sizes[rows]))

    @classmethod
    def of_labels(cls, column: FeatureColumn) -> FeatureGroup:
        """A column per label."""
        rows, columns = column.owners.astype(np.int32), column.members.astype(np.int32)
        return cls.members(column.name, len(column.labels), rows, columns)


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

    @classmethod
    def of(cls, n_rows: int, groups: list[FeatureGroup]) -> FeatureBlock:
        """Groups side by side; those without a column are left out."""
        groups = [group for group in groups if group.n_columns]
        widths = [group.n_columns for group in groups]
        firsts = np.cumsum([0, *widths])
        columns = np.concatenate([group.columns + first for group, first in zip(groups, firsts, strict=False)])
        order = np.argsort(columns, kind="stable")
        return cls(
            n_rows=n_rows,
            names=tuple(group.name for group in groups),
            groups=np.repeat(np.arange(len(groups)), widths).astype(np.int32),
            starts=np.searchsorted(columns[order], np.arange(firsts[-1] + 1)).astype(np.int64),
            rows=np.concatenate([group.rows for group in groups])[order].astype(np.int32),
            values=np.concatenate([group.values for group in groups])[order].astype(np.float64),
        )

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.groups)

    def to_dense(self) -> Numbers:
        """(n_rows, n_features) float64: for small tables."""
        dense = np.zeros((self.n_rows, self.n_features))
        dense[self.rows, np.repeat(np.arange(self.n_features), np.diff(self.starts))] = self.values
        return dense


def bayes_features(ratings: Ratings, held_out: BoolArray, text: str) -> tuple[FeatureBlock, FeatureBlock]:
    """The users' and the items' features that the setting names, as “genres, year, sets”; ids always are some.

    `held_out` (n_rows,) ratings enter no set. Raises ValueError with a sentence for a name that is not there.
    """
    names = _names(ratings, text)
    columns = sampled_columns(ratings, text)
    sides = {"user": [FeatureGroup.ids("user", ratings.n_users)], "item": [FeatureGroup.ids("item", ratings.n_items)]}
    if SETS in names:
        train = ratings.rated & ~held_out
        users, items = ratings.users[train], ratings.items[train]
        sides["user"].append(FeatureGroup.members("items of the user", ratings.n_items, users, items))
        sides["item"].append(FeatureGroup.members("users of the item", ratings.n_users, items, users))
    for column in columns:
        sides[column.side].append(FeatureGroup.of_labels(column))
    return FeatureBlock.of(ratings.n_users, sides["user"]), FeatureBlock.of(ratings.n_items, sides["item"])


def sampled_columns(ratings: Ratings, text: str) -> tuple[FeatureColumn, ...]:
    """The columns that the setting names, without the sets. Raises ValueError with a sentence as `feature_columns`."""
    return feature_columns(ratings, ", ".join(name for name in _names(ratings, text) if name != SETS))


def names_sampled_columns(text: str) -> bool:
    """Whether the setting “features” has a word that only a Bayesian model knows: “sets” or “all”."""
    return not {SETS, ALL}.isdisjoint(feature_names(text))


def _names(ratings: Ratings, text: str) -> list[str]:
    names = list(feature_names(text))
    if ALL in names:  # here with the sets
        return [*available_features(ratings), SETS]
    return names
