"""Which items (or users) a model holds similar: the nearest rows of a factor matrix.

The window's lists and `cfstudio neighbors` ask with the model's own factors, which say how alike things are rated. For
series and genres the vectors of `audience.py`, of who rated what at all, tell more: 0.47 of a movie's series among its
20 nearest on ml-latest-small-2016, against 0.24 by the factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray

Metric = Literal["cosine", "euclidean", "dot"]
METRICS: tuple[Metric, ...] = get_args(Metric)

USUAL_MIN_RATINGS = 20
"""Below this the factors of a MovieLens film are mostly its random start: such films crowd every list."""


@dataclass(frozen=True)
class Neighbors:
    """The nearest rows, most similar first: `codes` (k,) int64 and their `similarities` (k,) float64."""

    codes: IntArray
    similarities: FloatArray


class FactorIndex:
    """One version of a factor matrix, with its norms computed once, ready to be asked for neighbors.

    `factors` (n_rows, n_factors) float32 or float64 is kept, not copied, unless its squares overflow or some of its
    numbers are not finite; such a row counts as zero.

    Similarities: cosine of the angle, −1 to 1, 0 if either row is zero; euclidean 1 / (1 + distance), 0 to 1; dot the
    dot product. They are found with one matrix–vector product and then computed anew in float64 for the few rows that
    may belong to the answer, so that the order does not depend on how the product was rounded.
    """

    def __init__(self, factors: Floats, metric: Metric = "cosine") -> None:
        if metric not in METRICS:
            raise ValueError(f"The metric must be one of {', '.join(METRICS)}, not {metric!r}.")
        self._metric = metric
        self._factors = factors
        self._squared = _squared_norms(factors)
        if not np.isfinite(self._squared).all():
            self._factors = _finite_rows(factors)
            self._squared = _squared_norms(self._factors)

    def nearest(self, code: int, k: int = 20, candidates: BoolArray | None = None) -> Neighbors:
        """The `k` rows most similar to row `code`, fewer if there are not so many; equally similar ones by code.

        `candidates` (n_rows,) bool says which rows may be named; the queried row never is.
        """
        scores = self._scores(code)
        if candidates is not None:
            scores[~candidates] = -np.inf
        scores[code] = -np.inf
        k = min(k, int(np.count_nonzero(scores > -np.inf)))
        if k < 1:
            return Neighbors(np.empty(0, dtype=np.int64), np.empty(0))
        kth = np.partition(scores, len(scores) - k)[len(scores) - k]
        near = np.flatnonzero((scores >= kth - self._rounding(code)) & (scores > -np.inf))
        similarities = self._similarities(code, near)
        # Parallel rows have the same cosine up to the last bits; rounded they come in the order of their codes.
        order = np.argsort(-np.round(similarities, 12), kind="stable")[:k]
        return Neighbors(near[order], similarities[order])

    def _scores(self, code: int) -> Floats:
        """(n_rows,) numbers in the order of the similarities, up to rounding."""
        scores: Floats = self._factors @ self._factors[code]
        if self._metric == "euclidean":
            scores = 2 * scores - self._squared
        elif self._metric == "cosine":
            scores = np.divide(scores, np.sqrt(self._squared), out=np.zeros_like(scores), where=self._squared > 0)
        return scores

    def _rounding(self, code: int) -> float:
        """How far two scores may be apart and yet be in the wrong order (Higham 2002, section 3.1: n·u·|a|·|b|)."""
        n_factors = self._factors.shape[1]
        longest, own = float(np.sqrt(self._squared.max())), float(np.sqrt(self._squared[code]))
        size = {"cosine": own, "dot": longest * own, "euclidean": longest * (2 * own + longest)}[self._metric]
        relative: float = 4 * (n_factors + 2) * float(np.finfo(self._factors.dtype).eps)
        return relative * size

    def _similarities(self, code: int, others: IntArray) -> FloatArray:
        """(len(others),) float64 similarities of rows to row `code`, each rounded the same way."""
        own = self._factors[code].astype(np.float64)
        rows = self._factors[others].astype(np.float64)
        if self._metric == "euclidean":
            difference = rows - own
            return 1.0 / (1.0 + np.sqrt(_squared_norms(difference)))
        similarities: FloatArray = np.einsum("nf,f->n", rows, own)
        if self._metric == "cosine":
            lengths = np.sqrt(_squared_norms(rows) * (own @ own))
            similarities = np.divide(similarities, lengths, out=np.zeros(len(rows)), where=lengths > 0)
            np.clip(similarities, -1.0, 1.0, out=similarities)
        return similarities


def nearest(
    factors: Floats, code: int, k: int = 20, candidates: BoolArray | None = None, metric: Metric = "cosine"
) -> Neighbors:
    """The rows of a matrix most similar to one of them; see `FactorIndex`, which answers several questions faster."""
    return FactorIndex(factors, metric).nearest(code, k, candidates)


def default_min_ratings(n_raters: int) -> int:
    """Ratings below which a row is not worth naming: 20, or a tenth of the raters in a small data set.

    `n_raters` is the number of users where items are compared, of items where users are.
    """
    return min(USUAL_MIN_RATINGS, -(-n_raters // 10))


def _squared_norms(factors: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        squared: Floats = np.einsum("nf,nf->n", factors, factors)
    return squared


def _finite_rows(factors: Floats) -> FloatArray:
    rows = factors.astype(np.float64)
    # The squares of larger numbers overflow even in float64.
    usable = np.abs(rows) < 1e150
    rows[~usable.all(axis=1)] = 0.0
    return rows
