"""The plain engine: the lecture's torch modules, autograd, and the row-wise optimizers written out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cfstudio.learning.engine import ADAM_BETA2, ADAM_EPSILON, FactorRows, Pairs, check_loadable
from cfstudio.models.dot import Dot
from cfstudio.models.dot_bias import DotBias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray

PAIRS_AT_ONCE = 1_000_000


class AutogradEngine:
    """Any device torch knows; the reference that the compiled steps are tested against."""

    def __init__(self, factors: Factorization, config: TrainingConfig, batch_size: int, device: str = "cpu") -> None:
        self._shape = factors
        self._config = config
        self._batch_size = batch_size
        self._device = checked_device(device)
        self._model = _module_for(factors).to(self._device)
        self._moments = {
            name: (torch.zeros_like(weight), torch.zeros_like(weight)) for name, weight in self._weights().items()
        }
        self._moved: tuple[Pairs, tuple[Tensor, Tensor, Tensor]] | None = None
        self.load(factors)

    @property
    def name(self) -> str:
        """What computes."""
        return f"torch autograd on {self._device.type}, row-wise"

    @property
    def device(self) -> str:
        """Where it computes."""
        return self._device.type

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many were done before the loss was not finite any more."""
        all_users, all_items, all_ratings = self._on_device(pairs)
        for step, (rate, momentum) in enumerate(zip(rates.tolist(), momenta.tolist(), strict=True)):
            batch = slice(step * self._batch_size, (step + 1) * self._batch_size)
            users, items = all_users[batch], all_items[batch]
            self._model.zero_grad()
            loss = nn.functional.mse_loss(self._model(users, items), all_ratings[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            self._update(users, items, rate, momentum, steps_before + step + 1)
            if not math.isfinite(loss.item()):
                return step + 1
        return len(rates)

    @torch.no_grad()
    def _update(self, users: Tensor, items: Tensor, rate: float, momentum: float, t: int) -> None:
        touched = {"user": torch.unique(users), "item": torch.unique(items)}
        for name, weight in self._weights().items():
            rows = touched[name.split("_", maxsplit=1)[0]]
            assert weight.grad is not None
            gradient = weight.grad[rows]
            kept = (1.0 - rate * self._config.weight_decay) * weight[rows]
            if self._config.optimizer == "sgd":
                weight[rows] = kept - rate * gradient
                continue
            first, second = self._moments[name]
            first[rows] = momentum * first[rows] + (1.0 - momentum) * gradient
            second[rows] = ADAM_BETA2 * second[rows] + (1.0 - ADAM_BETA2) * gradient**2
            mean = first[rows] / (1.0 - momentum**t)
            root = (second[rows] / (1.0 - ADAM_BETA2**t)).sqrt()
            weight[rows] = kept - rate * mean / (root + ADAM_EPSILON)

    @torch.no_grad()
    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points; NaN without cells."""
        if not len(pairs):
            return float("nan")
        total = torch.zeros((), dtype=torch.float32, device=self._device)
        for begin in range(0, len(pairs), PAIRS_AT_ONCE):
            users, items, ratings = self._copied(pairs.part(begin, begin + PAIRS_AT_ONCE))
            total += (self._model(users, items) - ratings).square().sum()
        return float((total / len(pairs)).sqrt())

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows."""
        places = {"user": torch.from_numpy(users), "item": torch.from_numpy(items)}
        numbers = {
            name: weight.detach()[places[name.split("_", maxsplit=1)[0]].to(self._device)].cpu().numpy()
            for name, weight in self._weights().items()
        }
        return FactorRows(
            numbers["user_factors"],
            numbers["item_factors"],
            numbers["user_bias"][:, 0] if "user_bias" in numbers else None,
            numbers["item_bias"][:, 0] if "item_bias" in numbers else None,
        )

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        n_users, n_items = len(self._shape.user_factors), len(self._shape.item_factors)
        rows = self.rows(np.arange(n_users), np.arange(n_items))
        return replace(
            self._shape,
            user_factors=rows.user_factors.copy(),
            item_factors=rows.item_factors.copy(),
            user_bias=None if rows.user_bias is None else rows.user_bias.copy(),
            item_bias=None if rows.item_bias is None else rows.item_bias.copy(),
        )

    @torch.no_grad()
    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state; see `Engine.load`."""
        check_loadable(factors, self._shape)
        for name, weight in self._weights().items():
            numbers = torch.tensor(np.asarray(getattr(factors, name)), dtype=torch.float32)
            weight.copy_(numbers.reshape(weight.shape))

    def _weights(self) -> dict[str, nn.Parameter]:
        return {name.removesuffix(".weight"): weight for name, weight in self._model.named_parameters()}

    def _on_device(self, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """The cells on the device; moved once when each step takes all of them, for then nobody shuffles them."""
        if len(pairs) > self._batch_size:
            return self._copied(pairs)
        if self._moved is None or self._moved[0] is not pairs:
            self._moved = (pairs, self._copied(pairs))
        return self._moved[1]

    def _copied(self, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        arrays = (pairs.users.astype(np.int64), pairs.items.astype(np.int64), pairs.ratings)
        users, items, ratings = (torch.from_numpy(array).to(self._device) for array in arrays)
        return users, items, ratings


def _module_for(factors: Factorization) -> Dot:
    n_users, n_items, k = len(factors.user_factors), len(factors.item_factors), factors.n_factors
    if factors.has_bias:
        return DotBias(n_users, n_items, k, factors.rating_range, factors.global_mean)
    return Dot(n_users, n_items, k, factors.rating_range)


def checked_device(device: str) -> torch.device:
    """The device of that name. Raises RuntimeError with a sentence where there is none."""
    is_there = (
        device == "cpu"
        or (device == "cuda" and torch.cuda.is_available())
        or (device == "mps" and torch.backends.mps.is_available())
    )
    if not is_there:
        raise RuntimeError(f"This machine has no {device} device for PyTorch; choose the device “auto” or “cpu”.")
    return torch.device(device)
