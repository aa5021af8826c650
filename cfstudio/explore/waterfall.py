"""Why this prediction: global mean, biases and each factor's product, one after the other up to the rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.neighbors import FactorIndex
from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings


@dataclass(frozen=True)
class Term:
    """One step of the waterfall.

    `label` says what is added, `amount` how much to the sum; `before` and `after` are rating points, where the bar
    starts and ends. `factor` is the factor's number from 0, None for mean and biases.
    """

    label: str
    amount: float
    before: float
    after: float
    factor: int | None = None


@dataclass(frozen=True)
class Waterfall:
    """All terms of a prediction; the first starts at `start`, the last ends at `prediction`, in rating points.

    Through a sigmoid `start` is the middle of the range, where the sum is 0.
    """

    start: float
    terms: tuple[Term, ...]
    prediction: float


def waterfall(model: Factorization, user: int, item: int, most_factors: int | None = None) -> Waterfall:
    """Split the prediction of a pair into its terms: mean, user bias, item bias, factors with the largest first.

    With `most_factors` the smaller products are one last term. Raises ValueError with a sentence for a net.
    """
    why_not = needs_dot_product("The waterfall of a prediction", model)
    if why_not is not None:
        raise ValueError(why_not)
    terms: list[tuple[str, float, int | None]] = []
    if model.global_mean:
        terms.append(("global mean", float(model.global_mean), None))
    if model.user_bias is not None and model.item_bias is not None:
        terms.append(("user bias", float(model.user_bias[user]), None))
        terms.append(("item bias", float(model.item_bias[item]), None))
    products = model.user_factors[user].astype(np.float64) * model.item_factors[item].astype(np.float64)
    order = np.argsort(-np.abs(products), kind="stable")
    shown = order if most_factors is None else order[:most_factors]
    terms += [(f"factor {factor + 1}", float(products[factor]), int(factor)) for factor in shown]
    rest = order[len(shown) :]
    if len(rest):
        terms.append((f"{len(rest)} other factors", float(products[rest].sum()), None))
    sums = np.concatenate(([0.0], np.cumsum([amount for _, amount, _ in terms])))
    # `to_rating` adds the mean by itself.
    levels = model.to_rating(sums - model.global_mean)
    steps = zip(terms, levels[:-1].tolist(), levels[1:].tolist(), strict=True)
    built = tuple(Term(label, amount, before, after, factor) for (label, amount, factor), before, after in steps)
    return Waterfall(float(levels[0]), built, float(levels[-1]))


@dataclass(frozen=True)
class NeighborRatings:
    """What the user gave the most similar items that it rated: codes, cosines and ratings, all (n,)."""

    codes: IntArray
    similarities: FloatArray
    values: FloatArray


def neighbor_ratings(
    model: Factorization, ratings: Ratings, user: int, item: int, n: int = 5, held_out: BoolArray | None = None
) -> NeighborRatings:
    """The `n` items most like this one among those the user rated, and its ratings; held-out ones are left out."""
    rows = ratings.rows_of_user(user)
    rows = rows[~np.isnan(ratings.values[rows])]
    if held_out is not None:
        rows = rows[~held_out[rows]]
    candidates = np.zeros(ratings.n_items, dtype=np.bool_)
    candidates[ratings.items[rows]] = True
    found = FactorIndex(model.item_factors).nearest(item, n, candidates)
    values = ratings.values_at(np.full(len(found.codes), user), found.codes)
    return NeighborRatings(found.codes, found.similarities, values)


@dataclass(frozen=True)
class PairErrors:
    """RMSE in rating points over the ratings of a user and over those of an item, NaN where there are none."""

    user_rmse: float
    n_user: int
    item_rmse: float
    n_item: int


def pair_errors(model: Factorization, ratings: Ratings, user: int, item: int) -> PairErrors:
    """How well that user's ratings and that item's are predicted, held-out ones included."""
    of_user, n_user = _rmse(model, ratings, ratings.rows_of_user(user))
    of_item, n_item = _rmse(model, ratings, ratings.rows_of_item(item))
    return PairErrors(of_user, n_user, of_item, n_item)


def _rmse(model: Factorization, ratings: Ratings, rows: IntArray) -> tuple[float, int]:
    rows = rows[~np.isnan(ratings.values[rows])]
    if not len(rows):
        return float("nan"), 0
    errors = model.predict(ratings.users[rows], ratings.items[rows]) - ratings.values[rows]
    return float(np.sqrt(np.mean(errors**2))), len(rows)
