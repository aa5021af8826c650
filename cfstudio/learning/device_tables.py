"""A model's arrays in and out of the rows of a device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from cfstudio.learning.engine import REMEMBERED, FactorRows, check_loadable, check_memory, memory_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.device_step import DeviceStep
    from cfstudio.models.factorization import Factorization


class DeviceTables:
    """Reads and writes the rows of a `DeviceStep` by the names that models and run states have for them."""

    def __init__(self, step: DeviceStep, shape: Factorization, config: TrainingConfig) -> None:
        self._step, self._shape = step, shape
        self._remembered = REMEMBERED[config.optimizer]
        self._memory_shapes = memory_shapes(shape, config)

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        return self._shape.with_arrays(self._read(0))

    def load(self, factors: Factorization) -> None:
        """Replace all numbers; see `Engine.load`."""
        check_loadable(factors, self._shape)
        self._write(0, factors.arrays())
        if self._shape.has_bias:
            self._step.users.numbers[:, self._step.item_bias_column] = 1.0
            self._step.items.numbers[:, self._step.user_bias_column] = 1.0

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what the optimizer remembers; see `Engine.memory`."""
        return {
            f"{name}.{what}": array
            for block, what in enumerate(self._remembered, start=1)
            for name, array in self._read(block).items()
        }

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; see `Engine.load_memory`."""
        check_memory(memory, self._memory_shapes)
        for block, what in enumerate(self._remembered, start=1):
            self._write(block, {name: memory[f"{name}.{what}"] for name in self._shape.arrays()})

    def split(self, user_rows: NDArray[np.float32], item_rows: NDArray[np.float32]) -> FactorRows:
        """Rows (n, width) of both sides as factors and biases, copied."""
        k, step, has_bias = self._shape.n_factors, self._step, self._shape.has_bias
        return FactorRows(
            user_rows[:, :k].copy(),
            item_rows[:, :k].copy(),
            user_rows[:, step.user_bias_column].copy() if has_bias else None,
            item_rows[:, step.item_bias_column].copy() if has_bias else None,
        )

    def _read(self, block: int) -> dict[str, NDArray[np.float32]]:
        users, items = (side.table[block, : side.n_rows].cpu().numpy() for side in (self._step.users, self._step.items))
        return self.split(users, items).arrays()

    def _write(self, block: int, arrays: Mapping[str, NDArray[np.floating]]) -> None:
        for name, part in self._parts(block).items():
            part.copy_(torch.from_numpy(np.asarray(arrays[name], dtype=np.float32).copy()))

    def _parts(self, block: int) -> dict[str, Tensor]:
        """Views of the numbers (block 0) or of one thing remembered of them, by the model's names."""
        step, k = self._step, self._shape.n_factors
        users, items = (side.table[block, : side.n_rows] for side in (step.users, step.items))
        parts = {"user_factors": users[:, :k], "item_factors": items[:, :k]}
        if self._shape.has_bias:
            parts["user_bias"] = users[:, step.user_bias_column]
            parts["item_bias"] = items[:, step.item_bias_column]
        return parts
