"""One side of a model as ratings of somebody new see it: a prediction is linear in the newcomer's numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.models.net import NetFactorization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray

Newcomer = Literal["user", "item"]
"""Who is new: a user, whose ratings are of known items, or an item, whose ratings are by known users."""


@dataclass(frozen=True)
class KnownSide:
    """The numbers that stand fast while a newcomer's are found.

    `columns` (n, d) float64 are factors, followed by a 1 in a model with biases; `offsets` (n,) float64 the biases.
    With the newcomer's numbers p (d,), its factors followed by its bias, the predictions are
    `to_rating(columns @ p + offsets)`.
    """

    model: Factorization
    columns: FloatArray
    offsets: FloatArray
    shift: FloatArray | None = None
    """(n,) what `offsets` have that the model's biases do not: how strangers see them, see `Prior.shift`."""

    @classmethod
    def for_newcomer(cls, model: Factorization, newcomer: Newcomer) -> KnownSide:
        """The items' numbers for a new user, the users' for a new item.

        A net's output is not linear in a newcomer's numbers: it is taken for the plane that touches it where the mean
        of those already known is. Raises ValueError with a sentence if some are not finite.
        """
        if isinstance(model, NetFactorization):
            return cls._of_net(model, newcomer)
        factors, bias = (
            (model.item_factors, model.item_bias) if newcomer == "user" else (model.user_factors, model.user_bias)
        )
        known = factors.astype(np.float64)
        if not np.isfinite(known).all() or (bias is not None and not np.isfinite(bias).all()):
            raise ValueError("Some factors are not finite numbers; reset the factors and train again.")
        if bias is None:
            return cls(model, known, np.zeros(len(known)))
        return cls(model, np.column_stack((known, np.ones(len(known)))), bias.astype(np.float64))

    def shifted(self, shift: FloatArray | None) -> KnownSide:
        """The same with other offsets than the model's biases; the very same if it is so already."""
        if shift is self.shift:
            return self
        offsets = self.offsets if self.shift is None else self.offsets - self.shift
        return replace(self, offsets=offsets if shift is None else offsets + shift, shift=shift)

    @classmethod
    def _of_net(cls, model: NetFactorization, newcomer: Newcomer) -> KnownSide:
        if not all(np.isfinite(array).all() for array in model.arrays().values()):
            raise ValueError("Some factors are not finite numbers; reset the factors and train again.")
        usual = own_numbers(model, newcomer).mean(axis=0)
        outputs, slopes = model.touching(newcomer, usual)
        return cls(model, slopes, outputs - slopes @ usual)

    @cached_property
    def columns32(self) -> NDArray[np.float32]:
        """The columns in single precision, for what is only compared."""
        return self.columns.astype(np.float32)

    @property
    def n_numbers(self) -> int:
        """How many numbers a newcomer has."""
        return int(self.columns.shape[1])

    def to_rating(self, total: FloatArray) -> FloatArray:
        """Turn sums into rating points."""
        return self.model.to_rating(total)

    def to_total(self, rating: FloatArray) -> FloatArray:
        """The sums that become these ratings; those outside a sigmoid's range count as almost at its end."""
        if self.model.rating_range is None:
            return rating - self.model.global_mean
        low, high = self.model.rating_range
        inside = np.clip(rating, low + 0.01 * (high - low), high - 0.01 * (high - low))
        return np.log((inside - low) / (high - inside)) - self.model.global_mean

    def slope(self, predicted: FloatArray) -> FloatArray:
        """Rating points that a prediction gains per unit of the sum: 1, or the sigmoid's slope there."""
        if self.model.rating_range is None:
            return np.ones(len(predicted))
        low, high = self.model.rating_range
        # A prediction at the very end of the range has no slope; nothing could be learned from its rating.
        return np.maximum((predicted - low) * (high - predicted) / (high - low), 1e-6 * (high - low))


def own_numbers(model: Factorization, newcomer: Newcomer) -> FloatArray:
    """The numbers of all known users or items in a newcomer's form: (n, d) float64, factors and then the bias."""
    factors, bias = (
        (model.user_factors, model.user_bias) if newcomer == "user" else (model.item_factors, model.item_bias)
    )
    known = factors.astype(np.float64)
    return known if bias is None else np.column_stack((known, bias.astype(np.float64)))
