"""Neighbors of several at once, minus others, and with less trust in the rarely rated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from cfstudio.explore.neighbors import METRICS, Metric, Neighbors

if TYPE_CHECKING:
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray

Together = Literal["mean", "all"]


@dataclass(frozen=True)
class SimilarQuery:
    """What the neighbors are to be like.

    `likes` and `unlikes` are codes. `together="mean"` compares with one vector, the mean of the liked minus the mean of
    the unliked (for the cosine of their unit vectors, so that none outweighs another); `"all"` asks for likeness to
    every one: the least similarity with a liked, minus the largest with an unliked where that is above 0. `shrinkage`
    is a number of ratings: a similarity is multiplied by n / (n + shrinkage) for a row with n ratings, 0 leaves it.
    Raises ValueError with a sentence for a query that asks for nothing.
    """

    likes: tuple[int, ...]
    unlikes: tuple[int, ...] = ()
    metric: Metric = "cosine"
    together: Together = "mean"
    shrinkage: float = 0.0

    def __post_init__(self) -> None:
        if not self.likes:
            raise ValueError("Say first what the neighbors are to be like.")
        if set(self.likes) & set(self.unlikes):
            raise ValueError("The same one cannot be both liked and not liked; take it out of one list.")
        if self.metric not in METRICS:
            raise ValueError(f"The metric must be one of {', '.join(METRICS)}, not {self.metric!r}.")
        if self.together not in get_args(Together):
            raise ValueError(f"Several are taken as their mean or all of them, not as {self.together!r}.")
        if self.shrinkage < 0:
            raise ValueError(f"Shrinkage is a number of ratings, not {self.shrinkage:g}.")


def similar(
    factors: Floats,
    query: SimilarQuery,
    k: int = 20,
    candidates: BoolArray | None = None,
    counts: IntArray | None = None,
) -> Neighbors:
    """The `k` rows of a factor matrix (n, n_factors) that suit the query best, fewer if there are not so many.

    `candidates` (n,) bool says which may be named; those of the query never are. `counts` (n,) ratings of each, needed
    for shrinkage. Equally similar rows come by code.
    """
    values = similarities(factors, query, counts)
    allowed = np.ones(len(values), dtype=np.bool_) if candidates is None else candidates.copy()
    allowed[[*query.likes, *query.unlikes]] = False
    codes = np.flatnonzero(allowed)
    of_codes = values[codes]
    if k < len(codes):
        kth = np.partition(of_codes, len(codes) - k)[len(codes) - k]
        codes = codes[of_codes >= kth - 1e-12]
    # Parallel rows have the same cosine up to the last bits; rounded they come in the order of their codes.
    order = codes[np.argsort(-np.round(values[codes], 12), kind="stable")][:k]
    return Neighbors(order, values[order])


def similarities(factors: Floats, query: SimilarQuery, counts: IntArray | None = None) -> FloatArray:
    """(n,) float64 similarity of every row to the query; see `SimilarQuery`."""
    rows = factors.astype(np.float64)
    rows[~np.isfinite(rows).all(axis=1)] = 0.0
    if query.metric == "cosine":
        rows = _unit(rows)
    likes, unlikes = rows[list(query.likes)], rows[list(query.unlikes)]
    if query.together == "mean":
        toward = likes.mean(axis=0)
        if len(unlikes):
            toward = toward - unlikes.mean(axis=0)
        values = _to_one(rows, toward, query.metric)
    else:
        values = np.min([_to_one(rows, one, query.metric) for one in likes], axis=0)
        if len(unlikes):
            nearest = np.max([_to_one(rows, one, query.metric) for one in unlikes], axis=0)
            values = values - np.maximum(nearest, 0.0)
    if query.shrinkage > 0:
        if counts is None:
            raise ValueError("Shrinkage needs the number of ratings of each row.")
        values = values * (counts / (counts + query.shrinkage))
    return values


def factor_terms(factors: Floats, one: int, other: int, metric: Metric = "cosine") -> FloatArray:
    """(n_factors,) what each factor adds to the likeness of two rows.

    For the cosine and the dot product the terms' sum is the similarity; for the euclidean distance they are the squared
    differences, negative, whose sum is minus the squared distance.
    """
    rows = factors[[one, other]].astype(np.float64)
    if metric == "cosine":
        rows = _unit(rows)
    terms: FloatArray = -((rows[0] - rows[1]) ** 2) if metric == "euclidean" else rows[0] * rows[1]
    return terms


def _to_one(rows: FloatArray, vector: FloatArray, metric: Metric) -> FloatArray:
    if metric == "euclidean":
        difference = rows - vector
        closeness: FloatArray = 1.0 / (1.0 + np.sqrt(np.einsum("nf,nf->n", difference, difference)))
        return closeness
    if metric == "cosine":
        vector = _unit(vector[None, :])[0]
    products: FloatArray = rows @ vector
    return np.clip(products, -1.0, 1.0) if metric == "cosine" else products


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.sqrt(np.einsum("nf,nf->n", rows, rows))[:, None]
    unit: FloatArray = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return unit
