"""The lesson's third model: a small neural net on the two embeddings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from torch import Tensor, nn

from cfstudio.models.dot import Dot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.models.net import NetFactorization


class EmbeddingNet(Dot):
    """User and item embeddings, of different sizes if you like, concatenated and sent through linear layers.

    `hidden` widths of the hidden layers; `embedding_dropout` and `hidden_dropout` parts that are zeroed in training.
    `rating_range` and `global_mean` as in `DotBias`.
    """

    def __init__(
        self,
        n_users: int,
        n_items: int,
        n_factors: int,
        n_item_factors: int | None = None,
        hidden: Sequence[int] = (100,),
        embedding_dropout: float = 0.05,
        hidden_dropout: float = 0.15,
        rating_range: tuple[float, float] | None = None,
        global_mean: float = 0.0,
    ) -> None:
        super().__init__(n_users, n_items, n_factors, rating_range)
        self.item_factors = nn.Embedding(n_items, n_item_factors or n_factors)
        self.global_mean = global_mean
        n_inputs = self.user_factors.embedding_dim + self.item_factors.embedding_dim
        layers: list[nn.Module] = [nn.Dropout(embedding_dropout)]
        for width in hidden:
            layers += [nn.Linear(n_inputs, width), nn.ReLU(), nn.Dropout(hidden_dropout)]
            n_inputs = width
        self.layers = nn.Sequential(*layers, nn.Linear(n_inputs, 1))

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Predicted ratings of pairs: two (batch,) int64 tensors of codes give (batch,) rating points."""
        u = self.user_factors(users)  # (batch, n_factors)
        i = self.item_factors(items)  # (batch, n_item_factors)
        return self.from_rows(torch.cat([u, i], dim=1))

    def from_rows(self, rows: Tensor) -> Tensor:
        """Predicted ratings (batch,) of looked-up rows (batch, n_factors + n_item_factors)."""
        # squeeze(1): against (batch,) ratings an output of (batch, 1) would broadcast to (batch, batch)
        return self.to_rating(self.layers(rows).squeeze(1) + self.global_mean)  # (batch,)

    @classmethod
    def of(cls, numbers: NetFactorization, embedding_dropout: float = 0.0, hidden_dropout: float = 0.0) -> Self:
        """The module with the numbers of a document: it predicts what the document does, in float32."""
        net = cls(
            len(numbers.user_factors),
            len(numbers.item_factors),
            numbers.width("user"),
            numbers.width("item"),
            numbers.hidden,
            embedding_dropout,
            hidden_dropout,
            numbers.rating_range,
            numbers.global_mean,
        )
        named = {name: name if name.startswith("layers.") else f"{name}.weight" for name in numbers.arrays()}
        net.load_state_dict(
            {named[name]: torch.tensor(np.asarray(array, np.float32)) for name, array in numbers.arrays().items()}
        )
        return net
