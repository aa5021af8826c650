"""How large and how full a crosstab is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.crosstab_choice import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, IntArray, Ratings


@dataclass(frozen=True)
class CrosstabFacts:
    """Size of a crosstab and number of its rated cells."""

    n_users: int
    n_items: int
    n_rated: int

    @classmethod
    def of(cls, ratings: Ratings, users: IntArray, items: IntArray) -> CrosstabFacts:
        """Count the rated cells of users × items; `users` and `items` (n,) codes without repetitions."""
        inside = members(users, ratings.n_users)[ratings.users] & members(items, ratings.n_items)[ratings.items]
        return cls(len(users), len(items), int(np.count_nonzero(inside & ratings.rated)))

    @property
    def n_cells(self) -> int:
        """Number of cells, rated or not."""
        return self.n_users * self.n_items

    @property
    def density(self) -> float:
        """Part of the cells that are rated, 0 to 1; 0 where there are no cells."""
        return self.n_rated / self.n_cells if self.n_cells else 0.0

    def sentence(self, item_label: str) -> str:
        """The facts in words."""
        size = f"{counted(self.n_users, 'user')} × {counted(self.n_items, item_label)}"
        if not self.n_cells:
            return f"{size}: no cells."
        return f"{size}: {self.n_rated:,} of {self.n_cells:,} cells are rated, {_percent(self.density)}."


def _percent(part: float) -> str:
    return f"{part:.1%}" if part < 0.1 else f"{part:.0%}"


def members(codes: NDArray[np.integer[Any]], n: int) -> BoolArray:
    """(n,) whether a code is among `codes`."""
    is_member = np.zeros(n, dtype=np.bool_)
    is_member[codes] = True
    return is_member
