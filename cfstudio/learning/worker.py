"""A training run in a thread of its own: obeys between two short pieces of work and hands out copies."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.learning.pace import Pace
from cfstudio.models.factorization import ARRAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from cfstudio.learning.engine import FactorRows
    from cfstudio.learning.history import History
    from cfstudio.learning.trainer import Trainer
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import IntArray

WorkerState = Literal["starting", "running", "paused", "finished", "stopped", "failed"]
ENDED: tuple[WorkerState, ...] = ("finished", "stopped", "failed")

LONGEST_WAIT = 0.05
"""Seconds between two looks for requests while waiting for a step that is not due yet."""


@dataclass(frozen=True)
class Snapshot:
    """The numbers of some users and items at one moment; codes (n,) int64, the rest as in `FactorRows`.

    `layers` are a net's, whole.
    """

    users: IntArray
    items: IntArray
    user_factors: Floats
    item_factors: Floats
    user_bias: Floats | None
    item_bias: Floats | None
    layers: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, factors: Factorization) -> Snapshot:
        """All of a model's numbers, not copied."""
        users, items = np.arange(len(factors.user_factors)), np.arange(len(factors.item_factors))
        layers = {name: array for name, array in factors.arrays().items() if name not in ARRAYS}
        return cls(
            users, items, factors.user_factors, factors.item_factors, factors.user_bias, factors.item_bias, layers
        )

    @classmethod
    def from_rows(cls, users: IntArray, items: IntArray, rows: FactorRows) -> Snapshot:
        """The rows that a trainer has copied."""
        return cls(users, items, rows.user_factors, rows.item_factors, rows.user_bias, rows.item_bias, rows.layers)


class TrainingWorker:
    """Makes a trainer in its thread and advances it as told.

    `make_trainer` is called in the thread. The state is "starting" until the trainer is there, then "running" or, with
    nothing to do, "paused"; it ends as "finished", "stopped" or "failed", with the reason in `error`. Commands return
    at once; `wait_until` waits for what they lead to. While the worker rests its numbers may be read from any thread.
    """

    def __init__(self, make_trainer: Callable[[], Trainer], steps_per_second: float | None = None) -> None:
        self._make_trainer = make_trainer
        self._trainer: Trainer | None = None
        self._pace = Pace(steps_per_second)
        self._changed = threading.Condition()
        self._order: float | Literal["epoch"] = 0
        """The step to rest at, infinity for none, or "epoch" for the end of the present one."""
        self._stop_asked = False
        self._has_rested = True
        self._speed_asked = steps_per_second
        self._request: tuple[IntArray, IntArray] | None = None
        self._snapshot: Snapshot | None = None
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)
        self.state: WorkerState = "starting"
        self.error: Exception | None = None

    # What is asked from other threads

    def start(self) -> None:
        """Start the thread; it rests until told to play."""
        self._thread.start()

    def play(self) -> None:
        """Go on to the end of the run."""
        self._give_order(float("inf"))

    def pause(self) -> None:
        """Rest after the present piece of work."""
        self._give_order(0, resumes=False)

    def step(self, n_steps: int) -> None:
        """Do so many steps and rest."""
        self._give_order(self.steps_done + n_steps)

    def step_epoch(self) -> None:
        """Go on to the end of the epoch and rest."""
        self._give_order("epoch")

    def stop(self) -> None:
        """End the run after the present piece of work."""
        with self._changed:
            self._stop_asked = True
            self._changed.notify_all()

    def set_speed(self, steps_per_second: float | None) -> None:
        """Steps per second from now on, None for as fast as it goes."""
        with self._changed:
            self._speed_asked = steps_per_second
            self._changed.notify_all()

    def request_rows(self, users: IntArray, items: IntArray) -> None:
        """Ask for a copy of the numbers of these users and items; the latest request counts."""
        self._request = (users, items)

    def take_snapshot(self) -> Snapshot | None:
        """The copy that was asked for, once it is there."""
        snapshot, self._snapshot = self._snapshot, None
        return snapshot

    def wait_until(self, states: Container[WorkerState], seconds: float) -> bool:
        """Wait for one of the states; returns whether it was reached in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state in states, seconds)

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread to end."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    # What is read from other threads

    @property
    def is_alive(self) -> bool:
        """Whether the thread still exists."""
        return self._thread.is_alive()

    @property
    def steps_done(self) -> int:
        """Steps of this run so far."""
        return 0 if self._trainer is None else self._trainer.step

    @property
    def total_steps(self) -> int:
        """Steps of the whole run, 0 before it is known."""
        return 0 if self._trainer is None else self._trainer.total_steps

    @property
    def epoch(self) -> float:
        """Epochs done, with fractions."""
        return 0.0 if self._trainer is None else self._trainer.epoch

    @property
    def steps_per_second(self) -> float:
        """Measured over the last second."""
        return self._pace.measured

    @property
    def seconds_left(self) -> float:
        """What the rest of the run takes at the present speed; infinity before that is known."""
        speed = self._pace.measured
        return (self.total_steps - self.steps_done) / speed if speed > 0 else float("inf")

    @property
    def engine(self) -> str:
        """What computes, for people; empty before it is known."""
        return "" if self._trainer is None else self._trainer.engine_name

    @property
    def history(self) -> History | None:
        """The run's measurements; grows while it runs."""
        return None if self._trainer is None else self._trainer.history

    def factorization(self) -> Factorization:
        """A copy of all numbers; only while the worker rests."""
        assert self._trainer is not None, "The worker has no trainer yet."
        return self._trainer.factorization()

    def replace_factors(self, factors: Factorization) -> None:
        """Go on from other numbers; only while the worker rests."""
        assert self._trainer is not None, "The worker has no trainer yet."
        self._trainer.replace_factors(factors)

    # What the thread does

    def _give_order(self, order: float | Literal["epoch"], *, resumes: bool = True) -> None:
        with self._changed:
            self._order = order
            if resumes and self.state == "paused":
                # At once, so that nobody takes the rest before for the rest after.
                self.state = "running"
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            self._trainer = self._make_trainer()
            self._obey(self._trainer)
        except Exception as error:  # whatever it is, a person must be told
            self.error = error
            self._enter("failed")

    def _obey(self, trainer: Trainer) -> None:
        while True:
            if not self._wait_for_work(trainer):
                self._enter("stopped")
                return
            self._pace.limit(self._speed_asked)
            n_steps = min(self._pace.due(), self._steps_to_rest(trainer))
            if n_steps > 0:
                began = time.perf_counter()
                n_done = trainer.advance(n_steps)
                self._pace.note(n_done, time.perf_counter() - began, trainer.step)
            self._serve(trainer)
            if trainer.finished:
                self._enter("finished")
                return
            if n_steps <= 0:
                self._sleep(min(self._pace.seconds_to_next(), LONGEST_WAIT))

    def _wait_for_work(self, trainer: Trainer) -> bool:
        """Rest until there are steps to do; returns False when the run is to end."""
        with self._changed:
            while not self._stop_asked:
                if self._order == "epoch":
                    self._order = trainer.step + trainer.steps_to_epoch_end
                if self._order > trainer.step:
                    if self.state != "running" or self._has_rested:
                        self._pace.resume(trainer.step)
                        self._has_rested = False
                        self._tell("running")
                    return True
                self._has_rested = True
                self._tell("paused")
                self._changed.wait()
        return False

    def _steps_to_rest(self, trainer: Trainer) -> int:
        order = self._order
        if order == "epoch":
            return trainer.steps_to_epoch_end
        return int(min(order - trainer.step, trainer.total_steps - trainer.step))

    def _serve(self, trainer: Trainer) -> None:
        """Copy the rows that were asked for."""
        request, self._request = self._request, None
        if request is not None:
            self._snapshot = Snapshot.from_rows(*request, trainer.rows(*request))

    def _sleep(self, seconds: float) -> None:
        """Wait, but wake for a command."""
        with self._changed:
            if not self._stop_asked and self._order not in (0, "epoch"):
                self._changed.wait(seconds)

    def _enter(self, state: WorkerState) -> None:
        with self._changed:
            self._tell(state)

    def _tell(self, state: WorkerState) -> None:
        self.state = state
        self._changed.notify_all()
