"""The CPU's engine: compiled steps over rows that hold a user's or item's numbers and their optimizer state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning.engine import ADAM_BETA2, ADAM_EPSILON, FactorRows, Pairs, check_loadable
from cfstudio.learning.kernels import adam_steps, padded_width, sgd_steps, squared_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import IntArray


class FastEngine:
    """Dot product with or without biases, SGD or row-wise Adam, on one CPU core.

    `_user_rows` (n_users, width) or, for Adam, (n_users, 3 · width) float32, `_item_rows` likewise: see `kernels`.
    """

    name = "numba float32, row-wise"
    device = "cpu"

    def __init__(self, factors: Factorization, config: TrainingConfig, batch_size: int) -> None:
        self._shape = factors
        self._config = config
        self._batch_size = batch_size
        self._width = padded_width(factors.n_factors)
        per_row = self._width * (3 if config.optimizer == "adam" else 1)
        n_users, n_items = len(factors.user_factors), len(factors.item_factors)
        self._user_rows = np.zeros((n_users, per_row), dtype=np.float32)
        self._item_rows = np.zeros((n_items, per_row), dtype=np.float32)
        self._user_sheet = _gradient_sheet(n_users, min(batch_size, n_users), self._width)
        self._item_sheet = _gradient_sheet(n_items, min(batch_size, n_items), self._width)
        low, high = factors.rating_range or (0.0, 0.0)
        self._low, self._span = np.float32(low), np.float32(high - low)
        self._mean = np.float32(factors.global_mean)
        self._constant = np.float32(1.0 if factors.has_bias else 0.0)
        self.load(factors)

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many were done before the loss was not finite any more."""
        common = (
            self._user_rows,
            self._item_rows,
            self._width,
            self._shape.n_factors,
            pairs.users,
            pairs.items,
            pairs.ratings,
            self._batch_size,
            rates,
            np.float32(self._config.weight_decay),
            self._low,
            self._span,
            self._mean,
            self._constant,
            self._user_sheet,
            self._item_sheet,
        )
        if self._config.optimizer == "sgd":
            return int(sgd_steps(*common))
        return int(adam_steps(*common, momenta, ADAM_BETA2, np.float32(ADAM_EPSILON), steps_before))

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
        k, has_bias = self._shape.n_factors, self._shape.has_bias
        return replace(
            self._shape,
            user_factors=self._user_rows[:, :k].copy(),
            item_factors=self._item_rows[:, :k].copy(),
            user_bias=self._user_rows[:, k].copy() if has_bias else None,
            item_bias=self._item_rows[:, k + 1].copy() if has_bias else None,
        )

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the optimizer's state; see `Engine.load`."""
        check_loadable(factors, self._shape)
        k = factors.n_factors
        _fill(self._user_rows, factors.user_factors, factors.user_bias, k, k + 1)
        _fill(self._item_rows, factors.item_factors, factors.item_bias, k + 1, k)


def _fill(rows: Any, factors: Floats, bias: Floats | None, bias_place: int, constant_place: int) -> None:  # noqa: ANN401
    rows[:, : factors.shape[1]] = factors
    if bias is not None:
        rows[:, bias_place] = bias
        rows[:, constant_place] = 1.0


def _gradient_sheet(n_rows: int, n_slots: int, width: int) -> tuple[Any, Any, Any]:
    """Where a batch's gradient is summed: slot of each row (−1 for none), row of each slot, gradient of each slot."""
    return (
        np.full(n_rows, -1, dtype=np.int64),
        np.zeros(n_slots, dtype=np.int64),
        np.zeros((n_slots, width), dtype=np.float32),
    )
