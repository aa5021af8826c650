"""The plain engine: the lecture's torch modules, autograd, and the row-wise optimizers written out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cfstudio.learning.engine import (
    REMEMBERED,
    FactorRows,
    MissingDeviceError,
    Pairs,
    bias_decay,
    check_loadable,
    check_memory,
    is_l2,
    memory_shapes,
)
from cfstudio.learning.loss import mean_squared_error
from cfstudio.learning.moved_pairs import MovedPairs
from cfstudio.learning.torch_rules import clipped, stepped
from cfstudio.models.dot import Dot
from cfstudio.models.dot_bias import DotBias
from cfstudio.models.factorization import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        self._remembered = {
            name: {what: torch.zeros_like(weight) for what in REMEMBERED[config.optimizer]}
            for name, weight in self._weights().items()
        }
        self._gradient = torch.zeros(())
        self.report = np.zeros(2, dtype=np.float64)
        self._moved = MovedPairs(self._device, batch_size)
        self.load(factors)

    @property
    def name(self) -> str:
        """What computes."""
        return f"torch autograd on {self._device.type}, row-wise"

    @property
    def device(self) -> str:
        """Where it computes."""
        return self._device.type

    def change(self, config: TrainingConfig) -> None:
        """Take over decay and clipping from the next step on."""
        self._config = config

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many came before the loss was not finite any more.

        The device is asked for the losses once, after all steps: none of them waits for the interpreter.
        """
        all_users, all_items, all_ratings = self._moved.of(pairs)
        losses: list[Tensor] = []
        sizes: list[int] = []
        for step, (rate, momentum) in enumerate(zip(rates.tolist(), momenta.tolist(), strict=True)):
            batch = slice(step * self._batch_size, (step + 1) * self._batch_size)
            users, items, ratings = all_users[batch], all_items[batch], all_ratings[batch]
            self._model.zero_grad()
            loss = mean_squared_error(self._model(users, items), ratings)
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.detach())
            sizes.append(len(ratings))
            if step == len(rates) - 1:
                self._gradient = self._gradient_length()
            self._update({"user": users, "item": items}, rate, momentum, steps_before + step + 1)
        return self._reported(torch.stack(losses).tolist(), sizes)

    def _reported(self, losses: list[float], sizes: list[int]) -> int:
        """Take the losses into the report, up to the first that is not finite."""
        self.report[1] = float(self._gradient)
        for step, (loss, size) in enumerate(zip(losses, sizes, strict=True)):
            self.report[0] += loss * size
            if not math.isfinite(loss):
                return step + 1
        return len(losses)

    def _gradient_length(self) -> Tensor:
        gradients = [weight.grad for weight in self._weights().values() if weight.grad is not None]
        return torch.stack([gradient.square().sum() for gradient in gradients]).sum()

    @torch.no_grad()
    def _update(self, codes: dict[str, Tensor], rate: float, momentum: float, t: int) -> None:
        """Move the rows that the batch touched, or all, side by side."""
        weights = self._weights()
        for side, touched in codes.items():
            names = [name for name in weights if name.startswith(side)]
            gradients = clipped({name: _gradient(weights[name]) for name in names}, self._config.clip)
            moves = None if self._config.moves_untouched else self._mask(len(weights[names[0]]), touched)
            for name in names:
                self._move(name, weights[name], gradients[name], moves, rate, momentum, t)

    def _move(
        self, name: str, weight: Tensor, gradient: Tensor, moves: Tensor | None, rate: float, momentum: float, t: int
    ) -> None:
        decay = bias_decay(self._config) if name.endswith("bias") else self._config.weight_decay
        keep = 1.0
        if is_l2(self._config):
            gradient = gradient + decay * weight
        else:
            keep = 1.0 - rate * decay
        remembered = self._remembered[name]
        taken, after = stepped(gradient, remembered, self._config, momentum, t)
        _put(weight, keep * weight - rate * taken, moves)
        for what, numbers in after.items():
            _put(remembered[what], numbers, moves)

    def _mask(self, n_rows: int, touched: Tensor) -> Tensor:
        """(n_rows, 1) bool, made without asking the device how many different rows there are."""
        return torch.zeros((n_rows, 1), dtype=torch.bool, device=self._device).index_fill_(0, touched, value=True)

    @torch.no_grad()
    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors, biases not counted."""
        weights = self._weights()
        user, item = (float(weights[name].square().sum(dim=1).mean().sqrt()) for name in ARRAYS[:2])
        return user, item

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what the optimizer remembers; see `Engine.memory`."""
        shapes = memory_shapes(self._shape, self._config)
        return {
            f"{name}.{what}": numbers.cpu().numpy().reshape(shapes[f"{name}.{what}"]).copy()
            for name, remembered in self._remembered.items()
            for what, numbers in remembered.items()
        }

    @torch.no_grad()
    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; see `Engine.load_memory`."""
        check_memory(memory, memory_shapes(self._shape, self._config))
        for name, remembered in self._remembered.items():
            for what, numbers in remembered.items():
                numbers.copy_(torch.tensor(memory[f"{name}.{what}"]).reshape(numbers.shape))

    @torch.no_grad()
    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points; NaN without cells."""
        if not len(pairs):
            return float("nan")
        total = torch.zeros((), dtype=torch.float32, device=self._device)
        for begin in range(0, len(pairs), PAIRS_AT_ONCE):
            users, items, ratings = self._moved.copied(pairs.part(begin, begin + PAIRS_AT_ONCE))
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


def _gradient(weight: nn.Parameter) -> Tensor:
    assert weight.grad is not None, "Every weight takes part in the loss."
    return weight.grad


def _put(numbers: Tensor, after: Tensor, moves: Tensor | None) -> None:
    """Write rows in place where `moves` (n, 1) says so, everywhere without it."""
    numbers.copy_(after if moves is None else torch.where(moves, after, numbers))


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
        raise MissingDeviceError(f"This machine has no {device} device for PyTorch; choose the device “auto” or “cpu”.")
    return torch.device(device)
