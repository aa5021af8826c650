"""What turns looked-up rows into ratings: the layers of a net, or the dot product with biases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from cfstudio.models.embedding_net import EmbeddingNet
from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Side


class DotHead(nn.Module):
    """Rows (n, n_factors + 1) of factors and bias; without biases (n, n_factors)."""

    def __init__(self, factors: Factorization) -> None:
        super().__init__()
        self._k, self._has_bias, self._mean = factors.n_factors, factors.has_bias, factors.global_mean
        self._range = factors.rating_range

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Rating points (n,) of rows of users and items."""
        k = self._k
        total = (users[:, :k] * items[:, :k]).sum(dim=1) + self._mean
        if self._has_bias:
            total = total + users[:, k] + items[:, k]
        if self._range is None:
            return total
        low, high = self._range
        return low + (high - low) * torch.sigmoid(total)

    def first(self, side: Side, rows: Tensor) -> Tensor:  # noqa: ARG002 - a net's differ by side
        """The rows themselves: nothing can be calculated of one side alone."""
        return rows

    def rest(self, of_users: Tensor, of_items: Tensor) -> Tensor:
        """Rating points (n,)."""
        return cast("Tensor", self(of_users, of_items))

    def row_decay(self, config: TrainingConfig) -> float | Tensor:
        """Decay of the factors and, last, of the bias."""
        if not self._has_bias or config.bias_decay < 0:
            return config.weight_decay
        return torch.tensor([config.weight_decay] * self._k + [config.bias_decay])


class NetHead(nn.Module):
    """The layers of `EmbeddingNet`; its parameters have the names that `NetFactorization.arrays` gives them."""

    def __init__(self, factors: NetFactorization, config: TrainingConfig) -> None:
        super().__init__()
        # Its embeddings are not used: rows come from outside.
        empty = replace(factors, user_factors=factors.user_factors[:1], item_factors=factors.item_factors[:1])
        net = EmbeddingNet.of(empty, config.embedding_dropout, config.hidden_dropout)
        self._from_rows = net.from_rows
        self._to_rating = net.to_rating
        self._mean = net.global_mean
        self._n_user = factors.width("user")
        self.layers = net.layers

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Rating points (n,) of rows of users and items, with dropout in training."""
        return self._from_rows(torch.cat([users, items], dim=1))

    def first(self, side: Side, rows: Tensor) -> Tensor:
        """What rows of one side add to the first layer: (n, n_out), without dropout; the offset comes with users."""
        layer = self._linear()[0]
        if side == "item":
            return rows @ layer.weight[:, self._n_user :].T
        return nn.functional.linear(rows, layer.weight[:, : self._n_user], layer.bias)

    def rest(self, of_users: Tensor, of_items: Tensor) -> Tensor:
        """Rating points (n,) from what both sides add to the first layer, without dropout."""
        values = of_users + of_items
        for layer in self._linear()[1:]:
            values = layer(torch.relu(values))
        return self._to_rating(values.squeeze(1) + self._mean)

    def row_decay(self, config: TrainingConfig) -> float | Tensor:
        """Decay of the embeddings."""
        return config.weight_decay

    def _linear(self) -> list[nn.Linear]:
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]


Head = DotHead | NetHead


def head_for(factors: Factorization, config: TrainingConfig, device: torch.device) -> Head:
    """The head of a model's numbers, on a device."""
    head = NetHead(factors, config) if isinstance(factors, NetFactorization) else DotHead(factors)
    return head.to(device)


def net_decay(config: TrainingConfig) -> float:
    """Weight decay of a net's layers."""
    return config.weight_decay if config.net_decay < 0 else config.net_decay
