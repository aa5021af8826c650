"""A fitted (or not yet fitted) factorization as plain arrays, and the one formula that predicts from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = NDArray[np.floating[Any]]
Codes = NDArray[np.integer[Any]]

Side = Literal["user", "item"]

ARRAYS = ("user_factors", "item_factors", "user_bias", "item_bias")

PAIRS_AT_ONCE = 65_536
"""Pairs predicted in one piece, which bounds the memory of the gathered factors (50 factors: 50 MB)."""


@dataclass(frozen=True)
class Factorization:
    """Latent factors, biases and the way they become a rating.

    `user_factors` (n_users, n_factors) and `item_factors` (n_items, n_factors) float32 or float64; `user_bias`
    (n_users,) and `item_bias` (n_items,) likewise, both None in a model without biases; `global_mean` in rating
    points, 0 in a model without it. With `rating_range` the sum goes through a sigmoid stretched over that range.
    The arrays may be edited in place, the fields not.
    """

    user_factors: Floats
    item_factors: Floats
    user_bias: Floats | None = None
    item_bias: Floats | None = None
    global_mean: float = 0.0
    rating_range: tuple[float, float] | None = None

    @property
    def n_factors(self) -> int:
        """Length of a user's factor vector, and of an item's in all models but a net."""
        return int(self.user_factors.shape[1])

    def width(self, side: Side) -> int:
        """Length of the factor vectors of one side."""
        return int((self.user_factors if side == "user" else self.item_factors).shape[1])

    @property
    def is_dot_product(self) -> bool:
        """Whether a prediction is a sum of products, which spreadsheet formulas and closed forms rely on."""
        return True

    def arrays(self) -> dict[str, Floats]:
        """All numbers by name, not copied; biases only where the model has them."""
        named = {name: getattr(self, name) for name in ARRAYS}
        return {name: array for name, array in named.items() if array is not None}

    def with_arrays(self, arrays: Mapping[str, Floats]) -> Self:
        """The same model with other numbers, some or all, by the names of `arrays`."""
        return replace(self, **arrays)  # type: ignore[arg-type]

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays."""
        return sum(array.nbytes for array in self.arrays().values())

    @property
    def has_bias(self) -> bool:
        """Whether users and items have a bias besides their factors."""
        return self.user_bias is not None

    def predict(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """Predicted ratings of pairs: two (n,) arrays of codes give (n,) float64 rating points."""
        predicted = np.empty(len(users), dtype=np.float64)
        for start in range(0, len(users), PAIRS_AT_ONCE):
            piece = slice(start, start + PAIRS_AT_ONCE)
            u, i = users[piece], items[piece]
            total = np.einsum("nf,nf->n", self.user_factors[u], self.item_factors[i], dtype=np.float64)
            if self.user_bias is not None and self.item_bias is not None:
                total += self.user_bias[u]
                total += self.item_bias[i]
            predicted[piece] = self.to_rating(total)
        return predicted

    def predict_block(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """Predicted ratings of users × items: (len(users), len(items)) float64 rating points."""
        total = self.user_factors[users].astype(np.float64) @ self.item_factors[items].astype(np.float64).T
        if self.user_bias is not None and self.item_bias is not None:
            total += self.user_bias[users][:, None]
            total += self.item_bias[items][None, :]
        return self.to_rating(total)

    def to_rating(self, total: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn the sum of products and biases into rating points: add the mean, or squash onto the range."""
        if self.rating_range is None:
            return total + self.global_mean
        low, high = self.rating_range
        # tanh form of the sigmoid: no overflow at either end
        return low + (high - low) * 0.5 * (1.0 + np.tanh(0.5 * (total + self.global_mean)))

    def equals(self, other: Factorization) -> bool:
        """Whether all numbers are the same, to the last bit."""
        mine, theirs = self.arrays(), other.arrays()
        return (
            (self.global_mean, self.rating_range) == (other.global_mean, other.rating_range)
            and mine.keys() == theirs.keys()
            and all(np.array_equal(array, theirs[name]) for name, array in mine.items())
        )

    def copy(self) -> Self:
        """The same numbers in arrays of their own."""
        return self.with_arrays({name: array.copy() for name, array in self.arrays().items()})
