"""A Gibbs sampler for the Bayesian factorization machine: every weight drawn in turn, given all others and the ratings.

y = w₀ + Σ w·x + Σ_f ½[(Σ v·x)² − Σ v²·x²] + noise, with a normal prior per group of features whose mean and precision
are drawn, too; so there is neither a learning rate nor a regularization to choose (C. Freudenthaler, L. Schmidt-Thieme
and S. Rendle, "Bayesian factorization machines", 2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning.gibbs_kernels import FACTOR, N_SUMS, OWN, draw_factor, draw_linear, settle, tally
from cfstudio.learning.sampler_memory import generator_numbers, named, part_named, set_generator
from cfstudio.learning.sampler_priors import MEAN_PRECISION, NOISE_SHAPE, PRIOR_STRENGTH, START_SPREAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.engine import Pairs
    from cfstudio.learning.sampler_memory import Memory
    from cfstudio.models.bayes_features import FeatureBlock

    Numbers = NDArray[np.float64]
    Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class FoldedSample:
    """One sample as a plain factorization: factors (n, rank) and biases (n,) float64 of users and of items.

    `noise_precisions` (n_users,) are those of each user's ratings.
    """

    user_factors: Numbers
    item_factors: Numbers
    user_bias: Numbers
    item_bias: Numbers
    noise_precisions: Numbers

    def predict(self, users: Codes, items: Codes) -> Numbers:
        """Ratings (n,) that this sample expects."""
        products = np.einsum("nf,nf->n", self.user_factors[users], self.item_factors[items])
        return np.asarray(products + self.user_bias[users] + self.item_bias[items])


class Side:
    """The weights of one side's features, and what they add up to for each user or item."""

    def __init__(self, block: FeatureBlock, rank: int, codes: NDArray[np.int32], rng: np.random.Generator) -> None:
        self.block = block
        self.codes = codes
        self.counts = np.bincount(codes, minlength=block.n_rows).astype(np.float64)
        self.linear_weights = np.zeros(block.n_features)
        self.weights = rng.normal(0.0, START_SPREAD, (rank, block.n_features))
        n_groups = len(block.names)
        self.group_sizes = np.bincount(block.groups, minlength=n_groups).astype(np.float64)
        self._group_starts = np.searchsorted(block.groups, np.arange(n_groups))
        # Row 0 is that of the linear weights, row f + 1 that of factor f.
        self.means = np.zeros((rank + 1, n_groups))
        self.precisions = np.ones((rank + 1, n_groups))
        self.linear = np.zeros(block.n_rows)
        self.factors = np.array([self._times(one) for one in self.weights])
        self.squares = np.array([self._times(one * one, squared=True) for one in self.weights])
        self.sums = np.zeros((block.n_rows, N_SUMS))

    @property
    def bias(self) -> Numbers:
        """(n_rows,) linear terms and the products of the side's features with each other."""
        return np.asarray(self.linear + 0.5 * (self.factors**2 - self.squares).sum(axis=0))

    def arrays(self) -> dict[str, Numbers]:
        """All that is drawn, and the sums that follow it, not copied: recalculated they would differ in rounding."""
        names = ("linear_weights", "weights", "means", "precisions", "linear", "factors", "squares")
        return {name: getattr(self, name) for name in names}

    def draw_prior(self, row: int, rng: np.random.Generator) -> None:
        """Draw mean and precision of each group's prior, given its weights (normal-gamma, conjugate)."""
        weights = self.linear_weights if row == 0 else self.weights[row - 1]
        n = self.group_sizes
        total = np.add.reduceat(weights, self._group_starts)
        scatter = np.add.reduceat(weights * weights, self._group_starts) - total**2 / n
        shape = 0.5 * (PRIOR_STRENGTH + n)
        rate = 0.5 * (PRIOR_STRENGTH + scatter + PRIOR_STRENGTH / (n + PRIOR_STRENGTH) * total**2 / n)
        self.precisions[row] = rng.standard_gamma(shape) / rate
        spread = 1.0 / np.sqrt((n + PRIOR_STRENGTH) * self.precisions[row])
        self.means[row] = total / (n + PRIOR_STRENGTH) + spread * rng.standard_normal(len(n))

    def _times(self, weights: Numbers, *, squared: bool = False) -> Numbers:
        """(n_rows,) the feature table, or its square, times one weight per feature."""
        block = self.block
        values = block.values**2 if squared else block.values
        terms = values * np.repeat(weights, np.diff(block.starts))
        return np.bincount(block.rows, terms, minlength=block.n_rows).astype(np.float64)


class GibbsSampler:
    """The present sample, and its successor step by step; a sweep is `rank` + 1 steps.

    `noise_of` (n_users,) says whose ratings share a noise precision: the same number for all is the plain model, a
    number for each user lets some people be more consistent than others. Deterministic: the same ratings, features
    and seed give the same samples.
    """

    def __init__(
        self, pairs: Pairs, users: FeatureBlock, items: FeatureBlock, rank: int, seed: int, noise_of: Codes
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self.rank = rank
        # By user, then item: what is read one after the other lies close together.
        order = np.lexsort((pairs.items, pairs.users))
        user_codes = np.ascontiguousarray(pairs.users[order], dtype=np.int32)
        item_codes = np.ascontiguousarray(pairs.items[order], dtype=np.int32)
        self.ratings = pairs.ratings[order].astype(np.float64)
        self.users = Side(users, rank, user_codes, self._rng)
        self.items = Side(items, rank, item_codes, self._rng)
        self.global_bias = float(self.ratings.mean())
        self._center = self.global_bias
        self._noise_of = noise_of
        self._noise_codes = noise_of[user_codes]
        self._noise_counts = np.bincount(self._noise_codes, minlength=int(noise_of.max()) + 1)
        self._noise_rate = NOISE_SHAPE
        self.noise_precisions = np.ones(users.n_rows)
        self._precisions = np.ones(len(self.ratings))
        self.errors = self.ratings - self.folded().predict(user_codes, item_codes)

    def step(self, place: int) -> None:
        """Do one part of a sweep: the noise, global bias and linear weights at place 0, factor f at place f + 1."""
        if place == 0:
            self._draw_noise()
            self._draw_global_bias()
        for mine, other in ((self.users, self.items), (self.items, self.users)):
            mine.draw_prior(place, self._rng)
            if place == 0:
                self._draw_linear(mine, other)
            else:
                self._draw_factor(place - 1, mine, other)

    def sweep(self) -> None:
        """Draw everything once."""
        for place in range(self.rank + 1):
            self.step(place)

    def memory(self) -> Memory:
        """A copy of the present sample and of where the random numbers are: all that the next step depends on."""
        present = {
            **named("user", self.users.arrays()),
            **named("item", self.items.arrays()),
            "errors": self.errors,
            "noise_precisions": self.noise_precisions,
        }
        return {
            **{name: array.copy() for name, array in present.items()},
            "global_bias": np.array([self.global_bias]),
            "noise_rate": np.array([self._noise_rate]),
            "generator": generator_numbers(self._rng),
        }

    def load_memory(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of `memory`, for arrays of the same shapes."""
        for prefix, side in (("user", self.users), ("item", self.items)):
            kept = part_named(prefix, memory)
            for name, array in side.arrays().items():
                array[...] = kept[name]
        self.errors[...] = memory["errors"]
        self.noise_precisions = memory["noise_precisions"].copy()
        self._precisions = self.noise_precisions[self.users.codes]
        self.global_bias = float(memory["global_bias"][0])
        self._noise_rate = float(memory["noise_rate"][0])
        set_generator(self._rng, memory["generator"])

    def folded(self) -> FoldedSample:
        """The present sample as factors and biases; the global bias is part of the users'."""
        return FoldedSample(
            np.ascontiguousarray(self.users.factors.T),
            np.ascontiguousarray(self.items.factors.T),
            self.users.bias + self.global_bias,
            self.items.bias,
            self.noise_precisions,
        )

    def _draw_noise(self) -> None:
        """Draw the noise precision of each group of ratings and the scale of their prior."""
        squared = np.bincount(self._noise_codes, self.errors**2, minlength=len(self._noise_counts))
        shape = NOISE_SHAPE + 0.5 * self._noise_counts
        drawn = self._rng.standard_gamma(shape) / (self._noise_rate + 0.5 * squared)
        rate_shape = 0.5 * PRIOR_STRENGTH + NOISE_SHAPE * len(drawn)
        rate = 0.5 * PRIOR_STRENGTH + float(drawn.sum())
        self._noise_rate = float(self._rng.standard_gamma(rate_shape)) / rate
        self.noise_precisions = drawn[self._noise_of]
        self._precisions = drawn[self._noise_codes]

    def _draw_global_bias(self) -> None:
        total = float(self._precisions.sum())
        precision = total + MEAN_PRECISION
        evidence = float(self._precisions @ self.errors) + total * self.global_bias
        mean = (evidence + MEAN_PRECISION * self._center) / precision
        drawn = mean + float(self._rng.standard_normal()) / np.sqrt(precision)
        self.errors -= drawn - self.global_bias
        self.global_bias = float(drawn)

    def _draw_linear(self, mine: Side, other: Side) -> None:
        before = mine.linear.copy()
        nothing = np.zeros(other.block.n_rows)
        tally(mine.codes, other.codes, self._precisions, self.errors, nothing, mine.sums)
        block = mine.block
        normals = self._rng.standard_normal(block.n_features)
        draw_linear(
            block.starts, block.rows, block.values, mine.linear_weights, normals, block.groups, mine.means[0],
            mine.precisions[0], mine.linear, mine.sums,
        )  # fmt: skip
        settle(mine.codes, other.codes, self.errors, np.zeros(block.n_rows), mine.linear - before, nothing)

    def _draw_factor(self, f: int, mine: Side, other: Side) -> None:
        before, squares_before = mine.factors[f], mine.squares[f]
        tally(mine.codes, other.codes, self._precisions, self.errors, other.factors[f], mine.sums)
        mine.sums[:, FACTOR], mine.sums[:, OWN] = before, squares_before
        block = mine.block
        normals = self._rng.standard_normal(block.n_features)
        draw_factor(
            block.starts, block.rows, block.values, mine.weights[f], normals, block.groups, mine.means[f + 1],
            mine.precisions[f + 1], mine.sums,
        )  # fmt: skip
        factor, squares = mine.sums[:, FACTOR].copy(), mine.sums[:, OWN].copy()
        # The products of the side's own features with each other are a bias.
        bias_change = 0.5 * ((factor**2 - squares) - (before**2 - squares_before))
        settle(mine.codes, other.codes, self.errors, factor - before, bias_change, other.factors[f])
        mine.factors[f], mine.squares[f] = factor, squares
