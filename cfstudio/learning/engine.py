"""What a trainer asks of whoever does the arithmetic, and the choice between those there are."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cfstudio.models.factorization import ARRAYS
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import IntArray

ADAM_BETA2 = 0.99
ADAM_EPSILON = 1e-5
"""fastai's values; they suit row-wise Adam, whose running means see a row only when it is touched."""

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


class Engine(Protocol):
    """Holds a model's numbers in float32 and changes them step by step."""

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


def check_loadable(factors: Factorization, shape: Factorization) -> None:
    """Raise ValueError with a sentence unless `factors` can stand in for `shape` and are finite in float32."""
    arrays, wanted = factors.arrays(), shape.arrays()
    is_alike = (
        type(factors) is type(shape)
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
    """The engine for a model and a device: compiled steps for rows on the CPU, torch autograd for everything else.

    `columns` are the features that the model learns from, too. `auto` takes CUDA, then MPS, for batches of at least
    `GPU_BATCH`, else the CPU. Raises RuntimeError with a sentence when the device asked for is not there, ValueError
    for a model that no engine here fits.
    """
    device: str = config.device
    if device == "auto":
        device = _gpu() if batch_size >= GPU_BATCH else "cpu"
    if kind_named(config.model).engine == "net" or columns:
        from cfstudio.learning.autograd_engine import checked_device
        from cfstudio.learning.net_engine import NetEngine

        return NetEngine(factors, config, batch_size, checked_device(device), columns)
    if device == "cpu":
        from cfstudio.learning.fast_engine import FastEngine

        return FastEngine(factors, config, batch_size)
    from cfstudio.learning.autograd_engine import AutogradEngine

    return AutogradEngine(factors, config, batch_size, device)


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
