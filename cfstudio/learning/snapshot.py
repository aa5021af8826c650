"""Copies of some rows of a model at one moment, from the training thread to whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.factorization import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.learning.engine import FactorRows
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import IntArray


@dataclass(frozen=True)
class Snapshot:
    """The numbers of some users and items at one moment; codes (n,) int64, the rest as in `FactorRows`.

    `layers` are a net's, whole.
    """

    users: IntArray
    items: IntArray
    user_factors: Floats
    item_factors: Floats
    user_bias: Floats | None
    item_bias: Floats | None
    layers: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, factors: Factorization) -> Snapshot:
        """All of a model's numbers, not copied."""
        users, items = np.arange(len(factors.user_factors)), np.arange(len(factors.item_factors))
        layers = {name: array for name, array in factors.arrays().items() if name not in ARRAYS}
        return cls(
            users, items, factors.user_factors, factors.item_factors, factors.user_bias, factors.item_bias, layers
        )

    @classmethod
    def from_rows(cls, users: IntArray, items: IntArray, rows: FactorRows) -> Snapshot:
        """The rows that a trainer has copied."""
        return cls(users, items, rows.user_factors, rows.item_factors, rows.user_bias, rows.item_bias, rows.layers)

    def write_into(self, factors: Factorization) -> None:
        """Put these rows into a model's numbers, in place."""
        factors.user_factors[self.users] = self.user_factors
        factors.item_factors[self.items] = self.item_factors
        if factors.user_bias is not None and self.user_bias is not None:
            factors.user_bias[self.users] = self.user_bias
        if factors.item_bias is not None and self.item_bias is not None:
            factors.item_bias[self.items] = self.item_bias
        arrays = factors.arrays()
        for name, array in self.layers.items():
            arrays[name][...] = array
