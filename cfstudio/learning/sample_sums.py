"""What a run of samples adds up: the mean of their numbers and of their predictions, and a few of them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning.mean_factors import MeanFactors
from cfstudio.learning.posterior import SampleKeeper
from cfstudio.learning.sampler_memory import OF_ANOTHER, named, part_named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cfstudio.learning.gibbs import FoldedSample
    from cfstudio.learning.sampler_memory import Memory

    Numbers = NDArray[np.float64]

GROWING = ("mean.pending_user_factors", "mean.pending_item_factors", "kept.users", "kept.items")
"""Arrays of `SampleSums.memory` with a row for each of some samples, or of their factors."""


def check_counts(memory: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError with a sentence where the two sides have not as many samples, or a count is none."""
    n_rows = [len(memory[name]) for name in GROWING]
    every, seen = memory["kept.every_and_seen"]
    if n_rows[0] != n_rows[1] or n_rows[2] != n_rows[3] or every < 1 or seen < n_rows[2]:
        raise ValueError(OF_ANOTHER)


class SampleSums:
    """The mean over samples, exact for the cells that are measured, of small rank for all others.

    `n_ratings` and `n_valid` are the numbers of training and of held-out cells, the rest is as in `MeanFactors` and
    `SampleKeeper`; `sampled` is the number of factors of a sample.
    """

    def __init__(
        self, user_counts: Numbers, item_counts: Numbers, rank: int, sampled: int, n_ratings: int, n_valid: int
    ) -> None:
        self.mean = MeanFactors(user_counts, item_counts, rank)
        self.keeper = SampleKeeper(len(user_counts), len(item_counts), sampled)
        self._errors = np.zeros(n_ratings)
        self._expected = np.zeros(n_valid)

    def add(self, sample: FoldedSample, errors: Numbers, expected: Numbers) -> bool:
        """Count a sample, its errors (n_ratings,) and what it expects of the held-out cells (n_valid,).

        Returns what `MeanFactors.add` does.
        """
        self.keeper.add(sample)
        self._errors += errors
        self._expected += expected
        return self.mean.add(sample)

    def errors(self) -> Numbers:
        """(n_ratings,) errors of the mean prediction of training cells."""
        return self._errors / self.mean.n_samples

    def expected(self) -> Numbers:
        """(n_valid,) mean prediction of held-out cells."""
        return self._expected / self.mean.n_samples

    def memory(self) -> Memory:
        """A copy of all sums."""
        return {
            **named("mean", self.mean.memory()),
            **named("kept", self.keeper.memory()),
            "error_sum": self._errors.copy(),
            "expected_sum": self._expected.copy(),
        }

    def load_memory(self, memory: Mapping[str, NDArray[Any]]) -> None:
        """The inverse of `memory`, for arrays of the same shapes."""
        self.mean.load_memory(part_named("mean", memory))
        self.keeper.load_memory(part_named("kept", memory))
        self._errors[...], self._expected[...] = memory["error_sum"], memory["expected_sum"]
