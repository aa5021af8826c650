"""Fits a factorization to the training cells of a data set, step by step; the same for window and command line."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, TypeVar

from cfstudio.learning.checkpoints import Checkpoints
from cfstudio.learning.counted_run import CountedRun
from cfstudio.learning.device_failure import FAILURES, failure_notice, first_engine, on_cpu
from cfstudio.learning.engine import Engine, FactorRows, is_finite, learned_columns
from cfstudio.learning.evaluations import next_evaluation
from cfstudio.learning.history import History
from cfstudio.learning.live_settings import changed_settings, with_setting
from cfstudio.learning.run_state import RunState
from cfstudio.learning.schedule import Schedule
from cfstudio.learning.stop_rules import goal_is_reached, patience_is_over, time_is_up
from cfstudio.learning.stretch import begin_rows, do_steps
from cfstudio.learning.training_cells import TrainingCells

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

T = TypeVar("T")


class TrainingDiverged(ArithmeticError):  # noqa: N818 - says what happened
    """The loss is no longer a number; the last good factors are kept."""


class Trainer(CountedRun):
    """A run: deterministic on the CPU for a given start, split and settings, however it is cut into pieces.

    `held_out` (n_rows,) bool marks the ratings never trained on. Each epoch takes the training cells in a fresh random
    order. Raises ValueError with a sentence when there is nothing to train on or the start is not finite,
    RuntimeError when the device is missing.
    """

    def __init__(self, ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> None:
        self._cells = TrainingCells(ratings, held_out, config.batch_size, config.seed)
        super().__init__(config, self._cells.steps_per_epoch)
        self.batch_size = self._cells.batch_size
        self._schedule = Schedule.of(config, self.total_steps, self.steps_per_epoch)
        self._features = learned_columns(ratings, config)
        self._engine: Engine
        self._engine, self.notice = first_engine(start, config, self.batch_size, self._features)
        self._last_good = start.copy()
        self._best: Factorization | None = None
        self._divergence: TrainingDiverged | None = None
        self._batch_cells = 0
        self.history = History()
        if not self._evaluate():
            raise ValueError("The factors to start from are too large to give a finite error; reset them.")
        self._checkpoints = Checkpoints()
        self.checkpoint()

    @property
    def engine_name(self) -> str:
        """What computes, for people."""
        return self._engine.name

    @property
    def device(self) -> str:
        """Where it computes: `cpu`, `cuda` or `mps`."""
        return self._engine.device

    def advance(self, most_steps: int) -> int:
        """Do up to that many steps, ending early at the next evaluation; returns how many were done.

        Raises TrainingDiverged as soon as the loss or an RMSE is not finite, and again until the factors are replaced.
        """
        if self._divergence is not None:
            raise self._divergence
        if most_steps <= 0 or self.finished:
            return 0
        evaluation = next_evaluation(self.step, self.steps_per_epoch)
        begun = time.perf_counter()
        rates, momenta = self._schedule.at(self.step, min(most_steps, evaluation - self.step))
        before, is_checkpoint_due = self.step, self._checkpoints.is_due
        # what is kept for good must be known to be finite
        settles = is_checkpoint_due or before + len(rates) == evaluation
        done = self._asked(lambda engine: do_steps(engine, self._cells, rates, momenta, before, settles=settles))
        self.step += done
        self._batch_cells += self._cells.n_cells(before, len(rates))
        self.seconds += time.perf_counter() - begun
        if done < len(rates) or (self.step == evaluation and not self._evaluate()):
            self._divergence = self._diverged()
            raise self._divergence
        self._stop_where_due(is_measured=self.step == evaluation)
        if is_checkpoint_due:
            self.checkpoint()
        return done

    def run_epoch(self) -> None:
        """Run to the end of the epoch."""
        self._advance_to(self.step + self.steps_to_epoch_end)

    def change(self, config: TrainingConfig) -> None:
        """Take over settings from the next step on.

        Raises ValueError with a sentence when one that may not change during a run differs.
        """
        changed = changed_settings(self._config, config)
        self.history.changes += [(self.step, name, value) for name, value in changed]
        self._adopt(config)

    def _adopt(self, config: TrainingConfig) -> None:
        self._config = config
        self._schedule = Schedule.of(config, self.total_steps, self.steps_per_epoch)
        self._engine.change(config)

    def state(self) -> RunState:
        """All that the run needs to go on from here. Raises TrainingDiverged after a divergence."""
        if self._divergence is not None:
            raise self._divergence
        return RunState(
            self.step,
            self.seconds,
            self._config,
            self._asked(lambda engine: engine.factorization()),
            self._asked(lambda engine: engine.memory()),
            self.history.copy(),
            self._asked(lambda engine: float(engine.report[0])),
            self._batch_cells,
            self._best,
        )

    def restore(self, state: RunState) -> None:
        """Go on from there, as if the run had never done anything else; `rewind` goes back to there and no further.

        Raises ValueError with a sentence when the state is of a run with other data, split, settings or model.
        """
        self.check_own(state)
        self._go_to(state)
        # Which numbers the run began with is not known: those given here are not they.
        self._checkpoints.forget("where it was resumed")
        self.checkpoint()

    def _go_to(self, state: RunState) -> None:
        self._asked(lambda engine: engine.load(state.factors))
        self._asked(lambda engine: engine.load_memory(state.memory))
        self.step, self.seconds = state.step, state.seconds
        self.history = state.history.copy()
        self._engine.report[0], self._batch_cells = state.batch_error, state.batch_cells
        self._best, self._last_good = state.best, state.factors
        self._divergence, self.stopped_because = None, ""
        self._adopt(state.config)
        self._stop_where_due(is_measured=self.step == self.history.steps[-1])

    def factorization(self) -> Factorization:
        """A copy of the present numbers, or of the last good ones after a divergence."""
        if self._divergence is None:
            present = self._asked(lambda engine: engine.factorization())
            if is_finite(present):
                return present
        return self._last_good.copy()

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some users' and items' numbers; the last good ones after a divergence."""
        if self._divergence is None:
            return self._asked(lambda engine: engine.rows(users, items))
        return FactorRows.of(self._last_good, users, items)

    def begin_rows(self, users: IntArray, items: IntArray) -> Callable[[], FactorRows | None]:
        """Send for `rows`, and what to ask for them: None while a device is still to send them."""
        if self._divergence is not None:
            return lambda: self.rows(users, items)
        return self._asked(lambda engine: begin_rows(engine, users, items))

    def replace_factors(self, factors: Factorization) -> None:
        """Go on from other numbers, with the optimizer's state as it is.

        Raises ValueError with a sentence when they are of another shape or model, or not finite.
        """
        self._asked(lambda engine: engine.load(factors))
        self._last_good = factors.copy()
        self._divergence = None
        self._checkpoints.forget("where its numbers were edited")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Keep the present state for `rewind`; the latest few are kept, and the first one."""
        begun = time.perf_counter()
        self._checkpoints.keep(self.state(), time.perf_counter() - begun)

    def rewind(self, step: int) -> None:
        """Go back to an earlier step: from the latest checkpoint before it, by doing again the steps up to it.

        The live settings stay those of now. Raises ValueError with a sentence when no checkpoint is early enough.
        """
        state = self._checkpoints.latest_until(step)
        config, changes = self._config, self.history.changes[len(state.history.changes) :]
        self._go_to(state)
        for at, name, value in changes:
            if at < step:
                self._advance_to(at)
                self.change(with_setting(self._config, name, value))
        self._advance_to(step)
        self.change(config)

    def _advance_to(self, step: int) -> None:
        while self.step < step and not self.finished:
            self.advance(step - self.step)

    def _asked(self, ask: Callable[[Engine], T]) -> T:
        """The engine's answer; where its device fails, that of a CPU that goes on from the last factors."""
        try:
            return ask(self._engine)
        except FAILURES as error:
            if self._engine.device == "cpu":
                raise
            self.notice = failure_notice(self._engine.device, self.step, error)
            self._engine = on_cpu(self._engine, self._config, self.batch_size, self._last_good, self._features)
            return ask(self._engine)

    def _evaluate(self) -> bool:
        """Add a row to the history, unless an RMSE is not finite; returns whether it was."""
        at_epoch_end = self.step % self.steps_per_epoch == 0
        cells = self._cells
        train_rmse = self._asked(lambda engine: engine.rmse(cells.train if at_epoch_end else cells.sample))
        valid_rmse = self._asked(lambda engine: engine.rmse(cells.valid))
        if not math.isfinite(train_rmse) or (len(cells.valid) and not math.isfinite(valid_rmse)):
            return False
        rate = float(self._schedule.at(self.step, 1)[0][0])
        self.history.append(self.step, self.epoch, train_rmse, valid_rmse, self.seconds, rate, *self._more_measured())
        # A run that is about to diverge is worse than its start long before it is infinite.
        if at_epoch_end and train_rmse <= self.history.train_rmse[0]:
            self._last_good = self._asked(lambda engine: engine.factorization())
        if at_epoch_end and self._config.keeps_best and self.history.best_epoch == (valid_rmse, self.step):
            self._best = self._asked(lambda engine: engine.factorization())
        return True

    def _more_measured(self) -> tuple[float, float, float, float]:
        """RMSE of the batches since the last measurement, length of the last gradient, lengths of the factors."""
        report, n_cells = self._engine.report, self._batch_cells
        batch_rmse = math.sqrt(report[0] / n_cells) if n_cells else math.nan
        gradient = math.sqrt(report[1]) if n_cells else math.nan
        report[0], self._batch_cells = 0.0, 0
        return batch_rmse, gradient, *self._asked(lambda engine: engine.factor_lengths())

    def _stop_where_due(self, *, is_measured: bool) -> None:
        """End the run where all epochs are done or a rule says so."""
        because = time_is_up(self._config, self.seconds)
        if is_measured and self.step > 0:
            because = goal_is_reached(self._config, self.history) or because
            if self.step % self.steps_per_epoch == 0:
                because = because or patience_is_over(self._config, self.history)
        if self.step >= self.total_steps:
            because = because or f"All epochs are done: {self._config.epochs:,}."
        self.stopped_because = because
        if because and self._config.keeps_best:
            self._keep_best()

    def _keep_best(self) -> None:
        best = self.history.best_epoch
        if self._best is not None and best is not None and best[1] != self.step:
            self._engine.load(self._best)
            self.stopped_because += f" The numbers of epoch {best[1] // self.steps_per_epoch} are kept: {best[0]:.4f}."

    def _diverged(self) -> TrainingDiverged:
        rate = float(self._schedule.at(self.step - 1, 1)[0][0])
        return TrainingDiverged(
            f"Training diverged by step {self.step:,} at learning rate {rate:.3g}: the error is no longer a "
            "number. The last good factors are kept; try a learning rate ten times smaller."
        )
