"""What a factor may stand for: the items at its ends, their genres, and what else it goes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.explore.filters import genre_columns, genre_names
from cfstudio.models.factorization import PAIRS_AT_ONCE
from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, ItemTable, Ratings

N_AT_END = 50
"""Items that count as an end of a factor where genres are compared; a tenth of them if there are fewer than 500."""


@dataclass(frozen=True)
class GenreAtEnd:
    """A genre at one end: `found` of the end's items have it where `expected` would by chance.

    `p` is the chance of as many or more if the end were a random draw (hypergeometric, one-sided), `adjusted_p` the
    same after as many tests as there are genres and ends (Benjamini and Hochberg, JRSS B 1995).
    """

    genre: str
    end: Literal["high", "low"]
    found: int
    expected: float
    p: float
    adjusted_p: float


@dataclass(frozen=True)
class Correlation:
    """Rank correlation (Spearman) over `n` items, and the chance `p` of one as large if there were none."""

    r: float
    p: float
    n: int


@dataclass(frozen=True)
class FactorMeaning:
    """What goes with one factor or component.

    `highest` and `lowest` are item codes, the most extreme first; `genres` the over-represented ones, likeliest first;
    `with_year`, `with_mean` and `with_count` the correlations with year, mean rating and number of ratings, None where
    fewer than three items have both or all are alike.
    """

    highest: IntArray
    lowest: IntArray
    genres: tuple[GenreAtEnd, ...]
    with_year: Correlation | None
    with_mean: Correlation | None
    with_count: Correlation | None


def factor_meaning(
    scores: FloatArray, ratings: Ratings, candidates: BoolArray | None = None, n_ends: int = 15
) -> FactorMeaning:
    """What the factor with these `scores` (n_items,) may stand for, judged by the `candidates` (n_items,) bool.

    Rarely rated items are best left out: their factors are mostly chance.
    """
    counts = ratings.counts_by_item()
    chosen = np.isfinite(scores) if candidates is None else candidates & np.isfinite(scores)
    codes = np.flatnonzero(chosen)
    order = codes[np.argsort(-scores[codes], kind="stable")]
    values = np.nan_to_num(ratings.values)
    sums = np.bincount(ratings.items, values, minlength=ratings.n_items)
    means = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    years = np.where(ratings.item_table.years > 0, ratings.item_table.years, np.nan)
    return FactorMeaning(
        order[:n_ends],
        order[::-1][:n_ends],
        genres_at_ends(order, ratings.item_table),
        _correlation(scores[codes], years[codes]),
        _correlation(scores[codes], means[codes]),
        _correlation(scores[codes], counts[codes].astype(np.float64)),
    )


def genres_at_ends(order: IntArray, items: ItemTable, n_at_end: int | None = None) -> tuple[GenreAtEnd, ...]:
    """Genres that are more common at an end of `order` (n,), item codes with the highest first, than in all of it.

    All genres with more items at an end than expected are listed, those least likely by chance first.
    """
    from scipy.stats import false_discovery_control, hypergeom

    size = min(N_AT_END, len(order) // 10) if n_at_end is None else n_at_end
    names = genre_names(items)
    if size < 1 or not names:
        return ()
    flags = genre_columns(items, names)[order]
    totals = flags.sum(axis=0)
    at_ends = np.stack((flags[:size].sum(axis=0), flags[len(order) - size :].sum(axis=0)))
    # The chance of `found` or more is that of more than `found` − 1.
    chances = hypergeom.sf(at_ends - 1, len(order), totals, size)
    adjusted = false_discovery_control(np.clip(chances, 0.0, 1.0), axis=None).reshape(chances.shape)
    ends: tuple[Literal["high", "low"], ...] = ("high", "low")
    found = [
        GenreAtEnd(
            name,
            end,
            int(at_ends[side, place]),
            float(size * totals[place] / len(order)),
            float(chances[side, place]),
            float(adjusted[side, place]),
        )
        for side, end in enumerate(ends)
        for place, name in enumerate(names)
        if at_ends[side, place] > size * totals[place] / len(order)
    ]
    return tuple(sorted(found, key=lambda one: one.p))


def rmse_without_each(model: Factorization, ratings: Ratings, rows: IntArray) -> FloatArray:
    """(n_factors + 1,) RMSE in rating points over some rows: as it is, then without each factor in turn.

    Raises ValueError with a sentence for a net.
    """
    why_not = needs_dot_product("Leaving out a factor", model)
    if why_not is not None:
        raise ValueError(why_not)
    squares = np.zeros(model.n_factors + 1)
    at_once = max(1, 10 * PAIRS_AT_ONCE // (model.n_factors + 1))
    for start in range(0, len(rows), at_once):
        piece = rows[start : start + at_once]
        users, items = ratings.users[piece], ratings.items[piece]
        products = model.user_factors[users].astype(np.float64) * model.item_factors[items]
        total = products.sum(axis=1)
        if model.user_bias is not None and model.item_bias is not None:
            total += model.user_bias[users].astype(np.float64) + model.item_bias[items]
        sums = np.column_stack((total, total[:, None] - products))
        squares += ((model.to_rating(sums) - ratings.values[piece][:, None]) ** 2).sum(axis=0)
    return np.sqrt(squares / len(rows)) if len(rows) else np.full(model.n_factors + 1, np.nan)


def _correlation(one: FloatArray, other: FloatArray) -> Correlation | None:
    from scipy.stats import spearmanr

    both = np.isfinite(one) & np.isfinite(other)
    one, other = one[both], other[both]
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    found = spearmanr(one, other)
    return Correlation(float(found.statistic), float(found.pvalue), len(one))
