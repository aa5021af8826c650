"""Somebody the model has never seen, from a few ratings, without retraining: ridge regression in closed form.

With the other side's numbers fixed, the newcomer's are the weights of a linear regression of its ratings. A Gaussian
prior of what people (or movies) are like takes the place of the plain ridge's zero: minimize
Σⱼ wⱼ(yⱼ − xⱼ·p)² + noise·(p − mean)ᵀ covariance⁻¹ (p − mean). Through a sigmoid, ratings are replaced by the line
that touches it at the prediction, a few times over (Gauss and Newton), so that each step is such a ridge problem.
Salakhutdinov and Mnih, ICML 2008; Bishop, Pattern Recognition and Machine Learning, section 3.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.known_side import KnownSide

if TYPE_CHECKING:
    from cfstudio.explore.prior import Prior
    from cfstudio.ratings.table import FloatArray, IntArray

MOST_ROUNDS = 30
"""Newton steps through a sigmoid; five or six usually bring the change below `CLOSE_ENOUGH`."""

MOST_HALVINGS = 12

CLOSE_ENOUGH = 1e-9


@dataclass(frozen=True)
class RidgeProblem:
    """The regression that a newcomer's numbers solve.

    `columns` (n, d) are the rated ones' numbers, `targets` (n,) what the sum should be there, `weights` (n,) how much
    an error of the sum is worth in squared rating points: 1 without a sigmoid.
    """

    columns: FloatArray
    targets: FloatArray
    weights: FloatArray
    prior: Prior

    def solve(self) -> tuple[FloatArray, FloatArray]:
        """The numbers (d,) and a root R (d, d) of their covariance R Rᵀ: what the ratings leave unknown of them."""
        root = self.prior.root
        # In coordinates where the prior is a unit sphere the problem stays well posed for a singular covariance.
        spread = self.columns @ root
        weighted = spread * (self.weights / self.prior.noise)[:, None]
        squared = spread.T @ weighted
        squared[np.diag_indices_from(squared)] += 1.0
        lower = np.linalg.cholesky(squared)
        missing = self.targets - self.columns @ self.prior.mean
        inverse = np.linalg.inv(lower)
        found = inverse.T @ (inverse @ (weighted.T @ missing))
        return self.prior.mean + root @ found, root @ inverse.T


@dataclass(frozen=True)
class Folded:
    """A newcomer's numbers, found from its ratings.

    `codes` (n,) are whom it rated (or was rated by), `values` (n,) the ratings. `numbers` (d,) float64 are factors
    followed by the bias; `problem` is the ridge problem that they solve.
    """

    known: KnownSide
    problem: RidgeProblem
    codes: IntArray
    values: FloatArray
    numbers: FloatArray
    spread_root: FloatArray
    """(d, d), times its transpose the covariance of `numbers`."""

    @property
    def factors(self) -> FloatArray:
        """(n_factors,) the newcomer's factors."""
        return self.numbers[: self.known.model.n_factors]

    @property
    def bias(self) -> float | None:
        """The newcomer's bias, None in a model without."""
        return float(self.numbers[-1]) if self.known.model.has_bias else None

    @property
    def covariance(self) -> FloatArray:
        """(d, d) what the ratings leave unknown of the numbers."""
        covariance: FloatArray = self.spread_root @ self.spread_root.T
        return covariance

    @cached_property
    def totals(self) -> FloatArray:
        """(n,) sums of products and biases with all of the other side."""
        return self.known.columns @ self.numbers + self.known.offsets

    @cached_property
    def predictions(self) -> FloatArray:
        """(n,) predicted ratings of (or by) all of the other side."""
        return self.known.to_rating(self.totals)

    def uncertainties(self, codes: IntArray) -> FloatArray:
        """(m,) standard deviation of some predictions because the newcomer is little known, in rating points."""
        rows = self.known.columns[codes] @ self.spread_root
        spreads: FloatArray = np.sqrt(np.einsum("md,md->m", rows, rows))
        return self.known.slope(self.predictions[codes]) * spreads


def fold_in(
    known: KnownSide,
    prior: Prior,
    codes: IntArray,
    values: FloatArray,
    start: FloatArray | None = None,
    most_rounds: int = MOST_ROUNDS,
) -> Folded:
    """Find a newcomer's numbers from its ratings; without any it is the average one.

    `codes` (n,) of the known side, `values` (n,) rating points. `start` (d,) are numbers near the answer, if known; it
    does not depend on them. Raises ValueError with a sentence for numbers that are not finite or too large.
    """
    known = known.shifted(prior.shift)
    codes, values = np.asarray(codes, dtype=np.int64), np.asarray(values, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("Every rating of somebody new must be a finite number.")
    columns, offsets = known.columns[codes], known.offsets[codes]
    numbers = prior.mean if start is None else start
    for _ in range(1 if known.model.rating_range is None else most_rounds):
        before = numbers
        problem = _touching(known, prior, columns, offsets, values, before)
        try:
            numbers, root = problem.solve()
        except np.linalg.LinAlgError as error:
            raise ValueError("The factors are too large for a new row; reset them and train again.") from error
        numbers = _shortened(known, prior, columns, offsets, values, before, numbers)
        if np.max(np.abs(numbers - before), initial=0.0) < CLOSE_ENOUGH:
            break
    return Folded(known, problem, codes, values, numbers, root)


def _shortened(
    known: KnownSide,
    prior: Prior,
    columns: FloatArray,
    offsets: FloatArray,
    values: FloatArray,
    before: FloatArray,
    after: FloatArray,
) -> FloatArray:
    """A step through a sigmoid, halved until it lowers what is minimized: far off, the touching line misleads."""
    if known.model.rating_range is None:
        return after

    def loss(numbers: FloatArray) -> float:
        errors = known.to_rating(columns @ numbers + offsets) - values
        return float(errors @ errors) + prior.noise * prior.squared_distance(numbers)

    start = loss(before)
    for _ in range(MOST_HALVINGS):
        if loss(after) <= start:
            return after
        after = 0.5 * (before + after)
    return before


def _touching(
    known: KnownSide, prior: Prior, columns: FloatArray, offsets: FloatArray, values: FloatArray, numbers: FloatArray
) -> RidgeProblem:
    """The ridge problem of the line that touches the sigmoid where the present numbers predict."""
    if known.model.rating_range is None:
        return RidgeProblem(columns, values - offsets - known.model.global_mean, np.ones(len(values)), prior)
    total = columns @ numbers
    predicted = known.to_rating(total + offsets)
    slope = known.slope(predicted)
    return RidgeProblem(columns, total + (values - predicted) / slope, slope**2, prior)
