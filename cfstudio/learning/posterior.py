"""How sure a Bayesian model is of each prediction: a few of its samples, spread evenly over the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.gibbs import FoldedSample
    from cfstudio.learning.sampler_memory import Memory
    from cfstudio.models.factorization import Factorization

    Halves = NDArray[np.float16]
    Codes = NDArray[np.integer[Any]]

MOST_SAMPLES = 32
"""Samples kept at most: they give a standard deviation within an eighth of its value (1/√(2·32))."""
FEWEST_SAMPLES = 4
MOST_BYTES = 64 * 2**20
"""Memory of the kept samples; with millions of users fewer are kept."""
PAIRS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Posterior:
    """Samples of a model: `users` (n_samples, n_users, rank + 1) and `items` (n_samples, n_items, rank + 1) float16.

    The last column is the bias. `noise` (n_users,) float32 is the standard deviation of a user's ratings around what
    the model expects, in rating points. `mean` is the factorization whose predictions these are the uncertainty of.
    """

    users: Halves
    items: Halves
    noise: NDArray[np.float32]
    mean: Factorization

    def predictions(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n_samples, n) float64 what each sample expects of n pairs of codes."""
        expected = np.empty((len(self.users), len(users)))
        for row, one, other in zip(expected, self.users, self.items, strict=True):
            left, right = one[users].astype(np.float64), other[items].astype(np.float64)
            row[:] = np.einsum("nf,nf->n", left[:, :-1], right[:, :-1]) + left[:, -1] + right[:, -1]
        return expected

    def spread(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n,) standard deviation of the expected rating between samples: what more ratings would make smaller."""
        spread = np.empty(len(users))
        for start in range(0, len(users), PAIRS_AT_ONCE):
            piece = slice(start, start + PAIRS_AT_ONCE)
            spread[piece] = self.predictions(users[piece], items[piece]).std(axis=0, ddof=1)
        return spread

    def uncertainty(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n,) standard deviation of a new rating around its prediction: spread and the user's noise together."""
        return np.sqrt(self.spread(users, items) ** 2 + self.noise[users].astype(np.float64) ** 2)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The samples and the noise by name, for a file."""
        return {"users": self.users, "items": self.items, "noise": self.noise}

    def fits(self, n_users: int, n_items: int) -> bool:
        """Whether the arrays are of the types and shapes that so many users and items need."""
        users, items = self.users, self.items
        return (
            [users.dtype, items.dtype, self.noise.dtype] == [np.float16, np.float16, np.float32]
            and users.ndim == items.ndim == 3
            and len(users) == len(items) > 1
            and users.shape[1:] == (n_users, items.shape[2])
            and items.shape[1] == n_items
            and self.noise.shape == (n_users,)
        )

    def describes(self, factors: Factorization, user: int, item: int) -> bool:
        """Whether the cell's numbers still are those that were sampled, and not edited or trained since."""
        mean = self.mean
        if len(factors.user_factors) != len(mean.user_factors) or len(factors.item_factors) != len(mean.item_factors):
            return False
        rows = (("user_factors", user), ("item_factors", item), ("user_bias", user), ("item_bias", item))
        return all(
            getattr(factors, name) is not None
            and np.array_equal(getattr(factors, name)[code], getattr(mean, name)[code])
            for name, code in rows
        )


class SampleKeeper:
    """Keeps a few samples of a run of any length, evenly spaced: when it is full, every other one goes."""

    def __init__(self, n_users: int, n_items: int, rank: int) -> None:
        each = 2 * (n_users + n_items) * (rank + 1)
        fitting = max(MOST_BYTES // each, FEWEST_SAMPLES)
        self._most = int(min(fitting, MOST_SAMPLES)) // 2 * 2
        self._every = 1
        self._seen = 0
        self._kept: list[tuple[Halves, Halves]] = []
        self._shapes = (n_users, rank + 1), (n_items, rank + 1)
        self._variance_sum = np.zeros(n_users)

    def add(self, sample: FoldedSample) -> None:
        """Take note of the next sample."""
        if self._seen % self._every == 0:
            if len(self._kept) == self._most:
                self._kept = self._kept[::2]
                self._every *= 2
            if self._seen % self._every == 0:
                users = _packed(sample.user_factors, sample.user_bias)
                self._kept.append((users, _packed(sample.item_factors, sample.item_bias)))
        self._seen += 1
        self._variance_sum += 1.0 / sample.noise_precisions

    def memory(self) -> Memory:
        """A copy of the kept samples, and of how many have been seen and which are kept."""
        return {
            "users": self._stacked(0),
            "items": self._stacked(1),
            "variance_sum": self._variance_sum.copy(),
            "every_and_seen": np.array([self._every, self._seen]),
        }

    def load_memory(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of `memory`, for arrays of the same shapes."""
        self._kept = list(zip(memory["users"].copy(), memory["items"].copy(), strict=True))
        self._variance_sum = memory["variance_sum"].copy()
        self._every, self._seen = (int(one) for one in memory["every_and_seen"])

    def _stacked(self, side: int) -> Halves:
        return np.array([pair[side] for pair in self._kept], dtype=np.float16).reshape(-1, *self._shapes[side])

    def posterior(self, mean: Factorization) -> Posterior | None:
        """What is kept, None with fewer than two samples; `mean` is the mean of all."""
        if len(self._kept) < 2:
            return None
        noise = np.sqrt(self._variance_sum / self._seen).astype(np.float32)
        return Posterior(self._stacked(0), self._stacked(1), noise, mean)


def _packed(factors: NDArray[np.float64], bias: NDArray[np.float64]) -> Halves:
    """Half precision: a thousandth of a number, far below what 32 samples can tell."""
    return np.hstack([factors, bias[:, None]]).astype(np.float16)
