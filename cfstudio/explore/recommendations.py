"""What to recommend to a user: the best predicted of what it has not rated, filtered, and not all alike if wished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

POOL = 10
"""Diversity chooses among this many times the recommendations asked for."""


@dataclass(frozen=True)
class Recommendations:
    """Items, the first recommended most: `codes` (n,) int64, `predictions` (n,) rating points, `is_rated` (n,) bool."""

    codes: IntArray
    predictions: FloatArray
    is_rated: BoolArray


def recommend(
    predictions: FloatArray,
    rated: IntArray,
    n: int = 20,
    candidates: BoolArray | None = None,
    *,
    with_rated: bool = False,
    diversity: float = 0.0,
    item_factors: Floats | None = None,
) -> Recommendations:
    """The `n` items with the highest predictions, fewer if there are not so many; equal ones by code.

    `predictions` (n_items,) rating points of one user, `rated` codes of what it rated, which `with_rated` lists, too;
    `candidates` (n_items,) bool says which may be named. With a `diversity` above 0, up to 1, each next item is also to
    be unlike those before it: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) by the cosine of
    `item_factors` (n_items, n_factors). Raises ValueError for a diversity outside 0 to 1.
    """
    if not 0 <= diversity <= 1:
        raise ValueError(f"Diversity lies between 0 and 1, not at {diversity:g}.")
    is_rated = np.zeros(len(predictions), dtype=np.bool_)
    is_rated[rated] = True
    allowed = np.isfinite(predictions)
    if candidates is not None:
        allowed &= candidates
    if not with_rated:
        allowed &= ~is_rated
    n_pool = n if not diversity else n * POOL
    pool = _highest(predictions, np.flatnonzero(allowed), n_pool)
    if diversity and item_factors is not None:
        pool = _unlike_each_other(pool, predictions, item_factors, n, diversity)
    return Recommendations(pool, predictions[pool], is_rated[pool])


def user_predictions(model: Factorization, user: int) -> FloatArray:
    """(n_items,) predicted ratings of one known user."""
    row: FloatArray = model.predict_block(np.array([user]), np.arange(len(model.item_factors)))[0]
    return row


def rated_by(ratings: Ratings, user: int) -> IntArray:
    """Codes of the items that a user rated, blanked ratings left out."""
    rows = ratings.rows_of_user(user)
    return ratings.items[rows[~np.isnan(ratings.values[rows])]].astype(np.int64)


def nudged_predictions(model: Factorization, user: int, direction: FloatArray, amount: float) -> FloatArray:
    """(n_items,) predictions of a user to whose factors a multiple of a direction (n_factors,) has been added.

    Raises ValueError with a sentence for a net.
    """
    why_not = needs_dot_product("A nudge along a factor", model)
    if why_not is not None:
        raise ValueError(why_not)
    total = model.item_factors @ (model.user_factors[user].astype(np.float64) + amount * direction)
    if model.user_bias is not None and model.item_bias is not None:
        total = total + float(model.user_bias[user]) + model.item_bias
    return model.to_rating(np.asarray(total, dtype=np.float64))


def _highest(scores: FloatArray, codes: IntArray, n: int) -> IntArray:
    of_codes = scores[codes]
    if n < len(codes):
        kth = np.partition(of_codes, len(codes) - n)[len(codes) - n]
        codes = codes[of_codes >= kth]
    return codes[np.argsort(-scores[codes], kind="stable")][:n]


def _unlike_each_other(
    pool: IntArray, predictions: FloatArray, item_factors: Floats, n: int, diversity: float
) -> IntArray:
    """`n` of the pool, one after the other: high predictions, and a low cosine to the nearest one chosen before."""
    vectors = item_factors[pool].astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    scores = predictions[pool]
    spread = np.ptp(scores) if len(scores) else 0.0
    relevance = (scores - scores.min()) / spread if spread > 0 else np.ones(len(pool))
    nearest = np.zeros(len(pool))
    free = np.ones(len(pool), dtype=np.bool_)
    chosen: list[int] = []
    while len(chosen) < min(n, len(pool)):
        value = np.where(free, (1 - diversity) * relevance - diversity * nearest, -np.inf)
        best = int(np.argmax(value))
        cosine = vectors @ vectors[best]
        nearest = cosine if not chosen else np.maximum(nearest, cosine)
        free[best] = False
        chosen.append(best)
    return pool[chosen]
