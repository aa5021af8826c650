"""A training run in a thread of its own: obeys between two short pieces of work and hands out copies."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Literal

from cfstudio.learning.make_trainer import posterior_of, unfinished_state_of
from cfstudio.learning.pace import Pace
from cfstudio.learning.run_readings import RunReadings
from cfstudio.learning.snapshot_desk import SnapshotDesk
from cfstudio.learning.timeline import USUAL_BYTES, Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.make_trainer import AnyTrainer as Trainer
    from cfstudio.learning.posterior import Posterior
    from cfstudio.learning.run_state import RunState
    from cfstudio.learning.snapshot import Snapshot
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray

WorkerState = Literal["starting", "running", "paused", "finished", "stopped", "failed"]
ENDED: tuple[WorkerState, ...] = ("finished", "stopped", "failed")

LONGEST_WAIT = 0.05
"""Seconds between two looks for requests while waiting for a step that is not due yet."""


class TrainingWorker(RunReadings):
    """Makes a trainer in its thread and advances it as told.

    `make_trainer` is called in the thread. The state is "starting" until the trainer is there, then "running" or, with
    nothing to do, "paused"; it ends as "finished", "stopped" or "failed", with the reason in `error`. Commands return
    at once; `wait_until` waits for what they lead to. While the worker rests its numbers may be read from any thread.
    """

    def __init__(
        self,
        make_trainer: Callable[[], Trainer],
        steps_per_second: float | None = None,
        timeline_bytes: int = USUAL_BYTES,
    ) -> None:
        super().__init__(Pace(steps_per_second))
        self.timeline = Timeline(timeline_bytes)
        """The numbers as they were, at many steps."""
        self._make_trainer = make_trainer
        self._changed = threading.Condition()
        self._order: float | Literal["epoch"] = 0
        """The step to rest at, infinity for none, or "epoch" for the end of the present one."""
        self._stop_asked = False
        self._has_rested = True
        self._speed_asked = steps_per_second
        self._config_asked: TrainingConfig | None = None
        self._desk = SnapshotDesk()
        self._back_asked = 0
        self._thread = self._new_thread()
        self.state: WorkerState = "starting"
        self.error: Exception | None = None

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="training", daemon=True)

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
        with self._changed:
            self._give_order(self.steps_done + n_steps)

    def step_epoch(self) -> None:
        """Go on to the end of the epoch and rest."""
        self._give_order("epoch")

    def step_back(self) -> None:
        """Take back the last step and rest, also after the run's end; only while the worker rests."""
        with self._changed:
            has_ended = self.state in ENDED
            self._back_asked += 1
            self._order, self._stop_asked, self.error = 0, False, None
            self.state = "running"
            self._changed.notify_all()
        if has_ended:
            self._thread.join()
            self._thread = self._new_thread()
            self._thread.start()

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

    def change(self, config: TrainingConfig) -> None:
        """Go on with other settings, of which only those may differ that can change during a run."""
        with self._changed:
            self._config_asked = config
            self._changed.notify_all()

    def request_rows(self, users: IntArray, items: IntArray) -> None:
        """Ask for a copy of the numbers of these users and items; the latest request counts."""
        self._desk.ask(users, items)

    def take_snapshot(self) -> Snapshot | None:
        """The copy that was asked for, once it is there."""
        return self._desk.take()

    def wait_until(self, states: Container[WorkerState], seconds: float) -> bool:
        """Wait for one of the states; returns whether it was reached in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state in states, seconds)

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread to end."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    # What is read from other threads, besides the readings

    @property
    def thread(self) -> threading.Thread:
        """The thread; it keeps the worker in memory only until it ends."""
        return self._thread

    def factorization(self) -> Factorization:
        """A copy of all numbers; only while the worker rests."""
        assert self._trainer is not None, "The worker has no trainer yet."
        return self._trainer.factorization()

    def unfinished(self) -> RunState | None:
        """All that the paused run needs to go on, None where there is no such run; only while the worker rests."""
        trainer = self._trainer
        return unfinished_state_of(trainer) if trainer is not None and self.state == "paused" else None

    def posterior(self) -> Posterior | None:
        """How sure a Bayesian model is of its predictions, None for other models; only while the worker rests."""
        assert self._trainer is not None, "The worker has no trainer yet."
        return posterior_of(self._trainer)

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
            self._obey(self._trainer or self._taken(self._make_trainer()))
        except Exception as error:  # whatever it is, a person must be told
            self.error = error
            self._tell("failed")

    def _taken(self, trainer: Trainer) -> Trainer:
        with self._changed:
            # Steps asked for before a resumed run was there count from where it is.
            if self._order != "epoch" and self._order > 0:
                self._order += trainer.step
            self._trainer = trainer
        return trainer

    def _obey(self, trainer: Trainer) -> None:
        self.timeline.note(trainer.step, trainer.epoch, trainer.factorization)
        while True:
            if not self._wait_for_work(trainer):
                self._tell("stopped")
                return
            if self._back_asked:
                self._go_back(trainer)
                continue
            self._pace.limit(self._speed_asked)
            config, self._config_asked = self._config_asked, None
            if config is not None:
                trainer.change(config)
            n_steps = min(self._pace.due(), self._steps_to_rest(trainer))
            if n_steps > 0:
                began = time.perf_counter()
                n_done = trainer.advance(n_steps)
                self._pace.note(n_done, time.perf_counter() - began, trainer.step)
                self.timeline.note(trainer.step, trainer.epoch, trainer.factorization)
            self._desk.serve(trainer)
            if trainer.finished:
                self._tell("finished")
                return
            if n_steps <= 0:
                self._sleep(min(self._pace.seconds_to_next(), LONGEST_WAIT))

    def _go_back(self, trainer: Trainer) -> None:
        with self._changed:
            n_steps, self._back_asked = self._back_asked, 0
        trainer.rewind(max(trainer.step - n_steps, 0))
        self.timeline.cut(trainer.step)
        self._desk.serve(trainer)
        self._has_rested = True

    def _wait_for_work(self, trainer: Trainer) -> bool:
        """Rest until there are steps to do; returns False when the run is to end."""
        with self._changed:
            while not self._stop_asked:
                if self._back_asked:
                    return True
                if self._order == "epoch":
                    self._order = trainer.step + trainer.steps_to_epoch_end
                if self._order > trainer.step:
                    if self.state != "running" or self._has_rested:
                        self._pace.resume(trainer.step)
                        self._has_rested = False
                        self._tell("running")
                    return True
                self._has_rested = True
                self._desk.forget()
                self._tell("paused")
                self._changed.wait()
        return False

    def _steps_to_rest(self, trainer: Trainer) -> int:
        order = self._order
        if order == "epoch":
            return trainer.steps_to_epoch_end
        return int(min(order - trainer.step, trainer.total_steps - trainer.step))

    def _sleep(self, seconds: float) -> None:
        """Wait, but wake for a command."""
        with self._changed:
            if not self._stop_asked and self._order not in (0, "epoch"):
                self._changed.wait(seconds)

    def _tell(self, state: WorkerState) -> None:
        with self._changed:
            self.state = state
            self._changed.notify_all()
