"""One draw of a user's numbers from their conditional distributions, as the Gibbs sampler does it, number by number.

Given the movies' numbers a rating is linear in each of the user's, with the movie's number as its slope and normal
noise, and the number has a normal prior; so its distribution, given all else, is normal (R. Salakhutdinov and A. Mnih,
"Bayesian probabilistic matrix factorization using Markov chain Monte Carlo", 2008). Noise and prior, which a run
draws, too, are here at their expected values given the numbers in the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.sampler_priors import NOISE_SHAPE, PRIOR_STRENGTH

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings


@dataclass(frozen=True)
class Rated:
    """What a user has rated: `ratings` (n,), and what each movie brings.

    `slopes` (n, k + 1) are its factors and a 1 for the bias, `rest` (n,) its bias and the mean.
    """

    slopes: FloatArray
    rest: FloatArray
    ratings: FloatArray

    @classmethod
    def of(cls, ratings: Ratings, held_out: BoolArray, factors: Factorization, user: int) -> Rated:
        """The user's ratings that are not held out."""
        rows = np.flatnonzero(ratings.rated & ~held_out & (ratings.users == user))
        items = ratings.items[rows]
        assert factors.item_bias is not None, "The Bayesian model has biases."
        slopes = np.column_stack((factors.item_factors[items], np.ones(len(items)))).astype(np.float64)
        rest = factors.item_bias[items].astype(np.float64) + factors.global_mean
        return cls(slopes, rest, ratings.values[rows].astype(np.float64))

    def errors(self, numbers: FloatArray) -> FloatArray:
        """(n,) rating minus prediction with the user's numbers (k + 1,), the bias last."""
        return np.asarray(self.ratings - self.rest - self.slopes @ numbers)


@dataclass(frozen=True)
class Prior:
    """Expected mean and precision (k + 1,) of the normal distributions that all users' numbers come from."""

    mean: FloatArray
    precision: FloatArray

    @classmethod
    def of(cls, numbers: FloatArray) -> Prior:
        """Given the numbers (n_users, k + 1) of all users: those of the normal-gamma distribution of both."""
        n, total = len(numbers), numbers.sum(axis=0)
        scatter = np.square(numbers).sum(axis=0) - total**2 / (n + PRIOR_STRENGTH)
        return cls(total / (n + PRIOR_STRENGTH), (PRIOR_STRENGTH + n) / (PRIOR_STRENGTH + scatter))


@dataclass(frozen=True)
class OneDraw:
    """The draw of all numbers of a user, one after the other, the bias first, as a sweep does; (k + 1,) each."""

    number: int
    """Which draw of this user it is, from 1."""
    n_ratings: int
    noise_precision: float
    prior: Prior
    old: FloatArray
    evidence: FloatArray
    """What the ratings add to the precision: noise precision × Σ slope²."""
    precision: FloatArray
    mean: FloatArray
    normals: FloatArray
    new: FloatArray


def one_draw(rated: Rated, prior: Prior, old: FloatArray, normals: FloatArray, number: int) -> OneDraw:
    """Draw each of a user's numbers `old` (k + 1,) given the rest of them, with these standard normal numbers."""
    numbers, errors = old.copy(), rated.errors(old)
    noise = (NOISE_SHAPE + 0.5 * len(errors)) / (NOISE_SHAPE + 0.5 * float(errors @ errors))
    evidence = noise * np.square(rated.slopes).sum(axis=0)
    precision, mean = prior.precision + evidence, np.empty_like(old)
    for place in (len(old) - 1, *range(len(old) - 1)):
        slope = rated.slopes[:, place]
        products = noise * float(slope @ errors)
        pull = prior.precision[place] * prior.mean[place]
        mean[place] = (products + old[place] * evidence[place] + pull) / precision[place]
        numbers[place] = mean[place] + normals[place] / np.sqrt(precision[place])
        errors -= (numbers[place] - old[place]) * slope
    return OneDraw(number, len(errors), noise, prior, old, evidence, precision, mean, normals, numbers)
