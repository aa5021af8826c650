"""A run of the Bayesian factorization machine, with the interface of `Trainer`: an epoch is a sweep of the sampler."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.checkpoints import Checkpoints
from cfstudio.learning.counted_run import CountedRun
from cfstudio.learning.engine import FactorRows, Pairs
from cfstudio.learning.gibbs import GibbsSampler
from cfstudio.learning.history import History
from cfstudio.learning.live_settings import changed_settings
from cfstudio.learning.one_blas_thread import one_blas_thread
from cfstudio.learning.run_state import RunState
from cfstudio.learning.sample_sums import GROWING, SampleSums, check_counts
from cfstudio.learning.sampler_memory import check_alike
from cfstudio.learning.stop_rules import goal_is_reached, patience_is_over, time_is_up
from cfstudio.learning.sweep import LONGEST_BURN_IN, sampled_factors, steps_per_sweep
from cfstudio.models.bayes_features import bayes_features
from cfstudio.models.centering import centered
from cfstudio.models.factorization import Factorization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.gibbs import FoldedSample
    from cfstudio.learning.posterior import Posterior
    from cfstudio.learning.sampler_memory import Memory
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings

    Numbers = NDArray[np.float64]


class GibbsTrainer(CountedRun):
    """Samples, averages and measures; deterministic for a given split and settings, however it is cut into pieces.

    A step is one part of a sweep (`GibbsSampler.step`), an epoch a sweep. The history has the RMSE of the mean over all
    samples so far, of the present sample during the burn-in. `factorization` is that mean with `start`'s number of
    factors. Raises ValueError with a sentence when there is nothing to train on or a feature is not there.
    """

    engine_name = "Gibbs sampler, numba float64"
    device = "cpu"

    def __init__(self, ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> None:
        train, valid = (np.flatnonzero(ratings.rated & part) for part in (~held_out, held_out))
        if not len(train):
            raise ValueError("There is no rating to train on; rate some cells or hold fewer out.")
        super().__init__(config, steps_per_sweep(start.n_factors))
        self._start = start
        self._pairs = Pairs(ratings.users[train], ratings.items[train], ratings.values[train].astype(np.float32))
        self._blocks = bayes_features(ratings, held_out, config.features)
        self._valid = ratings.users[valid], ratings.items[valid], ratings.values[valid]
        self._rank = sampled_factors(start.n_factors)
        self._burn_in = min(config.epochs // 5, LONGEST_BURN_IN)
        self.batch_size = len(train)
        self._checkpoints = Checkpoints(can_begin_anew=True)
        self._begin()

    def _begin(self) -> None:
        """Go to the first step."""
        n_users, n_train, n_valid = len(self._start.user_factors), len(self._pairs), len(self._valid[0])
        noise_of = np.arange(n_users)
        self._sampler = sampler = GibbsSampler(self._pairs, *self._blocks, self._rank, self._config.seed, noise_of)
        counts = sampler.users.counts, sampler.items.counts
        self._sums = SampleSums(*counts, self._start.n_factors, self._rank, n_train, n_valid)
        self._shown = self._start
        self.step, self.seconds = 0, 0.0
        self.stopped_because = ""
        self.history = History()
        self._evaluate(sampler.errors, sampler.folded().predict(*self._valid[:2]))

    def advance(self, most_steps: int) -> int:
        """Do up to that many steps, ending early at the end of a sweep; returns how many were done."""
        if most_steps <= 0 or self.finished:
            return 0
        begun = time.perf_counter()
        n_steps = min(most_steps, self.steps_to_epoch_end)
        with one_blas_thread():
            for _ in range(n_steps):
                self._sampler.step(self.step % self.steps_per_epoch)
                self.step += 1
            self.seconds += time.perf_counter() - begun
            is_measured = self.step % self.steps_per_epoch == 0
            if is_measured:
                self._end_sweep()
        self._stop_where_due(is_measured=is_measured)
        if self._checkpoints.is_due:
            self.checkpoint()
        return n_steps

    def run_epoch(self) -> None:
        """Run to the end of the sweep."""
        self.advance(self.steps_to_epoch_end)

    def change(self, config: TrainingConfig) -> None:
        """Take over settings from the next step on: when the run ends.

        Raises ValueError with a sentence when one that may not change during a run differs.
        """
        self.history.changes += [(self.step, name, value) for name, value in changed_settings(self._config, config)]
        self._config = config

    def state(self) -> RunState:
        """All that the run needs to go on from here."""
        return RunState(
            self.step, self.seconds, self._config, self.factorization(), self._memory(), self.history.copy()
        )

    def restore(self, state: RunState) -> None:
        """Go on from there, as if the run had never done anything else.

        Raises ValueError with a sentence when the state is of a run with other data, split, settings or model.
        """
        self.check_own(state)
        check_alike(state.memory, self._memory(), GROWING)
        check_counts(state.memory)
        self._go_to(state)
        self._stop_where_due(is_measured=self.step > 0 and self.step % self.steps_per_epoch == 0)
        self.checkpoint()

    def _go_to(self, state: RunState) -> None:
        self._sampler.load_memory(state.memory)
        self._sums.load_memory(state.memory)
        self.step, self.seconds = state.step, state.seconds
        self._config, self.history = state.config, state.history.copy()
        self.stopped_because = ""
        self._shown = self.factorization()

    def _memory(self) -> Memory:
        return {**self._sampler.memory(), **self._sums.memory()}

    def checkpoint(self) -> None:
        """Keep the present state for `rewind`, where it has room."""
        begun = time.perf_counter()
        self._checkpoints.keep(self.state(), time.perf_counter() - begun)

    def rewind(self, step: int) -> None:
        """Go back to an earlier step: from the latest state kept before it, else by sampling up to it anew.

        The live settings stay those of now: they move no number.
        """
        config, changes = self._config, self.history.changes
        state = self._checkpoints.find(step)
        if state is None:
            self._begin()
        else:
            self._go_to(state)
        if step - self.step > self.steps_per_epoch:
            # Who steps back once will do so again.
            self._redo(step - self.steps_per_epoch)
            self.checkpoint()
        self._redo(step)
        self.history.changes = [(min(at, step), name, value) for at, name, value in changes]
        self._config = config

    def _redo(self, step: int) -> None:
        while self.step < step:
            self.advance(step - self.step)
            # The run has been beyond this step: no rule had ended it here.
            self.stopped_because = ""

    def factorization(self) -> Factorization:
        """The mean over all samples so far, float32; during the burn-in the present sample."""
        mean = self._sums.mean
        if mean.n_samples:
            return self._as_factorization(*mean.factors())
        return self._of_sample(self._sampler.folded()) if self.step else self._start.copy()

    def rows(self, users: IntArray, items: IntArray) -> FactorRows:
        """Copies of some users' and items' numbers, a few sweeps old."""
        shown = self._shown
        assert shown.user_bias is not None
        assert shown.item_bias is not None
        return FactorRows(
            shown.user_factors[users].astype(np.float32),
            shown.item_factors[items].astype(np.float32),
            shown.user_bias[users].astype(np.float32),
            shown.item_bias[items].astype(np.float32),
        )

    def posterior(self) -> Posterior | None:
        """Samples from which the uncertainty of every prediction follows; None before the second that counts."""
        return self._sums.keeper.posterior(self.factorization())

    def replace_factors(self, factors: Factorization) -> None:  # noqa: ARG002 - the interface of `Trainer`
        """Refuse: raises ValueError with a sentence."""
        raise ValueError(
            "A Bayesian run draws its own numbers and cannot go on from edited ones; undo the edit, or stop the run "
            "and start a new one."
        )

    def _end_sweep(self) -> None:
        """Count the sample, unless it belongs to the burn-in, and measure."""
        sample = self._sampler.folded()
        expected = sample.predict(*self._valid[:2])
        if self.epoch <= self._burn_in:
            self._shown = self._of_sample(sample)
            self._evaluate(self._sampler.errors, expected)
            return
        if self._sums.add(sample, self._sampler.errors, expected):
            self._shown = self.factorization()
        self._evaluate(self._sums.errors(), self._sums.expected())

    def _stop_where_due(self, *, is_measured: bool) -> None:
        because = time_is_up(self._config, self.seconds)
        # A sample of the burn-in says nothing of the mean.
        if is_measured and self._sums.mean.n_samples:
            because = because or goal_is_reached(self._config, self.history)
            because = because or patience_is_over(self._config, self.history)
        if self.step >= self.total_steps:
            because = because or f"All sweeps are done: {self._config.epochs:,}."
        self.stopped_because = because

    def _evaluate(self, train_errors: Numbers, expected: Numbers) -> None:
        errors = expected - self._valid[2]
        train_rmse = float(np.sqrt(np.mean(train_errors**2)))
        valid_rmse = float(np.sqrt(np.mean(errors**2))) if len(errors) else float("nan")
        self.history.append(self.step, self.epoch, train_rmse, valid_rmse, self.seconds, float("nan"))

    def _of_sample(self, sample: FoldedSample) -> Factorization:
        """One sample with as many factors as are shown, the rest of them 0."""
        missing = self._start.n_factors - sample.user_factors.shape[1]
        users, items = (np.pad(one, ((0, 0), (0, missing))) for one in (sample.user_factors, sample.item_factors))
        return self._as_factorization(users, items, sample.user_bias, sample.item_bias)

    def _as_factorization(self, *arrays: Numbers) -> Factorization:
        """Factors and biases for the sheet: centered, and the mean rating apart from the users' biases."""
        users, items, user_bias, item_bias = arrays
        counts = self._sampler.users.counts, self._sampler.items.counts
        users, items, user_bias, item_bias = centered((users, items, user_bias, item_bias), *counts)
        mean = self._start.global_mean
        return Factorization(
            _single(users), _single(items), _single(user_bias - mean), _single(item_bias), global_mean=mean
        )


def _single(array: Numbers) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
