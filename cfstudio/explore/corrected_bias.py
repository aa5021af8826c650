"""How good a movie is, corrected for who rated it, beside its plain mean; how generous a user is, for what it rated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

Side = Literal["user", "item"]

SHRINKAGE = 5.0
"""Ratings at the overall mean that every user and item is given besides its own, where the model has no biases."""

SWEEPS = 30

MOST_ASKED = 1_000
"""Rows of the other side over which a corrected mean is taken; of more a random part."""


@dataclass(frozen=True)
class BiasRows:
    """One row per user or item: all (n,).

    `bias` is the model's own number (before any sigmoid), or a shrunken one computed from the ratings where the model
    has none; `corrected` in rating points is the mean rating to expect if everybody had rated the item (or the user
    everything); `plain` the mean of the ratings it has, NaN without any; `counts` how many these are.
    """

    bias: FloatArray
    corrected: FloatArray
    plain: FloatArray
    counts: IntArray
    is_from_model: bool

    def ends(self, n: int, min_ratings: int = 0, *, by: Literal["bias", "corrected", "plain"] = "bias") -> Ends:
        """The `n` highest, highest first, and the `n` lowest, lowest first, among those with enough ratings.

        Where fewer are left than twice `n`, some are in both.
        """
        values = getattr(self, by)
        codes = np.flatnonzero((self.counts >= min_ratings) & np.isfinite(values))
        order = codes[np.argsort(values[codes], kind="stable")]
        return Ends(order[::-1][:n], order[:n])


@dataclass(frozen=True)
class Ends:
    """Codes of the rows at both ends."""

    highest: IntArray
    lowest: IntArray


def corrected_biases(model: Factorization, ratings: Ratings, side: Side, held_out: BoolArray | None = None) -> BiasRows:
    """Biases of all users or all items, with their plain means."""
    rows = np.flatnonzero(ratings.rated if held_out is None else ratings.rated & ~held_out)
    own, n_own = (ratings.items, ratings.n_items) if side == "item" else (ratings.users, ratings.n_users)
    counts = np.bincount(own[rows], minlength=n_own)
    sums = np.bincount(own[rows], ratings.values[rows], minlength=n_own)
    plain = np.divide(sums, counts, out=np.full(n_own, np.nan), where=counts > 0)
    corrected = _mean_predictions(model, side)
    bias = model.item_bias if side == "item" else model.user_bias
    if bias is not None:
        return BiasRows(bias.astype(np.float64), corrected, plain, counts, is_from_model=True)
    by_ratings = shrunken_biases(ratings, rows)
    return BiasRows(by_ratings[side == "item"], corrected, plain, counts, is_from_model=False)


def shrunken_biases(ratings: Ratings, rows: IntArray, shrinkage: float = SHRINKAGE) -> tuple[FloatArray, FloatArray]:
    """Biases of users (n_users,) and items (n_items,) in rating points, from some rows of the ratings alone.

    They minimize Σ(r − mean − bᵤ − bᵢ)² + shrinkage·(Σbᵤ² + Σbᵢ²), one side after the other until they stand still
    (Koren, Bell and Volinsky, Computer 2009).
    """
    users, items = ratings.users[rows], ratings.items[rows]
    left = ratings.values[rows] - (ratings.values[rows].mean() if len(rows) else 0.0)
    of_users, of_items = np.zeros(ratings.n_users), np.zeros(ratings.n_items)
    n_users = np.bincount(users, minlength=ratings.n_users) + shrinkage
    n_items = np.bincount(items, minlength=ratings.n_items) + shrinkage
    for _ in range(SWEEPS):
        of_items = np.bincount(items, left - of_users[users], minlength=ratings.n_items) / n_items
        before = of_users
        of_users = np.bincount(users, left - of_items[items], minlength=ratings.n_users) / n_users
        if np.max(np.abs(of_users - before), initial=0.0) < 1e-9:
            break
    return of_users, of_items


def _mean_predictions(model: Factorization, side: Side) -> FloatArray:
    """(n,) mean over the other side of the predictions, in rating points."""
    n_users, n_items = len(model.user_factors), len(model.item_factors)
    n_others = n_users if side == "item" else n_items
    asked = np.arange(n_others)
    if n_others > MOST_ASKED:
        asked = np.sort(np.random.default_rng(0).choice(n_others, MOST_ASKED, replace=False))
    n_own = n_items if side == "item" else n_users
    means = np.empty(n_own)
    at_once = max(1, 2_000_000 // max(len(asked), 1))
    for start in range(0, n_own, at_once):
        own = np.arange(start, min(start + at_once, n_own))
        means[own] = _mean_of_block(model, asked, own) if side == "item" else _mean_of_block(_turned(model), asked, own)
    return means


def _turned(model: Factorization) -> Factorization:
    """Users for items and items for users."""
    return replace(
        model,
        user_factors=model.item_factors,
        item_factors=model.user_factors,
        user_bias=model.item_bias,
        item_bias=model.user_bias,
    )


def _mean_of_block(model: Factorization, asked: IntArray, own: IntArray) -> FloatArray:
    """(len(own),) mean predictions, over the asked users, of some items.

    In the factors' own precision: in float32 the sigmoids of 6 million cells take a fifth of the time.
    """
    if model.rating_range is None:
        # Without a sigmoid the mean of the predictions is the prediction of the mean user.
        mean_user = model.user_factors[asked].mean(axis=0, dtype=np.float64)
        total = model.item_factors[own].astype(np.float64) @ mean_user
        if model.user_bias is not None and model.item_bias is not None:
            total += model.item_bias[own] + model.user_bias[asked].mean(dtype=np.float64)
        return model.to_rating(total)
    block = model.item_factors[own] @ model.user_factors[asked].T
    if model.user_bias is not None and model.item_bias is not None:
        block += model.item_bias[own][:, None]
        block += model.user_bias[asked][None, :]
    low, high = model.rating_range
    block += block.dtype.type(model.global_mean)
    block *= block.dtype.type(0.5)
    means: FloatArray = low + (high - low) * 0.5 * (1.0 + np.tanh(block, out=block).mean(axis=1, dtype=np.float64))
    return means
