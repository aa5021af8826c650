"""Who is most like the selected movie or user, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.neighbors import default_min_ratings, nearest

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

N_SHOWN = 100


@dataclass(frozen=True)
class NeighborRows:
    """The most similar rows, most similar first: (n,) codes, similarities, biases (NaN without), rating counts."""

    codes: IntArray
    similarities: FloatArray
    biases: FloatArray
    counts: IntArray

    @classmethod
    def none(cls) -> NeighborRows:
        """No rows at all."""
        codes, numbers = np.empty(0, dtype=np.int64), np.empty(0)
        return cls(codes, numbers, numbers, codes)


class NeighborQuery:
    """Asks the workspace's factors; counts ratings once per document."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counts: dict[Side, IntArray] = {}

    def forget_counts(self) -> None:
        """Count the ratings anew at the next question."""
        self._counts.clear()

    def counts(self, side: Side) -> IntArray:
        """Ratings of every user or item."""
        if side not in self._counts:
            ratings = self._workspace.ratings
            self._counts[side] = ratings.counts_by_user() if side == "user" else ratings.counts_by_item()
        return self._counts[side]

    def default_min_ratings(self, side: Side) -> int:
        """Ratings below which a user or item is not named unless asked for."""
        ratings = self._workspace.ratings
        return default_min_ratings(ratings.n_users if side == "item" else ratings.n_items)

    def n_candidates(self, side: Side, code: int, min_ratings: int) -> int:
        """How many others have enough ratings."""
        enough = self.counts(side) >= min_ratings
        return int(np.count_nonzero(enough)) - int(enough[code])

    def nearest(self, side: Side, code: int, min_ratings: int) -> NeighborRows:
        """The users or items whose factors point the same way."""
        factors, counts = self._workspace.factors, self.counts(side)
        matrix, bias = (
            (factors.user_factors, factors.user_bias) if side == "user" else (factors.item_factors, factors.item_bias)
        )
        found = nearest(matrix, code, N_SHOWN, counts >= min_ratings)
        biases = np.full(len(found.codes), np.nan) if bias is None else bias[found.codes].astype(np.float64)
        return NeighborRows(found.codes, found.similarities, biases, counts[found.codes])

    def name(self, side: Side, code: int) -> str:
        """What the sheet calls a user or an item."""
        ratings = self._workspace.ratings
        return ratings.user_name(code) if side == "user" else str(ratings.item_table.titles[code])

    def genres(self, side: Side, code: int) -> str:
        """Genres with commas, nothing for users."""
        return "" if side == "user" else str(self._workspace.ratings.item_table.genres[code]).replace("|", ", ")
