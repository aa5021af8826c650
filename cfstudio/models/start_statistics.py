"""What a start with some new and some old numbers implies for the predictions, and numbers that give a wanted start."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.models.factorization import Factorization
from cfstudio.models.registry import needs_dot_product
from cfstudio.models.start_distribution import StartDistribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import FloatArray

Block = Literal["users", "items", "biases"]
Blocks = frozenset[Block]


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation, in rating points before any sigmoid."""

    mean: float
    sd: float


def with_new_numbers(factors: Factorization, numbers: StartDistribution, blocks: Blocks) -> Factorization:
    """A copy of the factors with new numbers in some blocks; the others, the mean and the dtypes stay."""
    n_users, n_items = len(factors.user_factors), len(factors.item_factors)
    widths = {"n_factors": factors.width("user"), "n_item_factors": factors.width("item")}
    drawn = numbers.draw(n_users, n_items, **widths, with_bias=factors.has_bias)
    fresh = {"user_factors": "users", "item_factors": "items", "user_bias": "biases", "item_bias": "biases"}
    new = {}
    for name, block in fresh.items():
        old = getattr(factors, name)
        if old is not None and block in blocks:
            new[name] = getattr(drawn, name).astype(old.dtype)
    return replace(factors.copy(), **new)


def implied_sum(factors: Factorization, numbers: StartDistribution, blocks: Blocks) -> Spread:
    """Dot product plus biases over all pairs of users and items, in closed form, before the numbers are drawn.

    A sum is the dot product of (factors, bias, 1) and (factors, 1, bias). For independent vectors with means a, b and
    covariances A, B its mean is a·b and its variance tr(AB) + aᵀBa + bᵀAb. Old numbers enter with the mean and
    covariance that they have. `global_mean` is not in it. Raises ValueError with a sentence for a net.
    """
    why_not = needs_dot_product("To tell predictions before any number is drawn", factors)
    if why_not is not None:
        raise ValueError(why_not)
    a, cov_a = _moments(factors.user_factors, factors.user_bias, numbers, "users" in blocks, "biases" in blocks)
    b, cov_b = _moments(factors.item_factors, factors.item_bias, numbers, "items" in blocks, "biases" in blocks)
    k = factors.n_factors
    # An item's bias meets the user's 1.
    swapped = np.r_[0:k, k + 1, k]
    b, cov_b = b[swapped], cov_b[np.ix_(swapped, swapped)]
    variance = float(np.sum(cov_a * cov_b) + a @ cov_b @ a + b @ cov_a @ b)
    return Spread(float(a @ b), math.sqrt(max(variance, 0.0)))


def implied_predictions(factors: Factorization, total: Spread) -> Spread:
    """Mean and standard deviation of the predictions that such sums of products and biases become.

    Adding the mean shifts them; through a sigmoid they are integrated as if the sums were normal (Gauss and Hermite).
    """
    if factors.rating_range is None:
        return Spread(total.mean + factors.global_mean, total.sd)
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    predicted = factors.to_rating(total.mean + total.sd * nodes)
    mean = float(np.average(predicted, weights=weights))
    return Spread(mean, math.sqrt(float(np.average((predicted - mean) ** 2, weights=weights))))


def implied_rmse(predictions: Spread, ratings: Spread) -> float:
    """RMSE of predictions that know nothing of the ratings: √((difference of the means)² + both variances)."""
    return math.sqrt((predictions.mean - ratings.mean) ** 2 + predictions.sd**2 + ratings.sd**2)


def sum_for(factors: Factorization, rating: float) -> float:
    """The sum of products and biases that makes the prediction that rating. Raises ValueError outside the range."""
    if factors.rating_range is None:
        return rating - factors.global_mean
    low, high = factors.rating_range
    if not low < rating < high:
        raise ValueError(f"No sum gives a prediction of {rating:g}: the sigmoid stays between {low:g} and {high:g}.")
    return math.log((rating - low) / (high - rating)) - factors.global_mean


def uniform_for_mean(
    factors: Factorization, numbers: StartDistribution, blocks: Blocks, mean: float
) -> StartDistribution:
    """Uniform numbers for which the mean of `implied_sum` is `mean`.

    The lower bound stays where it can; where that leaves no room above it, the width stays. With all factors new, no
    biases and `low` 0, `high` is 2√(mean / n_factors). Raises ValueError if no uniform numbers will do.
    """

    def mean_with(center: float) -> float:
        return implied_sum(factors, replace(numbers, kind="uniform", low=center, high=center), blocks).mean

    center = _solve(mean_with, mean)
    if center is None:
        raise ValueError("No uniform numbers in the chosen parts give that mean; choose other parts to get new ones.")
    low, high = numbers.low, 2 * center - numbers.low
    if high - low <= 1e-9:
        half = 0.5 * (numbers.high - numbers.low) or 0.05
        low, high = center - half, center + half
    return replace(numbers, kind="uniform", low=low, high=high)


def normal_for_sd(factors: Factorization, numbers: StartDistribution, blocks: Blocks, sd: float) -> StartDistribution:
    """Normal numbers for which the standard deviation of `implied_sum` is `sd`.

    With all factors new and no biases, `sigma` is (sd² / n_factors)^¼. Raises ValueError if no normal numbers will do.
    """

    def variance_with(variance: float) -> float:
        sigma = math.sqrt(variance)
        return implied_sum(factors, replace(numbers, kind="normal", sigma=sigma), blocks).sd ** 2

    variance = _solve(variance_with, sd**2)
    if variance is None or variance < 0:
        raise ValueError("No normal numbers in the chosen parts give that spread; choose other parts to get new ones.")
    return replace(numbers, kind="normal", sigma=math.sqrt(variance))


def _moments(
    matrix: Floats, bias: Floats | None, numbers: StartDistribution, is_new: bool, is_bias_new: bool
) -> tuple[FloatArray, FloatArray]:
    """Mean (k + 2,) and covariance (k + 2, k + 2) of the rows (factors, bias, 1)."""
    n, k = matrix.shape
    is_drawn = np.array([is_new] * k + [is_bias_new and bias is not None, False])
    mean = np.append(np.full(k + 1, numbers.mean), 1.0)
    covariance = np.diag(np.where(is_drawn, numbers.variance, 0.0))
    stays = ~is_drawn[:-1]
    if stays.any():
        old = np.column_stack([matrix, np.zeros(n) if bias is None else bias])[:, stays].astype(np.float64)
        places = np.flatnonzero(stays)
        mean[places] = old.mean(axis=0)
        covariance[np.ix_(places, places)] = np.cov(old, rowvar=False, ddof=0)
    return mean, covariance


def _solve(function: Callable[[float], float], wanted: float) -> float | None:
    """The largest x at which a polynomial of degree 2 at most takes the wanted value; None if there is none."""
    at_0, at_1, at_2 = (function(x) - wanted for x in (0.0, 1.0, 2.0))
    square = (at_2 - 2 * at_1 + at_0) / 2
    linear = at_1 - at_0 - square
    scale = max(abs(at_0), abs(at_1), abs(at_2), 1.0)
    coefficients = [0.0 if abs(one) < 1e-12 * scale else one for one in (square, linear, at_0)]
    roots = np.roots(coefficients) if any(coefficients[:2]) else np.array([])
    real = roots[np.abs(roots.imag) < 1e-6 * (1 + np.abs(roots))].real
    return float(real.max()) if len(real) else None
