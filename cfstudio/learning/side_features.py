"""What features add to the rows of one side's embedding, and the labels' numbers that are learned for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cfstudio.models.features import FeatureColumn


class SideFeatures:
    """Turns own numbers (n, n_own) into whole rows (n, width).

    Where `adds`, every feature adds the sum of its labels' numbers to the own ones, and a row is as wide as these.
    Otherwise each feature has a part of the row to itself, after the own numbers; what was put there by hand stays as a
    constant beside the labels' sum.
    """

    def __init__(
        self, n_rows: int, n_own: int, columns: Sequence[FeatureColumn], device: torch.device, *, adds: bool
    ) -> None:
        self._columns, self._adds, self._n_own = columns, adds, n_own
        self._labels = [_padded(column).to(device) for column in columns]
        # The last row stands for no label and stays zero.
        self.tables = [
            nn.Parameter(torch.zeros(len(column.labels) + 1, n_own if adds else column.width, device=device))
            for column in columns
        ]
        n_parts = 0 if adds else sum(column.width for column in columns)
        self._by_hand = torch.zeros(n_rows, n_parts, device=device)

    def complete(self, own: Tensor, codes: Tensor) -> Tensor:
        """Whole rows from the own numbers (n, n_own) of some codes (n,)."""
        if not self._columns:
            return own
        added = [
            nn.functional.embedding(labels[codes], table, padding_idx=len(table) - 1).sum(dim=1)
            for labels, table in zip(self._labels, self.tables, strict=True)
        ]
        if self._adds:
            return own + torch.stack(added).sum(dim=0)
        return torch.cat([own, torch.cat(added, dim=1) + self._by_hand[codes]], dim=1)

    @torch.no_grad()
    def fit_labels(self, rows: NDArray[Any]) -> None:
        """Labels' numbers that explain the rows' feature parts best; none where features add to the own numbers."""
        if self._adds:
            return
        begin = self._n_own
        for column, table in zip(self._columns, self.tables, strict=True):
            found = column.table_for(rows[:, begin : begin + column.width])
            table[:-1] = torch.from_numpy(found.astype(np.float32))
            begin += column.width

    @torch.no_grad()
    def own_part(self, rows: Tensor) -> Tensor:
        """The own numbers (n_rows, n_own) with which all rows are as given, the labels' numbers being what they are."""
        self._by_hand.zero_()
        none = rows.new_zeros(len(rows), self._n_own)
        difference = rows - self.complete(none, torch.arange(len(rows), device=rows.device))
        self._by_hand.copy_(difference[:, self._n_own :])
        return difference[:, : self._n_own]


def _padded(column: FeatureColumn) -> Tensor:
    """The labels of each row, (n_rows, most labels of a row) int64, filled up with the number of labels."""
    counts = np.diff(column.starts)
    labels = np.full((column.n_rows, max(int(counts.max(initial=0)), 1)), len(column.labels), dtype=np.int64)
    labels[column.owners, np.arange(len(column.members)) - column.starts[column.owners]] = column.members
    return torch.from_numpy(labels)
