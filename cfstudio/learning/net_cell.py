"""The numbers that a net's prediction of one cell is made of, and how fast it grows with each: backpropagation by hand.

As for an evaluation, no number is dropped out. A ReLU's derivative is 1 above 0 and 0 elsewhere (Rumelhart et al. 1986
for the chain of layers; Nair and Hinton 2010 for the unit).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.one_step import AnyCell, Cell, Forward
from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray

LAYERS = "layers"


def cell_of(factors: Factorization, user: int, item: int) -> AnyCell:
    """The numbers of a user and an item by code, and of the layers where the model has some."""
    return NetCell.of(factors, user, item) if isinstance(factors, NetFactorization) else Cell.of(factors, user, item)


@dataclass(frozen=True)
class NetCell:
    """A row of each embedding, (n_user,) and (n_item,), and all layers as `NetFactorization` has them; float64."""

    user: FloatArray
    item: FloatArray
    weights: tuple[FloatArray, ...]
    offsets: tuple[FloatArray, ...]
    global_mean: float
    rating_range: tuple[float, float] | None

    @classmethod
    def of(cls, factors: NetFactorization, user: int, item: int) -> NetCell:
        """The numbers of a user and an item by code."""
        return cls(
            factors.user_factors[user].astype(np.float64),
            factors.item_factors[item].astype(np.float64),
            tuple(one.astype(np.float64) for one in factors.weights),
            tuple(one.astype(np.float64) for one in factors.offsets),
            float(factors.global_mean),
            factors.rating_range,
        )

    def rows(self) -> dict[str, FloatArray]:
        """Both rows, then `weights 1`, `offsets 1` and so on from the input to the output."""
        layers = zip(self._layer_names(), chain(*zip(self.weights, self.offsets, strict=True)), strict=True)
        return {"user": self.user, "item": self.item, **{name: one.ravel() for name, one in layers}}

    def shown(self) -> dict[str, FloatArray]:
        """The same."""
        return self.rows()

    def with_rows(self, rows: dict[str, FloatArray]) -> NetCell:
        """The same net with other numbers, as `rows` gives them."""
        places = range(1, len(self.weights) + 1)
        weights = (rows[f"weights {n}"].reshape(old.shape) for n, old in zip(places, self.weights, strict=True))
        return replace(
            self,
            user=rows["user"],
            item=rows["item"],
            weights=tuple(weights),
            offsets=tuple(rows[f"offsets {n}"] for n in places),
        )

    def names(self) -> dict[str, list[str]]:
        """Of the layers the length of each table: there are thousands of numbers."""
        rows = {
            side: [f"{side} f{place + 1}" for place in range(len(row))]
            for side, row in (("user", self.user), ("item", self.item))
        }
        shapes = {}
        for place, weight in enumerate(self.weights, start=1):
            n_out, n_in = weight.shape
            shapes[f"weights {place}"] = [f"‖layer {place}, {n_in} × {n_out}‖"]
            shapes[f"offsets {place}"] = [f"‖layer {place}, {n_out} offsets‖"]
        return {**rows, **shapes}

    def activations(self) -> list[FloatArray]:
        """The input, what each hidden layer hands on, and the output (1,) before the sigmoid."""
        values = [np.concatenate((self.user, self.item))]
        for weight, offset in zip(self.weights, self.offsets, strict=True):
            values.append(weight @ values[-1] + offset)
            if len(values) <= len(self.weights):
                values[-1] = np.maximum(values[-1], 0.0)
        return values

    def forward(self) -> Forward:
        """The prediction."""
        return Forward.of(float(self.activations()[-1][0]) + self.global_mean, self.rating_range)

    def slopes(self) -> dict[str, FloatArray]:
        """Derivatives of the output before the sigmoid, from it back to the input."""
        values = self.activations()
        behind = np.ones(1)
        found: dict[str, FloatArray] = {}
        for place in range(len(self.weights), 0, -1):
            before = values[place - 1]
            found[f"weights {place}"] = np.outer(behind, before).ravel()
            found[f"offsets {place}"] = behind
            behind = behind @ self.weights[place - 1]
            if place > 1:
                behind = behind * (before > 0)
        n = len(self.user)
        return {"user": behind[:n], "item": behind[n:], **{name: found[name] for name in self._layer_names()}}

    def decays(self, config: TrainingConfig) -> dict[str, FloatArray]:
        """One for both rows, perhaps another for the layers."""
        of_layers = config.weight_decay if config.net_decay < 0 else config.net_decay
        return {
            name: np.full(len(row), config.weight_decay if name in ("user", "item") else of_layers)
            for name, row in self.rows().items()
        }

    def clipped_together(self) -> dict[str, str]:
        """All layers are one vector."""
        return {"user": "user", "item": "item", **dict.fromkeys(self._layer_names(), LAYERS)}

    def write_into(self, factors: Factorization, user: int, item: int) -> None:
        """Put the numbers where they belong."""
        assert isinstance(factors, NetFactorization), "A net's numbers belong into a net."
        factors.user_factors[user], factors.item_factors[item] = self.user, self.item
        for olds, news in ((factors.weights, self.weights), (factors.offsets, self.offsets)):
            for old, new in zip(olds, news, strict=True):
                old[...] = new

    def _layer_names(self) -> list[str]:
        return [f"{what} {place}" for place in range(1, len(self.weights) + 1) for what in ("weights", "offsets")]
