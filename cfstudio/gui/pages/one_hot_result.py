"""The two results side by side: the product with the one-hot row, and the row that was looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.one_hot import BothWays, both_ways, sum_so_far
from cfstudio.gui.pages.columns import Column, Part, color_spread, count_block, factor_block
from cfstudio.gui.pages.painted_model import NO_PARENT, Index, PaintedModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.gui.pages.embedding_source import EmbeddingSource
    from cfstudio.models.factorization import Floats

WAYS = ("one-hot row × matrix", "looked-up row")
WAY, COST, NUMBERS = 0, 1, 2


class ResultModel(PaintedModel):
    """Two rows: multiplied, looked up; each with its multiplications and its factors."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._source: EmbeddingSource | None = None
        self._place = 0
        self.n_done: int | None = None
        """Rows multiplied so far in a walk through them, None for all."""

    def show_result(self, source: EmbeddingSource, place: int) -> None:
        """Show what comes of the row at a place."""
        self.beginResetModel()
        self._source, self._place = source, place
        matrix = source.matrix()
        tip = "Multiplications that this way needs"
        self.columns = (
            Column("way", "way", "How the numbers were got", max(WAYS, key=len)),
            Column("cost", "multiplications", tip, f"{matrix.size:,}"),
            *(Column("number", f"f{n + 1}", "The result", self.look.factor_sample, n) for n in range(matrix.shape[1])),
        )
        self.endResetModel()

    @property
    def both(self) -> BothWays | None:
        """Product and look-up with the numbers as they are now, None for an empty matrix."""
        if self._source is None or not self._source.n_rows:
            return None
        return both_ways(self._source.matrix(), self._place)

    @property
    def n_multiplied(self) -> int:
        """Multiplications done so far."""
        if self._source is None:
            return 0
        matrix = self._source.matrix()
        return matrix.size if self.n_done is None else self.n_done * matrix.shape[1]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Two ways, once there is something to look up."""
        return 0 if parent.isValid() or self._source is None or not self._source.n_rows else len(WAYS)

    def _vectors(self) -> Floats:
        """(2, n_factors): product so far, looked up."""
        assert self._source is not None
        both = self.both
        assert both is not None
        if self.n_done is None:
            return np.stack([both.product, both.looked_up])
        return np.stack([sum_so_far(self._source.matrix(), self._place, self.n_done), both.looked_up])

    def parts(self, rows: slice) -> list[Part]:
        """Way, cost, numbers."""
        assert self._source is not None
        costs = np.array([[self.n_multiplied], [0]])
        return [
            Part(WAY, list(WAYS[rows])),
            Part(COST, count_block(costs[rows])),
            Part(
                NUMBERS, factor_block(self._vectors()[rows], color_spread(self._source.matrix()), self.look.factor_text)
            ),
        ]

    def value(self, row: int, column: int) -> str | float | int | None:
        """The way, its cost, or an exact number."""
        if column == WAY:
            return WAYS[row]
        if column == COST:
            return self.n_multiplied if row == 0 else 0
        return float(self._vectors()[row, column - NUMBERS])

    def describe(self, row: int, column: int) -> str:
        """The way and what the column says of it."""
        value = self.value(row, column)
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        return f"{WAYS[row]}, {self.columns[column].name}: {text}"
