"""How sure a Bayesian model is of each prediction: a few of its samples, spread evenly over the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.gibbs import FoldedSample

    Floats = NDArray[np.float32]
    Codes = NDArray[np.integer[Any]]

MOST_SAMPLES = 32
"""Samples kept at most: they give a standard deviation within an eighth of its value (1/√(2·32))."""
MOST_BYTES = 64 * 2**20
"""Memory of the kept samples; with millions of users fewer are kept."""
FEWEST_SAMPLES = 4
PAIRS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Posterior:
    """Samples of a model: `users` (n_samples, n_users, rank + 1) and `items` (n_samples, n_items, rank + 1) float32.

    The last column is the bias. `noise` is the standard deviation of a rating around what the model expects, in rating
    points.
    """

    users: Floats
    items: Floats
    noise: float

    def predictions(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n_samples, n) float64 what each sample expects of n pairs of codes."""
        samples = [
            np.einsum("nf,nf->n", one[users, :-1], other[items, :-1], dtype=np.float64)
            + one[users, -1]
            + other[items, -1]
            for one, other in zip(self.users, self.items, strict=True)
        ]
        return np.array(samples)

    def spread(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n,) standard deviation of the expected rating between samples: what more data would make smaller."""
        spread = np.empty(len(users))
        for start in range(0, len(users), PAIRS_AT_ONCE):
            piece = slice(start, start + PAIRS_AT_ONCE)
            spread[piece] = self.predictions(users[piece], items[piece]).std(axis=0, ddof=1)
        return spread

    def uncertainty(self, users: Codes, items: Codes) -> NDArray[np.float64]:
        """(n,) standard deviation of a new rating around its prediction: spread and noise together."""
        return np.asarray(np.sqrt(self.spread(users, items) ** 2 + self.noise**2))


class SampleKeeper:
    """Keeps a few samples of a run of any length, evenly spaced: when it is full, every other one goes."""

    def __init__(self, n_bytes_each: int) -> None:
        fitting = max(MOST_BYTES // max(n_bytes_each, 1), FEWEST_SAMPLES)
        self._most = int(min(fitting, MOST_SAMPLES)) // 2 * 2
        self._every = 1
        self._seen = 0
        self._kept: list[tuple[Floats, Floats]] = []
        self._noise_sum = 0.0

    @staticmethod
    def n_bytes(n_users: int, n_items: int, rank: int) -> int:
        """Memory of one kept sample."""
        return 4 * (n_users + n_items) * (rank + 1)

    def add(self, sample: FoldedSample) -> None:
        """Take note of the next sample."""
        if self._seen % self._every == 0:
            if len(self._kept) == self._most:
                self._kept = self._kept[::2]
                self._every *= 2
            if self._seen % self._every == 0:
                self._kept.append(
                    (_packed(sample.user_factors, sample.user_bias), _packed(sample.item_factors, sample.item_bias))
                )
        self._seen += 1
        self._noise_sum += 1.0 / sample.noise_precision

    def posterior(self) -> Posterior | None:
        """What is kept, None with fewer than two samples."""
        if len(self._kept) < 2:
            return None
        users, items = zip(*self._kept, strict=True)
        return Posterior(np.stack(users), np.stack(items), float(np.sqrt(self._noise_sum / self._seen)))


def _packed(factors: NDArray[np.float64], bias: NDArray[np.float64]) -> Floats:
    return np.hstack([factors, bias[:, None]]).astype(np.float32)
