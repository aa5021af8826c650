"""The lesson's second model: some users are generous, some items are good, whatever their factors say."""

from __future__ import annotations

from torch import Tensor, nn

from cfstudio.models.dot import Dot


class DotBias(Dot):
    """The dot product plus one bias per user and item, plus the mean rating when nothing is squashed.

    `global_mean` in rating points, 0 with a `rating_range`.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int,
        rating_range: tuple[float, float] | None = None,
        global_mean: float = 0.0,
    ) -> None:
        super().__init__(n_users, n_items, n_factors, rating_range)
        self.user_bias = nn.Embedding(n_users, 1)
        self.item_bias = nn.Embedding(n_items, 1)
        self.global_mean = global_mean

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Predicted ratings of pairs: two (batch,) int64 tensors of codes give (batch,) rating points."""
        u = self.user_factors(users)  # (batch, n_factors)
        i = self.item_factors(items)  # (batch, n_factors)
        # squeeze(1): (batch, 1) + (batch,) would broadcast to (batch, batch)
        biases = self.user_bias(users).squeeze(1) + self.item_bias(items).squeeze(1)  # (batch,)
        return self.to_rating((u * i).sum(dim=1) + biases + self.global_mean)  # (batch,)
