"""The CPU's engine: compiled steps over rows that hold a user's or item's numbers and their optimizer state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning import kernels, sgd_kernel
from cfstudio.learning.aligned import aligned_zeros
from cfstudio.learning.cell_kernels import squared_error, squared_lengths
from cfstudio.learning.compiled import padded_width
from cfstudio.learning.engine import (
    REMEMBERED,
    FactorRows,
    Pairs,
    bias_decay,
    check_loadable,
    check_memory,
    memory_shapes,
)
from cfstudio.learning.kernel_rule import kernel_rule
from cfstudio.models.factorization import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import IntArray

ROWS_MEASURED = 2_048
"""Rows whose lengths are measured between two steps."""

SMALL_BATCH = 512
"""Cells of a step up to which plain SGD moves row by row: the copies it makes of them stay in the processor's cache."""


class FastEngine:
    """Dot product with or without biases, every optimizer row by row, on one CPU core.

    `_user_rows` (n_users, width · (1 + what the optimizer remembers)) float32, `_item_rows` likewise: see `kernels`.
    """

    name = "numba float32, row-wise"
    device = "cpu"

    def __init__(self, factors: Factorization, config: TrainingConfig, batch_size: int) -> None:
        self._shape = factors
        self._batch_size = batch_size
        self._width = padded_width(factors.n_factors)
        self._remembered = REMEMBERED[config.optimizer]
        self.report = np.zeros(2, dtype=np.float64)
        per_row = self._width * (1 + len(self._remembered))
        n_users, n_items = len(factors.user_factors), len(factors.item_factors)
        self._user_rows, self._item_rows = aligned_zeros(n_users, per_row), aligned_zeros(n_items, per_row)
        self._user_sheet = _gradient_sheet(n_users, min(batch_size, n_users), self._width)
        self._item_sheet = _gradient_sheet(n_items, min(batch_size, n_items), self._width)
        n_old = batch_size if config.optimizer == "sgd" and batch_size <= SMALL_BATCH else 0
        self._old_rows = aligned_zeros(n_old, self._width), aligned_zeros(n_old, self._width)
        self._user_seen, self._item_seen = np.zeros(n_users, dtype=np.int64), np.zeros(n_items, dtype=np.int64)
        self._stamp = 0
        low, high = factors.rating_range or (0.0, 0.0)
        self._low, self._span = np.float32(low), np.float32(high - low)
        self._mean = np.float32(factors.global_mean)
        constant = np.float32(1.0 if factors.has_bias else 0.0)
        self._kernel_shape = (self._width, factors.n_factors, self._low, self._span, self._mean, constant)
        self.load(factors)
        self.change(config)

    def change(self, config: TrainingConfig) -> None:
        """Take over decay and clipping from the next step on."""
        self._config = config
        self._rule = kernel_rule(config)

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many were done before the loss was not finite any more."""
        if self._is_plain_sgd:
            return self._sgd_steps(pairs, rates)
        done = kernels.steps(
            self._user_rows,
            self._item_rows,
            pairs.users,
            pairs.items,
            pairs.ratings,
            self._batch_size,
            rates,
            momenta,
            steps_before,
            self._kernel_shape,
            self._rule,
            self._user_sheet,
            self._item_sheet,
            self.report,
        )
        return int(done)

    @property
    def _is_plain_sgd(self) -> bool:
        """Whether a step moves nothing but the rows of its cells, by their gradients as they are."""
        config = self._config
        decays = config.weight_decay > 0 or bias_decay(config) > 0
        has_room = len(self._old_rows[0]) > 0
        return has_room and config.clip == 0 and not (config.moves_untouched and decays)

    def _sgd_steps(self, pairs: Pairs, rates: NDArray[np.float32]) -> int:
        """The last step's gradient is measured before that step, which is done as the others are."""
        done = self._move_rows(pairs, rates[:-1])
        if done < len(rates) - 1:
            return done
        batch = pairs.part(done * self._batch_size, min((done + 1) * self._batch_size, len(pairs)))
        self.report[1] = kernels.squared_gradient(
            self._user_rows,
            self._item_rows,
            batch.users,
            batch.items,
            batch.ratings,
            self._kernel_shape,
            self._user_sheet,
            self._item_sheet,
        )
        return done + self._move_rows(batch, rates[-1:])

    def _move_rows(self, pairs: Pairs, rates: NDArray[np.float32]) -> int:
        done = sgd_kernel.sgd_steps(
            self._user_rows,
            self._item_rows,
            pairs.users,
            pairs.items,
            pairs.ratings,
            self._batch_size,
            rates,
            self._kernel_shape,
            np.float32(self._config.weight_decay),
            np.float32(bias_decay(self._config)),
            self._stamp,
            self._user_seen,
            self._item_seen,
            *self._old_rows,
            self.report,
        )
        self._stamp += len(rates)
        return int(done)

    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points; NaN without cells."""
        if not len(pairs):
            return float("nan")
        squared = squared_error(
            self._user_rows,
            self._item_rows,
            self._width,
            pairs.users,
            pairs.items,
            pairs.ratings,
            self._low,
            self._span,
            self._mean,
        )
        return float(np.sqrt(squared / len(pairs)))

    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors, biases not counted.

        Of at most `ROWS_MEASURED` rows of each, evenly spaced: this is asked often.
        """
        sides = (self._user_rows, self._item_rows)
        k = self._shape.n_factors
        user, item = (squared_lengths(rows, k, -(-len(rows) // ROWS_MEASURED) or 1) for rows in sides)
        return float(np.sqrt(user)), float(np.sqrt(item))

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows."""
        k, has_bias = self._shape.n_factors, self._shape.has_bias
        return FactorRows(
            self._user_rows[users, :k],
            self._item_rows[items, :k],
            self._user_rows[users, k] if has_bias else None,
            self._item_rows[items, k + 1] if has_bias else None,
        )

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        copies: dict[str, Any] = {name: part.copy() for name, part in self._parts(0).items()}
        return replace(self._shape, **copies)

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state; see `Engine.load`."""
        check_loadable(factors, self._shape)
        for name, part in self._parts(0).items():
            part[...] = getattr(factors, name)
        if factors.has_bias:
            k = factors.n_factors
            self._user_rows[:, k + 1] = self._item_rows[:, k] = 1.0

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what the optimizer remembers; see `Engine.memory`."""
        return {name: part.copy() for name, part in self._memory_parts().items()}

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; see `Engine.load_memory`."""
        check_memory(memory, memory_shapes(self._shape, self._config))
        for name, part in self._memory_parts().items():
            part[...] = memory[name]

    def _memory_parts(self) -> dict[str, Floats]:
        return {
            f"{name}.{what}": part
            for block, what in enumerate(self._remembered, start=1)
            for name, part in self._parts(block).items()
        }

    def _parts(self, block: int) -> dict[str, Floats]:
        """Views of the numbers (block 0) or of one thing remembered of them, by the names of `ARRAYS`."""
        k, begin = self._shape.n_factors, block * self._width
        user, item = self._user_rows[:, begin:], self._item_rows[:, begin:]
        parts = dict(zip(ARRAYS, (user[:, :k], item[:, :k], user[:, k], item[:, k + 1]), strict=True))
        return parts if self._shape.has_bias else {name: parts[name] for name in ARRAYS[:2]}


def _gradient_sheet(n_rows: int, n_slots: int, width: int) -> tuple[Any, Any, Any]:
    """Where a batch's gradient is summed; see `kernels.SHEET`."""
    return (
        np.full(n_rows, -1, dtype=np.int64),
        np.zeros(n_slots, dtype=np.int64),
        np.zeros((n_slots + 1, width), dtype=np.float32),
    )
