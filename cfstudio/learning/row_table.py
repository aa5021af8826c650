"""Both embeddings as one table of rows with their optimizer's memory, so that one update moves a whole batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cfstudio.learning.engine import REMEMBERED
from cfstudio.learning.torch_updates import decayed, update

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Side

MOST_REPEATED = 1_024
"""Rows in a batch up to which one that comes several times is calculated as often: finding it takes longer."""


class RowTable:
    """Rows of users, then of items; the narrower side is filled up with numbers that stay zero.

    `shapes` are rows and numbers per row of users and of items; with `moves_all`, rows that no cell of a batch touches
    decay and coast, too.
    """

    def __init__(
        self,
        shapes: tuple[tuple[int, int], tuple[int, int]],
        config: TrainingConfig,
        device: torch.device,
        *,
        moves_all: bool,
    ) -> None:
        self._moves_all = moves_all
        (self.n_users, self._n_user), (n_items, self._n_item) = shapes
        self._width = max(self._n_user, self._n_item)
        self._remembered = REMEMBERED[config.optimizer]
        n_rows = self.n_users + n_items
        self._table = torch.zeros(n_rows, (1 + len(self._remembered)) * self._width, device=device)
        self._sums = torch.zeros(n_rows, self._width, device=device)

    def look_up(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Gathered rows (2n, numbers and memory) of n users, then n items, and their numbers with a gradient to come.

        `places` (2n,) are users' codes and, after them, items' codes plus the number of users.
        """
        gathered = self._table.index_select(0, places)
        return gathered, gathered[:, : self._width].detach().requires_grad_()

    def split(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Users' (n, n_own) and items' (n, n_own) part of looked-up numbers (2n, width)."""
        users, items = torch.split(numbers, len(numbers) // 2)
        if self._n_user != self._n_item:
            users, items = users[:, : self._n_user], items[:, : self._n_item]
        return users, items

    def step(
        self,
        places: Tensor,
        gathered: Tensor,
        gradient: Tensor,
        config: TrainingConfig,
        decay: float | Tensor,
        rate: float,
        momentum: float,
        step: int,
    ) -> None:
        """One optimizer step on the rows of a batch; one that comes several times moves by the sum of its gradients."""
        self._sums.index_add_(0, places, gradient)
        if self._moves_all:
            gradient = self._sums.clone()
            self._sums.zero_()
            self._move(self._table, gradient, config, decay, rate, momentum, step)
            return
        if len(places) > MOST_REPEATED:
            places = torch.unique(places)
            gathered = self._table.index_select(0, places)
        gradient = self._sums.index_select(0, places)
        self._sums.index_fill_(0, places, 0.0)
        self._move(gathered, gradient, config, decay, rate, momentum, step)
        self._table.index_copy_(0, places, gathered)

    def _move(
        self,
        rows: Tensor,
        gradient: Tensor,
        config: TrainingConfig,
        decay: float | Tensor,
        rate: float,
        momentum: float,
        step: int,
    ) -> None:
        """Update rows, numbers and memory, in place."""
        if config.clip:
            lengths = gradient.norm(dim=1, keepdim=True)
            gradient = gradient * (config.clip / lengths.clamp(min=config.clip))
        numbers, *memory = torch.split(rows, self._width, dim=1)
        gradient = decayed(config, numbers, gradient, rate, decay)
        update(config, numbers, gradient, tuple(memory), rate, momentum, step)

    def squared_length(self, places: Tensor, gradient: Tensor) -> Tensor:
        """Squared length of a batch's gradient, rows that come several times summed up first."""
        different, which = torch.unique(places, return_inverse=True)
        sums = gradient.new_zeros(len(different), gradient.shape[1]).index_add_(0, which, gradient)
        return sums.square().sum()

    def numbers(self, side: Side) -> Tensor:
        """The own numbers of one side, (n_rows, n_own): a view that may be written."""
        return self._of_side(self._table, side, 0)

    def memory(self) -> dict[str, Tensor]:
        """What the optimizer remembers: `user_rows.momentum` and so on, views like those of `numbers`."""
        sides: tuple[Side, Side] = ("user", "item")
        return {
            f"{side}_rows.{what}": self._of_side(self._table, side, block)
            for block, what in enumerate(self._remembered, start=1)
            for side in sides
        }

    def _of_side(self, table: Tensor, side: Side, block: int) -> Tensor:
        begin = block * self._width
        if side == "user":
            return table[: self.n_users, begin : begin + self._n_user]
        return table[self.n_users :, begin : begin + self._n_item]
