"""What a trainer asks of whoever does the arithmetic, and the choice between those there are."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cfstudio.models.factorization import ARRAYS
from cfstudio.models.features import feature_columns
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import IntArray, Ratings

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

GPU_BATCH = 8_192
"""Ratings per step from which `auto` prefers a GPU: below, the compiled steps of one CPU core are faster."""


@dataclass(frozen=True)
class Pairs:
    """Rated cells as contiguous arrays: `users` and `items` (n,) int32 codes, `ratings` (n,) float32 rating points."""

    users: NDArray[np.int32]
    items: NDArray[np.int32]
    ratings: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ratings)

    def take(self, order: NDArray[np.integer[Any]]) -> Pairs:
        """The same cells in another order, or some of them."""
        return Pairs(self.users[order], self.items[order], self.ratings[order])

    def part(self, begin: int, end: int) -> Pairs:
        """The cells from `begin` to before `end`, not copied; all of them are the same object."""
        if begin == 0 and end >= len(self):
            return self
        return Pairs(self.users[begin:end], self.items[begin:end], self.ratings[begin:end])


@dataclass(frozen=True)
class FactorRows:
    """The numbers of some users and some items: factors (n, n_factors) float32, biases (n,) float32 or None.

    `layers` are a net's, all of them, by the names of `NetFactorization.arrays`.
    """

    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    user_bias: NDArray[np.float32] | None
    item_bias: NDArray[np.float32] | None
    layers: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """All of them by name."""
        named = {name: getattr(self, name) for name in ARRAYS}
        return {**{name: array for name, array in named.items() if array is not None}, **self.layers}

    @classmethod
    def of(cls, factors: Factorization, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows of a model."""
        return cls(
            factors.user_factors[users].astype(np.float32),
            factors.item_factors[items].astype(np.float32),
            None if factors.user_bias is None else factors.user_bias[users].astype(np.float32),
            None if factors.item_bias is None else factors.item_bias[items].astype(np.float32),
            {name: array.astype(np.float32) for name, array in factors.arrays().items() if name not in ARRAYS},
        )


class MissingDeviceError(RuntimeError):
    """The device that was asked for is not there; a sentence."""


class Engine(Protocol):
    """Holds a model's numbers in float32 and changes them step by step."""

    @property
    def report(self) -> NDArray[np.float64]:
        """(2,) sum of the squared errors of all batches since someone set it to 0, in squared rating points.

        Each error is from before its step. Then the squared length of the last batch's gradient, before clipping and
        without decay.
        """

    @property
    def name(self) -> str:
        """What computes, for people: `numba float32, row-wise`."""

    @property
    def device(self) -> str:
        """Where it computes: `cpu`, `cuda` or `mps`."""

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate, over one batch of `pairs` after another; the last batch may be shorter.

        `steps_before` counts the whole run's. Stops after a step whose loss is not finite; returns the steps done.
        """

    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points."""

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows."""

    def factorization(self) -> Factorization:
        """A copy of all numbers."""

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state.

        Raises ValueError with a sentence when they are of another shape or model, or too large for float32.
        """

    def change(self, config: TrainingConfig) -> None:
        """Take over the settings that may change during a run, from the next step on."""

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what the optimizer remembers: `user_factors.momentum` and so on, shaped like `user_factors`."""

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`. Raises ValueError with a sentence for arrays of another optimizer or shape."""

    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors, biases left out.

        A sample of the rows will do: it is asked often.
        """


def is_l2(config: TrainingConfig) -> bool:
    """Whether decay joins the gradient; AdamW's never does."""
    return config.decay_kind == "l2" and config.optimizer != "adamw"


def bias_decay(config: TrainingConfig) -> float:
    """Weight decay of the biases."""
    return config.weight_decay if config.bias_decay < 0 else config.bias_decay


def check_memory(memory: Mapping[str, NDArray[np.float32]], wanted: Mapping[str, tuple[int, ...]]) -> None:
    """Raise ValueError with a sentence unless `memory` holds finite arrays of the wanted names and shapes."""
    if {name: array.shape for name, array in memory.items()} != dict(wanted):
        raise ValueError("The optimizer's state belongs to another model or optimizer; start a new run.")
    if not all(np.isfinite(array).all() for array in memory.values()):
        raise ValueError("The optimizer's state holds numbers that are not finite; start a new run.")


def memory_shapes(factors: Factorization, config: TrainingConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of what the optimizer remembers of these numbers."""
    return {
        f"{name}.{what}": array.shape
        for name, array in factors.arrays().items()
        for what in REMEMBERED[config.optimizer]
    }


def needed_memory(memory: Mapping[str, NDArray[np.float32]], shape: Factorization) -> dict[str, NDArray[np.float32]]:
    """The part of a memory without which no run goes on.

    Own numbers beside features only spare a rounding, and a dot product drops nothing at random.
    """
    spared = {"user_rows", "item_rows"} | ({"dropout"} if shape.is_dot_product else set())
    return {name: array for name, array in memory.items() if name not in spared}


def is_finite(factors: Factorization) -> bool:
    """Whether all numbers of a model are."""
    return all(bool(np.isfinite(array).all()) for array in factors.arrays().values())


def learned_columns(ratings: Ratings, config: TrainingConfig) -> tuple[FeatureColumn, ...]:
    """The columns that the settings name, none for a model that cannot learn from any.

    Raises ValueError with a sentence for one that the ratings do not have.
    """
    return feature_columns(ratings, config.features) if kind_named(config.model).takes_features else ()


def check_loadable(factors: Factorization, shape: Factorization) -> None:
    """Raise ValueError with a sentence unless `factors` can stand in for `shape` and are finite in float32."""
    arrays, wanted = factors.arrays(), shape.arrays()
    is_alike = (
        factors.is_dot_product == shape.is_dot_product
        and (factors.rating_range, factors.global_mean) == (shape.rating_range, shape.global_mean)
        and {name: array.shape for name, array in arrays.items()}
        == {name: array.shape for name, array in wanted.items()}
    )
    if not is_alike:
        raise ValueError("These factors belong to another model; start a new run with them.")
    largest = float(np.finfo(np.float32).max)
    for name, array in arrays.items():
        # NaN fails the comparison, too
        if not (np.abs(array) <= largest).all():
            raise ValueError(f"The {name.replace('_', ' ')} hold numbers that are not finite; reset the factors.")


def make_engine(
    factors: Factorization, config: TrainingConfig, batch_size: int, columns: Sequence[FeatureColumn] = ()
) -> Engine:
    """The engine for a model and a device: compiled steps for rows on the CPU, closed form on a GPU, else autograd.

    `columns` are the features that the model learns from, too. `auto` takes CUDA, then MPS, for batches of at least
    `GPU_BATCH`, else the CPU. Raises MissingDeviceError with a sentence when the device asked for is not there,
    ValueError for a model that no engine here fits.
    """
    kind = kind_named(config.model)
    if kind.engine == "sampler":
        raise ValueError(f"The model “{kind.label}” is not fitted step by step; choose another one.")
    device: str = config.device
    if device == "auto":
        device = _gpu() if batch_size >= GPU_BATCH else "cpu"
    if columns and kind.engine == "rows" and device == "cpu":
        from cfstudio.learning.feature_engine import FeatureEngine

        return FeatureEngine(factors, config, batch_size, columns)
    if kind.engine == "net" or columns:
        from cfstudio.learning.autograd_engine import checked_device
        from cfstudio.learning.net_engine import NetEngine

        return NetEngine(factors, config, batch_size, checked_device(device), columns)
    if device == "cpu":
        from cfstudio.learning.fast_engine import FastEngine

        return FastEngine(factors, config, batch_size)
    from cfstudio.learning.device_engine import DeviceEngine

    return DeviceEngine(factors, config, batch_size, device)


def _gpu() -> str:
    # Importing torch takes seconds; do it only where a GPU may be.
    may_have_gpu = sys.platform == "darwin" or Path("/dev/nvidia0").exists() or sys.platform == "win32"
    if may_have_gpu:
        import torch

        if torch.cuda.is_available():
            return "cuda"
        if torch.backends.mps.is_available():
            return "mps"
    return "cpu"
