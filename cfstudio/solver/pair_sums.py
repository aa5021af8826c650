"""Sums of products of rated pairs, and their gradient: dense for a crosstab, sparse for real data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.solver.cells import BlockName

PAIRS_AT_ONCE = 2_048
"""Pairs whose factors are gathered in one piece: 50 factors of both sides, 1.6 MB, stay in the processor's cache."""

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
    if n_cells <= MOST_DENSE_CELLS and n_cells <= 10 * len(users):
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
    """Gathers the factors of the pairs in pieces, and multiplies sparse matrices for the gradient."""

    def __init__(self, users: IntArray, items: IntArray, n_users: int, n_items: int) -> None:
        from scipy.sparse import csr_array

        # In the order of users, neighboring pairs share a row of user factors, and the matrix needs no sorting.
        self._order = np.lexsort((items, users))
        self._users, self._items = users[self._order], items[self._order]
        self._shape = (n_users, n_items)
        zeros = np.zeros(len(users))
        starts = np.searchsorted(self._users, np.arange(n_users + 1))
        self._by_user = csr_array((zeros, self._items, starts), shape=(n_users, n_items))
        self._item_order = np.argsort(self._items, kind="stable")
        item_starts = np.searchsorted(self._items[self._item_order], np.arange(n_items + 1))
        self._by_item = csr_array((zeros, self._users[self._item_order], item_starts), shape=(n_items, n_users))

    def sums(self, model: Factorization) -> FloatArray:
        """(n_pairs,) sums."""
        users, items = self._users, self._items
        ordered = np.empty(len(users))
        for first in range(0, len(users), PAIRS_AT_ONCE):
            piece = slice(first, first + PAIRS_AT_ONCE)
            u, i = model.user_factors[users[piece]], model.item_factors[items[piece]]
            np.einsum("nf,nf->n", u, i, out=ordered[piece])
        if model.user_bias is not None and model.item_bias is not None:
            ordered += model.user_bias[users]
            ordered += model.item_bias[items]
        sums = np.empty_like(ordered)
        sums[self._order] = ordered
        return sums

    def gradients(
        self, model: Factorization, slopes: FloatArray, blocks: Collection[BlockName]
    ) -> dict[BlockName, FloatArray]:
        """Gradient per block."""
        slopes = slopes[self._order]
        gradients: dict[BlockName, FloatArray] = {}
        if "user_factors" in blocks:
            self._by_user.data = slopes
            gradients["user_factors"] = np.asarray(self._by_user @ model.item_factors, dtype=np.float64)
        if "item_factors" in blocks:
            self._by_item.data = slopes[self._item_order]
            gradients["item_factors"] = np.asarray(self._by_item @ model.user_factors, dtype=np.float64)
        if "user_bias" in blocks:
            gradients["user_bias"] = np.bincount(self._users, slopes, self._shape[0]).astype(np.float64, copy=False)
        if "item_bias" in blocks:
            gradients["item_bias"] = np.bincount(self._items, slopes, self._shape[1]).astype(np.float64, copy=False)
        return gradients
