"""Fits a factorization to the training cells of a data set, step by step; the same for window and command line."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import Engine, FactorRows, Pairs, make_engine
from cfstudio.learning.history import History
from cfstudio.learning.schedule import Schedule

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

SAMPLE_SIZE = 20_000
"""Training cells whose RMSE is measured between epoch ends; at the end of an epoch all are."""
EARLY_EVALUATIONS, LATER_EVALUATIONS = 20, 3
"""Evaluations per epoch: many in the first, where most happens, then as few as keep training fast."""


class TrainingDiverged(ArithmeticError):  # noqa: N818 - says what happened
    """The loss is no longer a number; the last finite factors are kept."""


class Trainer:
    """A run: deterministic on the CPU for a given start, split and settings, however it is cut into pieces.

    `held_out` (n_rows,) bool marks the ratings never trained on. Each epoch takes the training cells in a fresh random
    order. Raises ValueError with a sentence when there is nothing to train on, RuntimeError when the device is missing.
    """

    def __init__(self, ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> None:
        rated = ratings.rated
        self._train = _pairs(ratings, np.flatnonzero(rated & ~held_out))
        self._valid = _pairs(ratings, np.flatnonzero(rated & held_out))
        if not len(self._train):
            raise ValueError("There is no rating to train on; rate some cells or hold fewer out.")
        n = len(self._train)
        self._sample = self._train
        if n > SAMPLE_SIZE:
            chosen = np.random.default_rng(config.seed).choice(n, SAMPLE_SIZE, replace=False)
            self._sample = self._train.take(np.sort(chosen))
        self._config = config
        self.batch_size = min(config.batch_size or n, n)
        self.steps_per_epoch = -(-n // self.batch_size)
        self.total_steps = self.steps_per_epoch * config.epochs
        self._schedule = Schedule(config.schedule, config.learning_rate, self.total_steps)
        self._engine: Engine = make_engine(start, config, self.batch_size)
        self._last_finite = start
        self.history = History()
        self.step = 0
        self.seconds = 0.0
        self._evaluate()

    @property
    def engine_name(self) -> str:
        """What computes, for people."""
        return self._engine.name

    @property
    def epoch(self) -> float:
        """Epochs done, with fractions."""
        return self.step / self.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.step >= self.total_steps

    @property
    def steps_to_epoch_end(self) -> int:
        """Steps from here to the end of the epoch."""
        return self.steps_per_epoch - self.step % self.steps_per_epoch

    def advance(self, most_steps: int) -> int:
        """Do up to that many steps, ending early at the next evaluation; returns how many were done.

        Raises TrainingDiverged when an evaluation gives no finite RMSE.
        """
        count = min(most_steps, self._next_evaluation() - self.step, self.total_steps - self.step)
        if count <= 0:
            return 0
        begun = time.perf_counter()
        first = self.step % self.steps_per_epoch
        if first == 0:
            self._shuffle()
        rates, momenta = self._schedule.at(self.step, count)
        self._engine.steps(first, rates, momenta, self.step)
        self.step += count
        self.seconds += time.perf_counter() - begun
        if self.step == self._next_evaluation(self.step - 1):
            self._evaluate()
        return count

    def run_epoch(self) -> None:
        """Run to the end of the epoch."""
        end = self.step + self.steps_to_epoch_end
        while self.step < end and not self.finished:
            self.advance(end - self.step)

    def factorization(self) -> Factorization:
        """A copy of the present numbers, or of the last finite ones after a divergence."""
        return self._last_finite.copy() if self._has_diverged else self._engine.factorization()

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some users' and items' numbers."""
        return self._engine.rows(users, items)

    def replace_factors(self, factors: Factorization) -> None:
        """Go on from other numbers, with the optimizer's state as it is."""
        self._engine.load(factors)
        self._last_finite = factors.copy()

    @property
    def _has_diverged(self) -> bool:
        return bool(len(self.history)) and not math.isfinite(self.history.train_rmse[-1])

    def _next_evaluation(self, step: int | None = None) -> int:
        """The first step after `step` at which to evaluate: a part of an epoch further, or its end."""
        step = self.step if step is None else step
        per_epoch = EARLY_EVALUATIONS if step < self.steps_per_epoch else LATER_EVALUATIONS
        every = -(-self.steps_per_epoch // per_epoch)
        within = step % self.steps_per_epoch
        return step - within + min((within // every + 1) * every, self.steps_per_epoch)

    def _shuffle(self) -> None:
        n, epoch = len(self._train), self.step // self.steps_per_epoch
        if self.batch_size == n:
            self._engine.begin_epoch(self._train)
            return
        # A generator per epoch: the order does not depend on how the run was cut into pieces.
        order = np.random.default_rng([self._config.seed, epoch]).permutation(n)
        self._engine.begin_epoch(self._train.take(order))

    def _evaluate(self) -> None:
        at_epoch_end = self.step % self.steps_per_epoch == 0
        train_rmse = self._engine.rmse(self._train if at_epoch_end else self._sample)
        rate = float(self._schedule.at(self.step, 1)[0][0])
        self.history.append(
            self.step, self.epoch, train_rmse, self._engine.rmse(self._valid), self.seconds, rate
        )
        if not math.isfinite(train_rmse):
            raise TrainingDiverged(
                f"Training diverged by step {self.step:,} at learning rate {rate:.3g}: the error is no longer a "
                "number. The last finite factors are kept; try a learning rate ten times smaller."
            )
        if at_epoch_end or self.steps_per_epoch == 1:
            self._last_finite = self._engine.factorization()


def _pairs(ratings: Ratings, rows: IntArray) -> Pairs:
    return Pairs(ratings.users[rows], ratings.items[rows], ratings.values[rows].astype(np.float32))
