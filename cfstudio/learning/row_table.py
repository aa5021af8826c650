"""One side's embedding as an engine holds it: rows with their optimizer's memory, and what features add to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from cfstudio.learning.torch_rules import REMEMBERED, decayed, update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.features import FeatureColumn

MOST_REPEATED = 512
"""Ratings in a batch up to which a row that comes several times is calculated as often: finding it takes longer."""


@dataclass(frozen=True)
class Looked:
    """Rows of a batch: `gathered` (n, own numbers and memory); `own` (n, n_own) and `rows` (n, width) with gradients."""

    codes: Tensor
    gathered: Tensor
    own: Tensor
    rows: Tensor


class RowTable:
    """Rows of `width` numbers, of which the first `n_own` belong to each row alone.

    Where `adds`, every feature adds the sum of its labels' numbers to the whole row: the row shown is its own plus
    these. Otherwise each feature has its part of the row, after the own numbers, one after the other; what was put
    there by hand stays as a constant beside the labels' sum.
    """

    def __init__(
        self,
        n_rows: int,
        n_own: int,
        columns: Sequence[FeatureColumn],
        config: TrainingConfig,
        device: torch.device,
        *,
        adds: bool,
    ) -> None:
        self._columns, self._adds, self._device = columns, adds, device
        self.n_own = n_own
        self.width = n_own if adds else n_own + sum(column.width for column in columns)
        self._remembered = REMEMBERED[config.optimizer]
        self._table = torch.zeros(n_rows, (1 + len(self._remembered)) * n_own, device=device)
        self._rest = torch.zeros(n_rows, self.width - n_own, device=device)
        self._sums = torch.zeros(n_rows, n_own, device=device)
        self._labels = [_padded(column).to(device) for column in columns]
        # The last row stands for no label and stays zero.
        self.label_tables = [
            nn.Parameter(torch.zeros(len(column.labels) + 1, n_own if adds else column.width, device=device))
            for column in columns
        ]

    def look_up(self, codes: Tensor) -> Looked:
        """The rows of a batch; gradients lead to `own` and to the labels' tables."""
        gathered = self._table.index_select(0, codes)
        own = gathered[:, : self.n_own].detach().requires_grad_()
        return Looked(codes, gathered, own, self._completed(own, codes) if self._columns else own)

    def _completed(self, own: Tensor, codes: Tensor) -> Tensor:
        """Own numbers (n, n_own) with what features add: (n, width)."""
        added = [
            nn.functional.embedding(labels[codes], table, padding_idx=len(table) - 1).sum(dim=1)
            for labels, table in zip(self._labels, self.label_tables, strict=True)
        ]
        if self._adds:
            for one in added:
                own = own + one
            return own
        return torch.cat([own, torch.cat(added, dim=1) + self._rest[codes]], dim=1) if added else own

    def step(
        self, looked: Looked, config: TrainingConfig, decay: float | Tensor, rate: float, momentum: float, step: int
    ) -> Tensor:
        """One optimizer step on the rows of a batch, whose gradients are there; returns their squared length.

        A row that is in the batch several times moves once, by the sum of its gradients.
        """
        codes, gathered, gradient = looked.codes, looked.gathered, looked.own.grad
        assert gradient is not None
        self._sums.index_add_(0, codes, gradient)
        # Gradient times sum, over the batch, is the square of each row's sum.
        squared = (gradient * self._sums.index_select(0, codes)).sum()
        if len(codes) > MOST_REPEATED:
            codes = torch.unique(codes)
            gathered = self._table.index_select(0, codes)
        gradient = self._sums.index_select(0, codes)
        self._sums.index_fill_(0, codes, 0.0)
        if config.clip:
            lengths = gradient.norm(dim=1, keepdim=True)
            gradient = gradient * (config.clip / lengths.clamp(min=config.clip))
        numbers, *memory = gathered.split(self.n_own, dim=1)
        gradient = decayed(config, numbers, gradient, rate, decay)
        update(config, numbers, gradient, tuple(memory), rate, momentum, step)
        self._table.index_copy_(0, codes, gathered)
        return squared

    @torch.no_grad()
    def rows(self, codes: NDArray[Any] | None = None) -> Tensor:
        """Some rows or all as they are shown: (n, width), copied."""
        places = (
            torch.arange(len(self._table), device=self._device)
            if codes is None
            else torch.from_numpy(np.asarray(codes, dtype=np.int64)).to(self._device)
        )
        return self._completed(self._table[places, : self.n_own], places)

    @torch.no_grad()
    def fit_labels(self, rows: NDArray[Any]) -> None:
        """Before a run: labels' numbers that explain the rows' feature parts best; none where features add."""
        if self._adds:
            return
        begin = self.n_own
        for column, table in zip(self._columns, self.label_tables, strict=True):
            found = column.table_for(rows[:, begin : begin + column.width])
            table[:-1] = torch.from_numpy(found.astype(np.float32))
            begin += column.width

    @torch.no_grad()
    def load(self, rows: NDArray[Any]) -> None:
        """Show these rows (n_rows, width); the labels' numbers stay, the difference goes into each row's own part."""
        shown = torch.from_numpy(rows.astype(np.float32)).to(self._device)
        self._table[:, : self.n_own] = 0.0
        self._rest.zero_()
        difference = shown - self.rows()
        self._table[:, : self.n_own] = difference[:, : self.n_own]
        self._rest.copy_(difference[:, self.n_own :])

    def state(self) -> list[tuple[str, Tensor]]:
        """What the optimizer remembers of the own numbers, by name, as views (n_rows, n_own)."""
        return list(zip(self._remembered, self._table.split(self.n_own, dim=1)[1:], strict=True))


def _padded(column: FeatureColumn) -> Tensor:
    """The labels of each row, (n_rows, most labels of a row) int64, filled up with the number of labels."""
    counts = np.diff(column.starts)
    labels = np.full((column.n_rows, max(int(counts.max(initial=0)), 1)), len(column.labels), dtype=np.int64)
    labels[column.owners, np.arange(len(column.members)) - column.starts[column.owners]] = column.members
    return torch.from_numpy(labels)
