"""Fits a factorization to the training cells of a data set, step by step; the same for window and command line."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import Engine, FactorRows, Pairs, make_engine
from cfstudio.learning.history import History
from cfstudio.learning.kernels import shuffle_ahead
from cfstudio.learning.schedule import Schedule
from cfstudio.models.features import feature_columns
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

SAMPLE_SIZE = 20_000
"""Training cells whose RMSE is measured between epoch ends; at the end of an epoch all are."""
EVALUATIONS = ((0, 20), (1, 3), (10, 1))
"""Evaluations per epoch from an epoch on: many at first, where most happens; one costs a tenth of an epoch."""


class TrainingDiverged(ArithmeticError):  # noqa: N818 - says what happened
    """The loss is no longer a number; the last good factors are kept."""


class Trainer:
    """A run: deterministic on the CPU for a given start, split and settings, however it is cut into pieces.

    `held_out` (n_rows,) bool marks the ratings never trained on. Each epoch takes the training cells in a fresh random
    order. Raises ValueError with a sentence when there is nothing to train on or the start is not finite,
    RuntimeError when the device is missing.
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
        features = config.features if kind_named(config.model).takes_features else ""
        self._engine: Engine = make_engine(start, config, self.batch_size, feature_columns(ratings, features))
        self._shuffle_key = np.uint64(0)
        self._last_good = start.copy()
        self._divergence: TrainingDiverged | None = None
        self.history = History()
        self.step = 0
        self.seconds = 0.0
        if not self._evaluate():
            raise ValueError("The factors to start from are too large to give a finite error; reset them.")

    @property
    def engine_name(self) -> str:
        """What computes, for people."""
        return self._engine.name

    @property
    def device(self) -> str:
        """Where it computes: `cpu`, `cuda` or `mps`."""
        return self._engine.device

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

        Raises TrainingDiverged as soon as the loss or an RMSE is not finite, and again until the factors are replaced.
        """
        if self._divergence is not None:
            raise self._divergence
        if most_steps <= 0 or self.finished:
            return 0
        evaluation = self._next_evaluation()
        begun = time.perf_counter()
        rates, momenta = self._schedule.at(self.step, min(most_steps, evaluation - self.step))
        done = self._engine.steps(self._cells(len(rates)), rates, momenta, self.step)
        self.step += done
        self.seconds += time.perf_counter() - begun
        if done < len(rates) or (self.step == evaluation and not self._evaluate()):
            self._divergence = self._diverged()
            raise self._divergence
        return done

    def run_epoch(self) -> None:
        """Run to the end of the epoch."""
        end = self.step + self.steps_to_epoch_end
        while self.step < end and not self.finished:
            self.advance(end - self.step)

    def factorization(self) -> Factorization:
        """A copy of the present numbers, or of the last good ones after a divergence."""
        if self._divergence is None:
            present = self._engine.factorization()
            if _is_finite(present):
                return present
        return self._last_good.copy()

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some users' and items' numbers; the last good ones after a divergence."""
        if self._divergence is None:
            return self._engine.rows(users, items)
        return _rows(self._last_good, users, items)

    def replace_factors(self, factors: Factorization) -> None:
        """Go on from other numbers, with the optimizer's state as it is.

        Raises ValueError with a sentence when they are of another shape or model, or not finite.
        """
        self._engine.load(factors)
        self._last_good = factors.copy()
        self._divergence = None

    def _next_evaluation(self) -> int:
        """The next step at which to evaluate: a part of an epoch further, or its end."""
        epoch = self.step // self.steps_per_epoch
        per_epoch = next(count for first, count in reversed(EVALUATIONS) if epoch >= first)
        every = -(-self.steps_per_epoch // per_epoch)
        within = self.step % self.steps_per_epoch
        return self.step - within + min((within // every + 1) * every, self.steps_per_epoch)

    def _cells(self, n_steps: int) -> Pairs:
        """The training cells of the next steps, drawn now: no epoch begins with a wait, however large it is."""
        epoch, step = divmod(self.step, self.steps_per_epoch)
        begin = step * self.batch_size
        end = min(begin + n_steps * self.batch_size, len(self._train))
        if self.steps_per_epoch > 1:
            if step == 0:
                # A key per epoch: the order does not depend on how the run was cut into pieces.
                self._shuffle_key = np.random.SeedSequence([self._config.seed, epoch]).generate_state(1, np.uint64)[0]
            train = self._train
            shuffle_ahead(train.users, train.items, train.ratings, begin, end, self._shuffle_key)
        return self._train.part(begin, end)

    def _evaluate(self) -> bool:
        """Add a row to the history, unless an RMSE is not finite; returns whether it was."""
        at_epoch_end = self.step % self.steps_per_epoch == 0
        train_rmse = self._engine.rmse(self._train if at_epoch_end else self._sample)
        valid_rmse = self._engine.rmse(self._valid)
        if not math.isfinite(train_rmse) or (len(self._valid) and not math.isfinite(valid_rmse)):
            return False
        rate = float(self._schedule.at(self.step, 1)[0][0])
        self.history.append(self.step, self.epoch, train_rmse, valid_rmse, self.seconds, rate)
        # A run that is about to diverge is worse than its start long before it is infinite.
        if at_epoch_end and train_rmse <= self.history.train_rmse[0]:
            self._last_good = self._engine.factorization()
        return True

    def _diverged(self) -> TrainingDiverged:
        rate = float(self._schedule.at(self.step - 1, 1)[0][0])
        return TrainingDiverged(
            f"Training diverged by step {self.step:,} at learning rate {rate:.3g}: the error is no longer a "
            "number. The last good factors are kept; try a learning rate ten times smaller."
        )


def _pairs(ratings: Ratings, rows: IntArray) -> Pairs:
    return Pairs(ratings.users[rows], ratings.items[rows], ratings.values[rows].astype(np.float32))


def _is_finite(factors: Factorization) -> bool:
    return all(bool(np.isfinite(array).all()) for array in factors.arrays().values())


def _rows(factors: Factorization, users: IntArray, items: IntArray) -> FactorRows:
    arrays = {name: array.astype(np.float32) for name, array in factors.arrays().items()}
    user_bias, item_bias = arrays.pop("user_bias", None), arrays.pop("item_bias", None)
    return FactorRows(
        arrays.pop("user_factors")[users],
        arrays.pop("item_factors")[items],
        None if user_bias is None else user_bias[users],
        None if item_bias is None else item_bias[items],
        arrays,
    )
