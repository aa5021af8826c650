"""Rated cells on the device that computes: uploaded once, in an order drawn there for each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.engine import Pairs


class DeviceCells:
    """Cells of a run and the order of one epoch; both keep their place in memory, so that a graph may read them.

    `users` and `items` (n + 1,) int32 codes, `ratings` (n + 1,) float32. The last cell is nobody's: user `n_users`,
    item `n_items`, rating 0. `order` (n_batches · batch_size,) int64 has places of cells; the last batch is filled up
    with nobody's, so that all batches have the same shape.
    """

    def __init__(self, pairs: Pairs, device: torch.device, n_rows: tuple[int, int], batch_size: int) -> None:
        self.n = len(pairs)
        self.users = _with_one_more(pairs.users, n_rows[0], device)
        self.items = _with_one_more(pairs.items, n_rows[1], device)
        self.ratings = _with_one_more(pairs.ratings, 0, device)
        self._batch_size = batch_size
        self.n_batches = -(-self.n // batch_size)
        self.order = torch.full((self.n_batches * batch_size,), self.n, dtype=torch.int64, device=device)
        torch.arange(self.n, out=self.order[: self.n])
        self._drawn = (-1, -1)

    def draw(self, seed: int, epoch: int) -> None:
        """Put the cells into the order of an epoch, which seed and epoch alone give on one kind of device.

        Where a batch has all cells they stay as they came. 25 million take a radix sort on the device, a few
        milliseconds; no cell crosses to the host.
        """
        if self.n_batches == 1 or self._drawn == (seed, epoch):
            return
        self._drawn = (seed, epoch)
        (key,) = np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64).tolist()
        random = torch.Generator(device=self.order.device).manual_seed(key >> 1)
        torch.randperm(self.n, generator=random, out=self.order[: self.n])

    def size(self, batch: int) -> int:
        """Cells of a batch, nobody's not counted."""
        return min(self._batch_size, self.n - batch * self._batch_size)


def _with_one_more(array: np.ndarray[tuple[int], np.dtype[np.generic]], last: int, device: torch.device) -> Tensor:
    on_host = torch.from_numpy(np.append(array, array.dtype.type(last)))
    return on_host.to(device)
