"""A look-up is a multiplication with a one-hot row: the same numbers both ways, and what each way costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.factorization import Floats


@dataclass(frozen=True)
class BothWays:
    """One row of a matrix, got by multiplying and by looking up.

    `one_hot` (n,) is 1 at the row's place and 0 elsewhere; `product` = `one_hot` × matrix and `looked_up` =
    matrix[place] are (n_factors,), all in the matrix's dtype. `n_multiplications` is what the product needs; the
    look-up needs none.
    """

    one_hot: Floats
    product: Floats
    looked_up: Floats
    n_multiplications: int

    @property
    def is_same(self) -> bool:
        """Whether both gave the same numbers, bit for bit: always, unless a factor is infinite or not a number."""
        return bool(np.array_equal(self.product, self.looked_up))


def both_ways(matrix: Floats, place: int) -> BothWays:
    """Multiply and look up row `place` of a matrix (n, n_factors). Raises IndexError for a row it does not have."""
    one_hot = one_hot_row(matrix, place)
    with np.errstate(invalid="ignore", over="ignore"):
        product = one_hot @ matrix
    return BothWays(one_hot, product, matrix[place].copy(), matrix.size)


def one_hot_row(matrix: Floats, place: int) -> Floats:
    """The row that picks row `place`: (n,) zeros with a single 1, in the matrix's dtype. Raises IndexError."""
    if not 0 <= place < len(matrix):
        raise IndexError(f"The matrix has {len(matrix)} rows; there is no row {place}.")
    row = np.zeros(len(matrix), dtype=matrix.dtype)
    row[place] = 1
    return row


def partial_products(matrix: Floats, place: int, rows: slice) -> Floats:
    """What some rows of the matrix add to the product with the one-hot row: (n_rows, n_factors), mostly zeros."""
    with np.errstate(invalid="ignore"):
        products: Floats = one_hot_row(matrix, place)[rows, None] * matrix[rows]
    return products


def sum_so_far(matrix: Floats, place: int, n_rows: int) -> Floats:
    """The product as it stands once the first `n_rows` rows have been multiplied and added: (n_factors,)."""
    with np.errstate(invalid="ignore", over="ignore"):
        partial: Floats = one_hot_row(matrix, place)[:n_rows] @ matrix[:n_rows]
    return partial
