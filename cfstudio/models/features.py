"""What is known of items and users besides their ratings, as columns of labels that a model can give numbers to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cfstudio.models.factorization import Floats, Side
    from cfstudio.ratings.table import FloatArray, Ratings

YEARS_PER_BUCKET = 5
ALL = "all"
"""Stands for every column that the data has."""


@dataclass(frozen=True)
class FeatureColumn:
    """A column of the items' or users' table: each row has some of its labels, one, several or none.

    Row n has `members[starts[n] : starts[n + 1]]`, places in `labels`; `starts` (n_rows + 1,) and `members` int64.
    """

    name: str
    side: Side
    labels: tuple[str, ...]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]

    @classmethod
    def of(cls, name: str, side: Side, texts: Iterable[str]) -> FeatureColumn:
        """Labels from texts, one per row, with `|` between two labels and nothing where none is known."""
        rows = list(texts)
        # Few texts differ; each is taken apart once.
        parts = {text: list(dict.fromkeys(one for one in text.split("|") if one)) for text in set(rows)}
        of_row = [parts[text] for text in rows]
        labels = sorted({one for row in parts.values() for one in row})
        place = {label: number for number, label in enumerate(labels)}
        members = np.array([place[one] for row in of_row for one in row], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum([len(row) for row in of_row], dtype=np.int64)))
        return cls(name, side, tuple(labels), starts, members)

    @property
    def width(self) -> int:
        """How many numbers an embedding of so many labels gets: fastai's rule, 1.6 n^0.56."""
        return int(min(600, max(1, round(1.6 * len(self.labels) ** 0.56))))

    @property
    def n_rows(self) -> int:
        """Items or users."""
        return len(self.starts) - 1

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """(n_members,) the row that each membership belongs to."""
        return np.repeat(np.arange(self.n_rows), np.diff(self.starts))

    def summed(self, table: Floats) -> FloatArray:
        """The sum of its labels' rows of a table (n_labels, n_numbers), for each row: (n_rows, n_numbers) float64."""
        sums = np.zeros((self.n_rows, table.shape[1]))
        np.add.at(sums, self.owners, table[self.members].astype(np.float64))
        return sums

    def table_for(self, sums: Floats) -> FloatArray:
        """The table whose `summed` comes nearest to given sums, and is smallest: (n_labels, n_numbers) float64.

        Exact, to rounding, for sums that are those of some table.
        """
        n = len(self.labels)
        # The normal equations: how often two labels stand in one row, and the sums over the rows that have a label.
        counts = np.diff(self.starts)[self.owners]
        before = np.repeat(np.cumsum(counts) - counts, counts)
        others = self.members[np.repeat(self.starts[self.owners], counts) + np.arange(len(before)) - before]
        together = np.bincount(np.repeat(self.members, counts) * n + others, minlength=n * n).reshape(n, n)
        right = np.zeros((n, sums.shape[1]))
        np.add.at(right, self.members, sums[self.owners].astype(np.float64))
        return np.asarray(np.linalg.lstsq(together.astype(np.float64), right, rcond=1e-12)[0], dtype=np.float64)


def available_features(ratings: Ratings) -> list[str]:
    """Names of the columns that tell something of items or users, in the order in which they are listed to people."""
    items = ratings.item_table
    names = ["genres"] if any(items.genres.tolist()) else []
    names += ["year"] if (items.years > 0).any() else []
    return names + [name for name, column in ratings.user_columns.items() if any(column.tolist())]


def feature_names(text: str) -> tuple[str, ...]:
    """The names in the setting “features”, each once, in lower case: “genres, year” gives two."""
    return tuple(dict.fromkeys(name.strip().casefold() for name in text.split(",") if name.strip()))


def feature_columns(ratings: Ratings, text: str) -> tuple[FeatureColumn, ...]:
    """The columns that the setting “features” names. Raises ValueError with a sentence for one that is not there."""
    there = {name.casefold(): name for name in available_features(ratings)}
    names = feature_names(text)
    if ALL in names and ALL not in there:
        names = tuple(there)
    for name in names:
        if name not in there:
            hint = f"its columns are {', '.join(there)}" if there else "it has none"
            raise ValueError(
                f"{ratings.name} has no column “{name}” that tells something of users or {ratings.item_label}s: {hint}."
            )
    return tuple(_column(ratings, there[name]) for name in names)


def _column(ratings: Ratings, name: str) -> FeatureColumn:
    items = ratings.item_table
    if name in ratings.user_columns:
        return FeatureColumn.of(name, "user", ratings.user_columns[name].tolist())
    if name == "genres":
        return FeatureColumn.of(name, "item", items.genres.tolist())
    return FeatureColumn.of(name, "item", (_bucket(year) for year in items.years.tolist()))


def _bucket(year: Any) -> str:  # noqa: ANN401 - a number as the table has it
    first = year - year % YEARS_PER_BUCKET
    return f"{first}–{first + YEARS_PER_BUCKET - 1}" if year > 0 else ""
