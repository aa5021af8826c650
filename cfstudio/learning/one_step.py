"""One gradient step on one rated cell, number by number, with everything that stands between old and new.

The cell is a batch of its own: the loss is its squared error. The rules are those of `torch.optim` (Kingma and Ba 2015,
Loshchilov and Hutter 2019, Duchi et al. 2011, Tieleman and Hinton 2012; momentum and Nesterov after Sutskever et al.
2013), computed in float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray

REMEMBERED = {
    "sgd": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "adagrad": ("squares",),
    "rmsprop": ("squares",),
    "adam": ("momentum", "squares"),
    "adamw": ("momentum", "squares"),
}
"""What each optimizer remembers of every number."""


@dataclass(frozen=True)
class Forward:
    """A prediction: the total before the sigmoid, and the rating it becomes."""

    total: float
    predicted: float
    slope: float
    """Derivative of the prediction by the total: 1, or that of the stretched sigmoid."""

    @classmethod
    def of(cls, total: float, rating_range: tuple[float, float] | None) -> Forward:
        """The rating that a total becomes."""
        if rating_range is None:
            return cls(total, total, 1.0)
        low, high = rating_range
        part = 0.5 * (1.0 + math.tanh(0.5 * total))
        return cls(total, low + (high - low) * part, (high - low) * part * (1.0 - part))


class AnyCell(Protocol):
    """The numbers that a cell's prediction is made of, in a few arrays by name: `user`, `item`, and what else."""

    @property
    def rating_range(self) -> tuple[float, float] | None:
        """What the sigmoid is stretched over, None without one."""

    def rows(self) -> dict[str, FloatArray]:
        """All numbers in flat float64 arrays."""

    def shown(self) -> dict[str, FloatArray]:
        """Those that stand in the sheet, and the layers."""

    def with_rows(self, rows: dict[str, FloatArray]) -> Self:
        """The same model with other numbers, as `rows` gives them."""

    def names(self) -> dict[str, list[str]]:
        """What people call the numbers of each array; one name where only the array's length is shown."""

    def forward(self) -> Forward:
        """The prediction."""

    def slopes(self) -> dict[str, FloatArray]:
        """Derivatives of the total by all numbers."""

    def decays(self, config: TrainingConfig) -> dict[str, FloatArray]:
        """The weight decay of each number."""

    def clipped_together(self) -> dict[str, str]:
        """Arrays with the same word are one vector when gradients are shortened."""

    def write_into(self, factors: Factorization, user: int, item: int) -> None:
        """Put the numbers where they belong."""


@dataclass(frozen=True)
class Cell:
    """The numbers that a cell's prediction is made of: (n_factors,) float64 each, biases None in a model without."""

    user: FloatArray
    item: FloatArray
    user_bias: float | None
    item_bias: float | None
    global_mean: float
    rating_range: tuple[float, float] | None

    @classmethod
    def of(cls, factors: Factorization, user: int, item: int) -> Cell:
        """The numbers of a user and an item by code."""
        has_bias = factors.user_bias is not None and factors.item_bias is not None
        return cls(
            factors.user_factors[user].astype(np.float64),
            factors.item_factors[item].astype(np.float64),
            float(factors.user_bias[user]) if factors.user_bias is not None and has_bias else None,
            float(factors.item_bias[item]) if factors.item_bias is not None and has_bias else None,
            float(factors.global_mean),
            factors.rating_range,
        )

    def rows(self) -> dict[str, FloatArray]:
        """The user's and the item's numbers in one array each, the bias last."""
        return {
            "user": self.user if self.user_bias is None else np.append(self.user, self.user_bias),
            "item": self.item if self.item_bias is None else np.append(self.item, self.item_bias),
        }

    def shown(self) -> dict[str, FloatArray]:
        """The same."""
        return self.rows()

    def with_rows(self, rows: dict[str, FloatArray]) -> Cell:
        """The same model with other numbers, as `rows` gives them."""
        n = len(self.user)
        biases = [None if self.user_bias is None else float(rows[side][n]) for side in ("user", "item")]
        return Cell(rows["user"][:n], rows["item"][:n], biases[0], biases[1], self.global_mean, self.rating_range)

    @property
    def products(self) -> FloatArray:
        """(n_factors,) what each pair of factors adds to the total."""
        return self.user * self.item

    def names(self) -> dict[str, list[str]]:
        """Factors by number, from 1, and the bias."""
        numbers = [f"f{place + 1}" for place in range(len(self.user))]
        biases = [] if self.user_bias is None else ["bias"]
        return {side: [f"{side} {name}" for name in numbers + biases] for side in ("user", "item")}

    def forward(self) -> Forward:
        """The prediction, part by part."""
        total = float(self.products.sum()) + (self.user_bias or 0.0) + (self.item_bias or 0.0) + self.global_mean
        return Forward.of(total, self.rating_range)

    def slopes(self) -> dict[str, FloatArray]:
        """Of a factor that is the other side's; a bias is multiplied by 1."""
        ones = np.ones(0 if self.user_bias is None else 1)
        return {"user": np.append(self.item, ones), "item": np.append(self.user, ones)}

    def decays(self, config: TrainingConfig) -> dict[str, FloatArray]:
        """One for factors, perhaps another for biases."""
        decay = np.full(len(self.user) + (self.user_bias is not None), config.weight_decay)
        if config.bias_decay >= 0:
            decay[len(self.user) :] = config.bias_decay
        return {"user": decay, "item": decay}

    def clipped_together(self) -> dict[str, str]:
        """A row with its bias is a vector."""
        return {"user": "user", "item": "item"}

    def write_into(self, factors: Factorization, user: int, item: int) -> None:
        """Put the numbers where they belong."""
        factors.user_factors[user], factors.item_factors[item] = self.user, self.item
        if factors.user_bias is not None and factors.item_bias is not None:
            factors.user_bias[user], factors.item_bias[item] = self.user_bias, self.item_bias


@dataclass(frozen=True)
class Memory:
    """What the optimizer remembers of a cell's numbers after so many steps: arrays as `Cell.rows` has them."""

    steps: int = 0
    arrays: dict[str, dict[str, FloatArray]] = field(default_factory=dict)
    """By what (`momentum`, `squares`), then by side; nothing stands for zeros."""

    def of(self, what: str, side: str, like: FloatArray) -> FloatArray:
        """One array, zeros at first."""
        return self.arrays.get(what, {}).get(side, np.zeros_like(like))


@dataclass(frozen=True)
class RowStep:
    """What a step does to the numbers of the user or of the item: (n,) each, the bias last where there is one."""

    old: FloatArray
    gradient: FloatArray
    """Of the squared error alone."""
    clip_factor: float
    """What the gradient was shortened by, 1 where it was not."""
    decay_gradient: FloatArray
    """What L2 decay adds to the gradient, zeros where decay is decoupled."""
    memory_before: dict[str, FloatArray]
    memory_after: dict[str, FloatArray]
    step: FloatArray
    """What the optimizer takes off, learning rate included."""
    decayed: FloatArray
    """What decoupled decay takes off besides."""
    new: FloatArray


@dataclass(frozen=True)
class OneStep:
    """A whole step: forward pass, error, gradients, update, and the prediction afterwards."""

    rating: float
    before: AnyCell
    after: AnyCell
    forward: Forward
    forward_after: Forward
    rows: dict[str, RowStep]
    """By the names of `AnyCell.rows`."""
    memory: Memory
    """After the step."""
    config: TrainingConfig

    @property
    def error(self) -> float:
        """Prediction minus rating, in rating points."""
        return self.forward.predicted - self.rating

    @property
    def error_after(self) -> float:
        """The same after the step."""
        return self.forward_after.predicted - self.rating

    @property
    def total_slope(self) -> float:
        """Derivative of the squared error by the total: what both rows' gradients have in common."""
        return 2.0 * self.error * self.forward.slope


def one_step(cell: AnyCell, rating: float, config: TrainingConfig, memory: Memory) -> OneStep:
    """The step that training on this cell alone would do, at the settings' learning rate and momentum."""
    forward = cell.forward()
    slope = 2.0 * (forward.predicted - rating) * forward.slope
    gradients = {name: slope * one for name, one in cell.slopes().items()}
    factors, decays = _clip_factors(cell, gradients, config.clip), cell.decays(config)
    t = memory.steps + 1
    rows = {}
    for name, old in cell.rows().items():
        remembered = {what: memory.of(what, name, old) for what in REMEMBERED[config.optimizer]}
        rows[name] = _row_step(old, gradients[name], factors[name], decays[name], config, remembered, t)
    kept: dict[str, dict[str, FloatArray]] = {}
    for name, row in rows.items():
        for what, array in row.memory_after.items():
            kept.setdefault(what, {})[name] = array
    after = cell.with_rows({name: row.new for name, row in rows.items()})
    return OneStep(rating, cell, after, forward, after.forward(), rows, Memory(t, kept), config)


def _clip_factors(cell: AnyCell, gradients: dict[str, FloatArray], clip: float) -> dict[str, float]:
    """What each array's gradient is multiplied by so that no vector of them is longer than `clip`, 0 for no limit."""
    together = cell.clipped_together()
    squares: dict[str, float] = {}
    for name, gradient in gradients.items():
        squares[together[name]] = squares.get(together[name], 0.0) + float(np.square(gradient).sum())
    lengths = {name: math.sqrt(squares[together[name]]) for name in gradients}
    return {name: min(clip / one, 1.0) if clip > 0 and one > 0 else 1.0 for name, one in lengths.items()}


def _row_step(
    old: FloatArray,
    gradient: FloatArray,
    clip_factor: float,
    decay: FloatArray,
    config: TrainingConfig,
    memory: dict[str, FloatArray],
    t: int,
) -> RowStep:
    is_l2 = config.decay_kind == "l2" and config.optimizer != "adamw"
    decay_gradient = decay * old if is_l2 else np.zeros_like(old)
    direction, after = _direction(clip_factor * gradient + decay_gradient, memory, config, t)
    step = config.learning_rate * direction
    decayed = np.zeros_like(old) if is_l2 else config.learning_rate * decay * old
    return RowStep(old, gradient, clip_factor, decay_gradient, memory, after, step, decayed, old - decayed - step)


def _direction(
    g: FloatArray, memory: dict[str, FloatArray], config: TrainingConfig, t: int
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """What to take off at learning rate 1, and what the optimizer remembers afterwards; `t` counts from 1."""
    kind, momentum, beta2 = config.optimizer, config.momentum, config.beta2
    if kind == "sgd":
        return g, {}
    if kind in ("momentum", "nesterov"):
        mean = momentum * memory["momentum"] + g
        return (mean if kind == "momentum" else g + momentum * mean), {"momentum": mean}
    if kind == "adagrad":
        squares = memory["squares"] + g * g
        return g / (np.sqrt(squares) + config.epsilon), {"squares": squares}
    squares = beta2 * memory["squares"] + (1.0 - beta2) * g * g
    if kind == "rmsprop":
        return g / (np.sqrt(squares) + config.epsilon), {"squares": squares}
    mean = momentum * memory["momentum"] + (1.0 - momentum) * g
    root = np.sqrt(squares / (1.0 - beta2**t)) + config.epsilon
    return mean / (1.0 - momentum**t) / root, {"momentum": mean, "squares": squares}
