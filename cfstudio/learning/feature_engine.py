"""The CPU's engine of the dot product with biases and features: compiled steps over own rows and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning import feature_kernels as kernels
from cfstudio.learning.aligned import aligned_zeros
from cfstudio.learning.cell_kernels import squared_error, squared_lengths
from cfstudio.learning.compiled import padded_width
from cfstudio.learning.engine import (
    REMEMBERED,
    FactorRows,
    Pairs,
    check_loadable,
    check_memory,
    needed_memory,
)
from cfstudio.learning.feature_rows import FeatureRows
from cfstudio.learning.kernel_rule import kernel_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Floats, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import IntArray

SIDES: tuple[Side, Side] = ("user", "item")


class FeatureEngine:
    """What `NetEngine` does to a dot product with features, on one CPU core without autograd.

    It takes over from that one, and that one from it, through `memory`.
    """

    name = "numba float32, row-wise, with features"
    device = "cpu"

    def __init__(
        self, factors: Factorization, config: TrainingConfig, batch_size: int, columns: Sequence[FeatureColumn]
    ) -> None:
        self._shape, self._batch_size = factors, batch_size
        self._remembered = REMEMBERED[config.optimizer]
        self.report = np.zeros(2, dtype=np.float64)
        self._sides: dict[Side, FeatureRows] = {}
        n_labels = 0
        for side in SIDES:
            mine = [column for column in columns if column.side == side]
            shape = len(factors.arrays()[f"{side}_factors"]), factors.n_factors
            made = FeatureRows(side, shape, mine, n_labels, len(self._remembered), batch_size)
            self._sides[side] = made
            n_labels += made.n_labels
        width = padded_width(factors.n_factors)
        self._labels = aligned_zeros(n_labels, width * (1 + len(self._remembered)))
        counted, places = np.arange(n_labels), np.zeros(n_labels, dtype=np.int64)
        self._for_kernel = (self._labels, aligned_zeros(n_labels, width), counted, places)
        low, high = factors.rating_range or (0.0, 0.0)
        self._to_rating = np.float32(low), np.float32(high - low), np.float32(factors.global_mean)
        self._kernel_shape = (width, factors.n_factors, *self._to_rating)
        self.load(factors)
        self.change(config)

    def change(self, config: TrainingConfig) -> None:
        """Take over decay and clipping from the next step on."""
        self._rule = kernel_rule(config)

    def steps(self, pairs: Pairs, rates: NDArray[np.float32], momenta: NDArray[np.float32], steps_before: int) -> int:
        """Do one step per learning rate; returns how many were done before the loss was not finite any more."""
        done = kernels.feature_steps(
            self._sides["user"].for_kernel,
            self._sides["item"].for_kernel,
            self._for_kernel,
            (pairs.users, pairs.items, pairs.ratings),
            self._batch_size,
            rates,
            momenta,
            steps_before,
            self._kernel_shape,
            self._rule,
            self.report,
        )
        return int(done)

    def rmse(self, pairs: Pairs) -> float:
        """Root of the mean squared error over cells, in rating points; NaN without cells."""
        if not len(pairs):
            return float("nan")
        users, items = (self._shown(side) for side in SIDES)
        width = self._kernel_shape[0]
        squared = squared_error(users, items, width, pairs.users, pairs.items, pairs.ratings, *self._to_rating)
        return float(np.sqrt(squared / len(pairs)))

    def factor_lengths(self) -> tuple[float, float]:
        """Root mean squared length of the users' and of the items' factor vectors as shown, biases not counted."""
        user, item = (squared_lengths(self._shown(side), self._shape.n_factors, 1) for side in SIDES)
        return float(np.sqrt(user)), float(np.sqrt(item))

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some rows as they are shown: own numbers and those of the labels."""
        user, item = (self._numbers(side, codes) for side, codes in zip(SIDES, (users, items), strict=True))
        k = self._shape.n_factors
        return FactorRows(
            np.ascontiguousarray(user[:, :k]), np.ascontiguousarray(item[:, :k]), user[:, k].copy(), item[:, k].copy()
        )

    def factorization(self) -> Factorization:
        """A copy of all numbers."""
        users, items = np.arange(len(self._shape.user_factors)), np.arange(len(self._shape.item_factors))
        return self._shape.with_arrays(self.rows(users, items).arrays())

    def load(self, factors: Factorization) -> None:
        """Replace all numbers and keep the labels' and the optimizer's state; see `Engine.load`."""
        check_loadable(factors, self._shape)
        for side, rows in self._sides.items():
            rows.show_as(_whole_numbers(factors, side), self._labels)

    def memory(self) -> dict[str, NDArray[np.float32]]:
        """A copy of what a run needs beside the numbers that are shown; own numbers of the sides that have labels."""
        own = {f"{side}_rows": rows.own() for side, rows in self._sides.items() if rows.columns}
        return {**self._needed(), **own}

    def load_memory(self, memory: Mapping[str, NDArray[np.float32]]) -> None:
        """The inverse of `memory`; see `Engine.load_memory`."""
        needed = needed_memory(memory, self._shape)
        check_memory(needed, {name: one.shape for name, one in self._needed().items()})
        shown = {side: self._numbers(side) for side in SIDES}
        for block, what in enumerate(("", *(f".{what}" for what in self._remembered))):
            for name, side, part in self._label_parts():
                self._sides[side].put(part, needed[name + what][:-1], block)
        for side, rows in self._sides.items():
            rows.show_as(shown[side], self._labels, memory.get(f"{side}_rows"))
            for block, what in enumerate(self._remembered, start=1):
                rows.put_own(needed[f"{side}_rows.{what}"], block)

    def _needed(self) -> dict[str, NDArray[np.float32]]:
        """What must be in a memory: all that is remembered, and the labels."""
        needed: dict[str, Any] = {}
        for block, what in enumerate(("", *(f".{what}" for what in self._remembered))):
            for name, side, part in self._label_parts():
                numbers = self._sides[side].numbers(part, block)
                # Torch's table has one row more, which stands for no label.
                needed[name + what] = np.pad(numbers, ((0, 1), (0, 0)))
            if block:
                needed.update({f"{side}_rows{what}": rows.own(block) for side, rows in self._sides.items()})
        return needed

    def _label_parts(self) -> Iterator[tuple[str, Side, Floats]]:
        """Name, side and rows of the labels of each column."""
        for side, rows in self._sides.items():
            begin = rows.first_label
            for place, column in enumerate(rows.columns):
                yield f"{side}_labels.{place}", side, self._labels[begin : begin + len(column.labels)]
                begin += len(column.labels)

    def _shown(self, side: Side, codes: IntArray | None = None) -> NDArray[np.float32]:
        return self._sides[side].shown(self._labels, codes)

    def _numbers(self, side: Side, codes: IntArray | None = None) -> NDArray[np.float32]:
        """Shown numbers (n, n_factors + 1), the bias last."""
        return self._sides[side].numbers(self._shown(side, codes))


def _whole_numbers(factors: Factorization, side: Side) -> NDArray[np.float32]:
    arrays = factors.arrays()
    return np.column_stack((arrays[f"{side}_factors"], arrays[f"{side}_bias"])).astype(np.float32)
