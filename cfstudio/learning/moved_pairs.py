"""Training cells on the device that computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.engine import Pairs


class MovedPairs:
    """Takes cells to a device; once only when each step takes all of them, for then nobody shuffles them."""

    def __init__(self, device: torch.device, batch_size: int) -> None:
        self._device, self._batch_size = device, batch_size
        self._moved: tuple[Pairs, tuple[Tensor, Tensor, Tensor]] | None = None

    def of(self, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """Users and items (n,) int64 and ratings (n,)."""
        if len(pairs) > self._batch_size:
            return self.copied(pairs)
        if self._moved is None or self._moved[0] is not pairs:
            self._moved = (pairs, self.copied(pairs))
        return self._moved[1]

    def copied(self, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """The same, kept nowhere."""
        arrays = (pairs.users.astype(np.int64), pairs.items.astype(np.int64), pairs.ratings)
        users, items, ratings = (torch.from_numpy(array).to(self._device) for array in arrays)
        return users, items, ratings
