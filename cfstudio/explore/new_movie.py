"""A movie without ratings, from its genres and its year: a regression from features to factors and bias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.item_features import ItemFeatures
from cfstudio.explore.known_side import KnownSide, own_numbers
from cfstudio.explore.neighbors import FactorIndex, Neighbors
from cfstudio.explore.prior import USUAL_NOISE, Prior, rating_noise
from cfstudio.learning.one_blas_thread import one_blas_thread
from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.models.factorization import Codes, Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray, Ratings

N_DIRECTIONS = 16
"""Directions of taste that features can tell of; on ml-latest-small-2016 10, 16 and 24 give cold movies an RMSE of
0.9315, 0.9250 and 0.9229, where global mean and user offset give 0.9588."""

RIDGE = 1_000.0
RIDGE_OF_AVERAGE = 1.0
"""For the average movie, which every rating tells of: a few hundred ratings must not have it shrunk towards zero."""

ROWS_AT_ONCE = 8_192
MOST_RATINGS = 300_000


@dataclass(frozen=True)
class FeatureModel:
    """What a movie's genres and year say of its factors and bias.

    `weights` (n_features + 1, d) float64 lead from the features, standardized, with a 1 in front, to the numbers: the
    factors followed by the bias. `residual` (d, d) is the covariance of what well-rated movies differ from that.
    """

    features: ItemFeatures
    center: FloatArray
    scale: FloatArray
    weights: FloatArray
    residual: FloatArray
    noise: float

    def numbers(self, rows: FloatArray) -> FloatArray:
        """(n, d) numbers of movies with these features (n, n_features)."""
        standardized = (rows - self.center) / self.scale
        numbers: FloatArray = self.weights[0] + standardized @ self.weights[1:]
        return numbers

    def prior(self, genres: tuple[str, ...], year: int = 0) -> Prior:
        """What is known of a movie before its first rating; `fold_in` goes on from there.

        Raises ValueError with a sentence for an unknown genre.
        """
        row = self.features.row(genres, year)
        return Prior(self.numbers(row[None, :])[0], self.residual, self.noise)

    def nearest(
        self, items_rows: FloatArray, row: FloatArray, k: int, candidates: BoolArray | None = None
    ) -> Neighbors:
        """The `k` known movies whose features, standardized, are nearest to `row` (n_features,)."""
        everything = np.vstack((items_rows, row[None, :]))
        allowed = np.ones(len(everything), dtype=np.bool_)
        if candidates is not None:
            allowed[:-1] = candidates
        return FactorIndex((everything - self.center) / self.scale, "euclidean").nearest(len(items_rows), k, allowed)


def fit_feature_model(model: Factorization, ratings: Ratings, held_out: BoolArray | None = None) -> FeatureModel:
    """Fit the regression on the training ratings themselves, not on the factors; takes about a second.

    Factors of rarely rated movies are shrunk towards zero, which a regression on them would learn as a fact. Instead
    the weights minimize the squared errors of all ratings with the users' numbers fixed, in the `N_DIRECTIONS` of
    taste in which users differ most. Through a sigmoid, ratings are replaced by the line that touches it at the
    average movie. Of more than `MOST_RATINGS` a random part is taken. Raises ValueError with a sentence if the data set
    has no genres and years or nothing to train on, and for a net.
    """
    why_not = needs_dot_product("A movie without ratings", model)
    if why_not is not None:
        raise ValueError(why_not)
    features = ItemFeatures.of(ratings.item_table)
    rows = np.flatnonzero(ratings.rated if held_out is None else ratings.rated & ~held_out)
    if features.is_empty:
        raise ValueError("This data set knows neither genres nor years; a new movie needs some ratings.")
    if not len(rows):
        raise ValueError("There are no ratings to learn from; add some.")
    if len(rows) > MOST_RATINGS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_RATINGS, replace=False))
    columns = features.columns(ratings.item_table)
    counts = np.bincount(ratings.items[rows], minlength=len(columns)).astype(np.float64)
    center = np.average(columns, axis=0, weights=counts)
    scale = np.sqrt(np.average((columns - center) ** 2, axis=0, weights=counts))
    scale[scale < 1e-9] = 1.0
    standardized = np.column_stack((np.ones(len(columns)), (columns - center) / scale))
    known = KnownSide.for_newcomer(model, "item")
    tastes, back = _tastes(model, np.bincount(ratings.users[rows], minlength=len(known.columns)).astype(np.float64))
    with one_blas_thread():
        weights = _least_squares(known, ratings, rows, tastes, standardized) @ back
    left = own_numbers(model, "item") - standardized @ weights
    # What a rarely rated movie differs from its features is mostly its random start and its shrinkage.
    trust = counts / (counts + USUAL_NOISE)
    residual = (left * trust[:, None]).T @ left / trust.sum() + 1e-9 * np.eye(left.shape[1])
    return FeatureModel(features, center, scale, weights, residual, rating_noise(ratings, held_out))


def _tastes(model: Factorization, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Users in the few directions in which they differ most, (n_users, q), and the way (q, d) back to numbers.

    In a model with biases the first is a constant, for the movie's bias, and users are seen from their mean.
    """
    users = model.user_factors.astype(np.float64)
    mean = np.average(users, axis=0, weights=counts) if model.has_bias else np.zeros(model.n_factors)
    values, vectors = np.linalg.eigh(((users - mean) * counts[:, None]).T @ (users - mean) / counts.sum())
    values, vectors = values[::-1][:N_DIRECTIONS], vectors[:, ::-1][:, :N_DIRECTIONS]
    vectors = vectors[:, values > 1e-12 * max(values[0], 1e-300)]
    directions = vectors / np.sqrt(values[: vectors.shape[1]])
    tastes = (users - mean) @ directions
    if not model.has_bias:
        return tastes, directions.T
    # A movie with factors v has, from the mean user, mean·v besides its bias; the bias takes it back.
    back = np.zeros((1 + directions.shape[1], model.n_factors + 1))
    back[0, -1] = 1.0
    back[1:, :-1] = directions.T
    back[1:, -1] = -mean @ directions
    return np.column_stack((np.ones(len(users)), tastes)), back


def _least_squares(
    known: KnownSide, ratings: Ratings, rows: IntArray, tastes: FloatArray, features: FloatArray
) -> FloatArray:
    """(n_features, q) weights with the smallest sum of squares of tastes[user] · (features[item] @ weights)."""
    users, items, values = ratings.users[rows], ratings.items[rows], ratings.values[rows]
    touch = _average_sum(known, users, values)
    n = features.shape[1] * tastes.shape[1]
    squared, wanted = np.zeros((n, n)), np.zeros(n)
    features32, tastes32 = features.astype(np.float32), tastes.astype(np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        piece = slice(start, start + ROWS_AT_ONCE)
        offsets = known.offsets[users[piece]]
        predicted = known.to_rating(offsets + touch)
        slope = known.slope(predicted)
        design = (features32[items[piece]][:, :, None] * tastes32[users[piece]][:, None, :]).reshape(len(offsets), n)
        design *= slope.astype(np.float32)[:, None]
        squared += design.T @ design
        wanted += design.T @ (values[piece] - predicted + slope * touch)
    ridge = np.full(features.shape[1], RIDGE)
    ridge[0] = RIDGE_OF_AVERAGE
    ridge *= float(np.mean(known.slope(known.to_rating(np.array([touch]))) ** 2))
    squared[np.diag_indices(n)] += np.repeat(ridge, tastes.shape[1])
    return np.linalg.solve(squared, wanted).reshape(features.shape[1], tastes.shape[1])


def _average_sum(known: KnownSide, users: Codes, values: FloatArray) -> float:
    """What the average movie adds to the users' biases, by a few Newton steps."""
    total = 0.0
    for _ in range(5):
        predicted = known.to_rating(known.offsets[users] + total)
        slope = known.slope(predicted)
        total += float(np.sum(slope * (values - predicted)) / np.sum(slope**2))
    return total
