"""Sums of products of rated pairs, and their gradient: dense for a crosstab, pair by pair for real data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.solver.cells import BlockName

SMALL_CELLS = 10_000
"""Cells of a sheet up to which the whole sheet is multiplied however few are rated: compiling would take longer."""

MOST_DENSE_CELLS = 250_000
"""Cells of a sheet up to which the whole sheet is multiplied, if enough of it is rated."""


class PairSums(Protocol):
    """The part of a prediction before mean and range: product of factors plus biases, for some pairs."""

    def sums(self, model: Factorization) -> FloatArray:
        """(n_pairs,) sums of a float64 model."""

    def gradients(
        self, model: Factorization, slopes: FloatArray, blocks: Collection[BlockName]
    ) -> dict[BlockName, FloatArray]:
        """Per block the gradient of what has `slopes` (n_pairs,) in the sums, of the block's shape."""


def pair_sums(users: IntArray, items: IntArray, n_users: int, n_items: int) -> PairSums:
    """The faster way for (n_pairs,) codes on a sheet of that size; no pair occurs twice."""
    n_cells = n_users * n_items
    if n_cells <= SMALL_CELLS or (n_cells <= MOST_DENSE_CELLS and n_cells <= 10 * len(users)):
        return DenseSums(users, items, n_users, n_items)
    return SparseSums(users, items, n_users, n_items)


class DenseSums:
    """Multiplies the whole sheet and picks the pairs."""

    def __init__(self, users: IntArray, items: IntArray, n_users: int, n_items: int) -> None:
        self._cells = users * n_items + items
        self._grid = np.zeros((n_users, n_items))

    def sums(self, model: Factorization) -> FloatArray:
        """(n_pairs,) sums."""
        grid = model.user_factors @ model.item_factors.T
        if model.user_bias is not None and model.item_bias is not None:
            grid += model.user_bias[:, None]
            grid += model.item_bias
        sums: FloatArray = grid.ravel()[self._cells]
        return sums

    def gradients(
        self, model: Factorization, slopes: FloatArray, blocks: Collection[BlockName]
    ) -> dict[BlockName, FloatArray]:
        """Gradient per block."""
        # Cells outside of the pairs stay 0 from call to call.
        grid = self._grid
        grid.ravel()[self._cells] = slopes
        gradients: dict[BlockName, FloatArray] = {}
        if "user_factors" in blocks:
            gradients["user_factors"] = grid @ model.item_factors
        if "item_factors" in blocks:
            gradients["item_factors"] = grid.T @ model.user_factors
        if "user_bias" in blocks:
            gradients["user_bias"] = grid.sum(axis=1)
        if "item_bias" in blocks:
            gradients["item_bias"] = grid.sum(axis=0)
        return gradients


class SparseSums:
    """Goes from pair to pair, in compiled loops that hold no interpreter lock."""

    def __init__(self, users: IntArray, items: IntArray, n_users: int, n_items: int) -> None:
        # numba takes half a second to load, and longer where it has to compile.
        from cfstudio.solver import pair_kernels

        self._kernels = pair_kernels
        order = np.lexsort((items, users))
        self._pairs = (order.astype(np.int32), users[order].astype(np.int32), items[order].astype(np.int32))
        self._users, self._items = users, items
        self._shape = (n_users, n_items)

    def sums(self, model: Factorization) -> FloatArray:
        """(n_pairs,) sums."""
        sums = np.empty(len(self._users))
        self._kernels.dot_products(*self._pairs, model.user_factors, model.item_factors, sums)
        if model.user_bias is not None and model.item_bias is not None:
            sums += model.user_bias[self._users]
            sums += model.item_bias[self._items]
        return sums

    def gradients(
        self, model: Factorization, slopes: FloatArray, blocks: Collection[BlockName]
    ) -> dict[BlockName, FloatArray]:
        """Gradient per block."""
        places, users, items = self._pairs
        gradients: dict[BlockName, FloatArray] = {}
        if "user_factors" in blocks:
            gradients["user_factors"] = np.zeros(model.user_factors.shape)
            self._kernels.add_other_rows(places, users, items, slopes, model.item_factors, gradients["user_factors"])
        if "item_factors" in blocks:
            gradients["item_factors"] = np.zeros(model.item_factors.shape)
            self._kernels.add_other_rows(places, items, users, slopes, model.user_factors, gradients["item_factors"])
        if "user_bias" in blocks:
            gradients["user_bias"] = np.bincount(self._users, slopes, self._shape[0]).astype(np.float64, copy=False)
        if "item_bias" in blocks:
            gradients["item_bias"] = np.bincount(self._items, slopes, self._shape[1]).astype(np.float64, copy=False)
        return gradients
