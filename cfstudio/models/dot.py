"""The lesson's first model: a rating is the dot product of a user's and an item's factors."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dot(nn.Module):
    """User factors · item factors, optionally squashed onto a range of ratings.

    `rating_range` (low, high) in rating points stretches a sigmoid over it; None leaves the plain sum.
    """

    def __init__(
        self, n_users: int, n_items: int, n_factors: int, rating_range: tuple[float, float] | None = None
    ) -> None:
        super().__init__()
        self.user_factors = nn.Embedding(n_users, n_factors)
        self.item_factors = nn.Embedding(n_items, n_factors)
        self.rating_range = rating_range

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Predicted ratings of pairs: two (batch,) int64 tensors of codes give (batch,) rating points."""
        u = self.user_factors(users)  # (batch, n_factors)
        i = self.item_factors(items)  # (batch, n_factors)
        return self.to_rating((u * i).sum(dim=1))  # (batch,)

    def to_rating(self, total: Tensor) -> Tensor:
        """Squash (batch,) sums onto the range."""
        if self.rating_range is None:
            return total
        low, high = self.rating_range
        return low + (high - low) * torch.sigmoid(total)
