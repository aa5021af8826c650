"""The rated cells of a run: those trained on, in an order of each epoch's own, those held out, and a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.cell_kernels import shuffle_ahead, shuffle_back
from cfstudio.learning.engine import Pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

SAMPLE_SIZE = 20_000
"""Training cells whose RMSE is measured between epoch ends; at the end of an epoch all are."""


class TrainingCells:
    """Hands out the batches of a run, step by step; may go back.

    The order of a step's cells depends on the seed and the step alone, not on how the run was cut into pieces.
    `held_out` (n_rows,) bool marks the ratings never trained on. Raises ValueError with a sentence when there is
    nothing to train on.
    """

    def __init__(self, ratings: Ratings, held_out: BoolArray, batch_size: int, seed: int) -> None:
        rated = ratings.rated
        self.train = _pairs(ratings, np.flatnonzero(rated & ~held_out))
        self.valid = _pairs(ratings, np.flatnonzero(rated & held_out))
        n = len(self.train)
        if not n:
            raise ValueError("There is no rating to train on; rate some cells or hold fewer out.")
        self.sample = self.train
        if n > SAMPLE_SIZE:
            chosen = np.random.default_rng(seed).choice(n, SAMPLE_SIZE, replace=False)
            self.sample = self.train.take(np.sort(chosen))
        self.batch_size = min(batch_size or n, n)
        self.steps_per_epoch = -(-n // self.batch_size)
        self.seed = seed
        self._step = 0
        self._key = (-1, np.uint64(0))

    def ahead(self, n_steps: int) -> Pairs:
        """The cells of the next steps, which must not pass the end of the epoch.

        They are drawn now: no epoch begins with a wait, however large it is.
        """
        begin, end = self._places(self._step, self._step + n_steps)
        self.go_to(self._step + n_steps)
        return self.train.part(begin, end)

    def n_cells(self, step: int, n_steps: int) -> int:
        """How many cells the steps from `step` on have; they lie in one epoch."""
        begin, end = self._places(step, step + n_steps)
        return end - begin

    def go_to(self, step: int) -> None:
        """Put the order as it is after so many steps of the run, forward or back."""
        while self._step < step:
            epoch = self._step // self.steps_per_epoch
            until = min(step, (epoch + 1) * self.steps_per_epoch)
            self._shuffle(shuffle_ahead, epoch, self._step, until)
            self._step = until
        while self._step > step:
            epoch = (self._step - 1) // self.steps_per_epoch
            since = max(step, epoch * self.steps_per_epoch)
            self._shuffle(shuffle_back, epoch, since, self._step)
            self._step = since

    def _shuffle(self, shuffle: Callable[..., None], epoch: int, first: int, last: int) -> None:
        if self.steps_per_epoch == 1:
            return
        if self._key[0] != epoch:
            sequence = np.random.SeedSequence([self.seed, epoch])
            self._key = (epoch, sequence.generate_state(1, np.uint64)[0])
        begin, end = self._places(first, last)
        shuffle(self.train.users, self.train.items, self.train.ratings, begin, end, self._key[1])

    def _places(self, first: int, last: int) -> tuple[int, int]:
        """Places of the cells of the steps from `first` to before `last`, which lie in one epoch."""
        begin = first % self.steps_per_epoch * self.batch_size
        return begin, min(begin + (last - first) * self.batch_size, len(self.train))


def _pairs(ratings: Ratings, rows: IntArray) -> Pairs:
    return Pairs(ratings.users[rows], ratings.items[rows], ratings.values[rows].astype(np.float32))
