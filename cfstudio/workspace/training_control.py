"""Training of the open document: starts the worker thread, shows what it does, and makes each run one undo step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from psygnal import Signal

from cfstudio.learning.live_settings import changed_settings
from cfstudio.learning.timeline import USUAL_BYTES
from cfstudio.learning.worker import ENDED, TrainingWorker, WorkerState
from cfstudio.workspace.going_on import trainer_maker
from cfstudio.workspace.left_workers import LeftWorkers
from cfstudio.workspace.run_record import RunRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.run_state import RunState
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.edits import Edit

State = WorkerState | Literal["idle"]

RESTING: tuple[WorkerState, ...] = ("paused", "finished", "stopped", "failed")

SETTLE_SECONDS = 30.0
"""Longest wait for the worker to come to rest: usually milliseconds, seconds for a step over millions of ratings."""


class TrainingControl:
    """Play, pause, step and stop for one workspace.

    While a run is on, the document's factors are a display copy: `poll` asks the worker for the rows that are on the
    screen and writes them in. At every rest (pause, end) all of them are copied and the run becomes, or stays, the
    last undo step. Not thread-safe: call it from the thread that owns the workspace.
    """

    state_changed = Signal()
    settings_changed = Signal()
    """A run goes on with other settings."""
    about_to_run = Signal()
    """Numbers are about to move: whoever shows others puts the document's back."""
    failed = Signal(str)
    finished = Signal()

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._worker: TrainingWorker | None = None
        self._record = RunRecord(workspace)
        self._resting = True
        self._given: Callable[[TrainingWorker], None] = TrainingWorker.play
        """The command that the present worker began with."""
        self._awaits_edit = False
        """Whether a run that had not begun yet makes way for an edit, and begins with it at the next `poll`."""
        self._announced: State = "idle"
        self._steps_per_second: float | None = None
        self.timeline_bytes = USUAL_BYTES
        """Memory for the timeline of the next run."""
        self.left = LeftWorkers()
        """Threads of forgotten runs."""
        workspace.opened.connect(self.close)
        workspace.resized.connect(self._forget_resized)
        workspace.about_to_change.connect(self.make_way)

    @property
    def state(self) -> State:
        """What the run is doing; "idle" before the first one, at rest only once its numbers are the document's."""
        if self._worker is None:
            return "starting" if self._awaits_edit else "idle"
        state = self._worker.state
        return "running" if state in RESTING and not self._resting else state

    @property
    def is_active(self) -> bool:
        """Whether numbers may be moving right now."""
        return self.state in ("starting", "running")

    @property
    def can_go_on(self) -> bool:
        """Whether the paused run may go on: its ratings and settings still are the document's."""
        worker = self._worker
        return worker is not None and self._resting and self._record.can_go_on(worker)

    @property
    def run_edit(self) -> Edit | None:
        """The undo step of the present or last run."""
        return self._record.edit

    @property
    def worker(self) -> TrainingWorker | None:
        """The present or last run's worker, for its counters."""
        return self._worker

    def set_speed(self, steps_per_second: float | None) -> None:
        """Steps per second from now on; None for as fast as it goes."""
        self._steps_per_second = steps_per_second
        if self._worker is not None:
            self._worker.set_speed(steps_per_second)

    def train(self) -> None:
        """Start a run, or go on with the paused one."""
        self._command(TrainingWorker.play)

    def pause(self) -> None:
        """Pause the run; the sheet then shows all of its numbers."""
        if self.state == "starting":
            self._abandon()
        elif self._worker is not None and self.is_active:
            self._worker.pause()
            self._rest()

    def make_way(self) -> None:
        """Pause the run for what is about to be done; one that has not begun yet will begin when that is done."""
        if self.state == "starting":
            self._abandon()
            self._awaits_edit = True
            self._announce()
        else:
            self.pause()

    def step_batch(self) -> None:
        """Do one step and rest."""
        self.pause()
        self._command(lambda worker: worker.step(1))

    def step_epoch(self) -> None:
        """Run to the end of the epoch and rest."""
        self.pause()
        self._command(TrainingWorker.step_epoch)

    def change(self, config: TrainingConfig) -> None:
        """Change settings that may change while a run is on: they act on its next step and belong to its undo step.

        Raises ValueError with a sentence for other settings.
        """
        workspace, worker = self._workspace, self._worker
        if worker is None or not self.is_active:
            workspace.configure(config)
            return
        changed_settings(workspace.config, config)
        worker.change(config)
        workspace.state = replace(workspace.state, config=config)
        self.settings_changed.emit()

    def unfinished(self) -> RunState | None:
        """The paused run, if the document's numbers still are its own: what a session needs for it to go on."""
        worker = self._worker
        if worker is None:
            return self._workspace.saved_run
        return worker.unfinished() if self._record.owns_numbers() else None

    @property
    def can_step_back(self) -> bool:
        """Whether there is a run at rest whose last step could be taken back."""
        worker = self._worker
        return worker is not None and not self.is_active and worker.history is not None and worker.steps_done > 0

    def step_back(self) -> None:
        """Take back the run's last step and rest; the run can go on from there."""
        self.pause()
        self.about_to_run.emit()
        worker = self._worker
        if worker is None or not self.can_step_back:
            return
        if not self._record.owns_numbers():
            self.failed.emit("The numbers are not the run's any more; undo what came after it, then step back.")
            return
        self._resting = False
        worker.step_back()
        self._announce()

    def _command(self, command: Callable[[TrainingWorker], None]) -> None:
        """Give the worker a command, if the document's numbers are such that it can go on."""
        self.about_to_run.emit()
        self._awaits_edit, self._given = False, command
        try:
            command(self._ready_worker())
        except ValueError as error:
            self.failed.emit(str(error))
        self._announce()

    def stop(self) -> None:
        """End the run and keep what it has learned."""
        if self.state == "starting":
            self._abandon()
        elif self._worker is not None and self.state in ("running", "paused"):
            self._worker.stop()
            self._worker.wait_until(ENDED, SETTLE_SECONDS)
            # What a paused run had learned is in the document, perhaps edited since.
            if not self._resting:
                self._rest()
            self._announce()

    def close(self) -> None:
        """Forget the run without touching the document: it is closed, or another one was opened."""
        if self._worker is not None:
            self._worker.stop()
            self.left.add(self._worker)
        self._worker, self._resting, self._awaits_edit = None, True, False
        self._record.forget()
        self._announce()

    def _forget_resized(self) -> None:
        """Forget the run of other users and items; one that has not begun yet is of none."""
        if self._worker is not None:
            self.close()

    def _abandon(self) -> None:
        """Forget a run and put back what was before it."""
        self._record.put_back()
        self.close()
        self._record.keep_settings()

    def join(self) -> None:
        """Wait for all threads to end: the program is closing."""
        self.left.join()

    def poll(self, users: IntArray, items: IntArray) -> bool:
        """Show the latest numbers of these users and items; returns whether numbers on the screen may have changed.

        Called at the display's rate.
        """
        if self._awaits_edit:
            self._command(self._given)
        worker = self._worker
        if worker is None or self._resting:
            return False
        if worker.state in RESTING:
            self._rest()
            return True
        self._record.adopt_history(worker)
        snapshot = worker.take_snapshot()
        worker.request_rows(users, items)
        if snapshot is not None:
            snapshot.write_into(self._workspace.factors)
        self._announce()
        return snapshot is not None

    def _ready_worker(self) -> TrainingWorker:
        """The paused worker, if its data and settings still are the document's, else a new one."""
        worker = self._worker
        if worker is not None and self._record.go_on(worker):
            self._resting = False
            return worker
        if worker is not None:
            worker.stop()
            self.left.add(worker)
        self._record.begin()
        self._resting = False
        self._worker = TrainingWorker(trainer_maker(self._workspace), self._steps_per_second, self.timeline_bytes)
        self._worker.start()
        return self._worker

    def _rest(self) -> None:
        """Once the worker rests: show all of its numbers and make the run an undo step."""
        worker = self._worker
        if worker is None:
            return
        if not worker.wait_until(RESTING, SETTLE_SECONDS):
            self._abandon()
            self.failed.emit("The run did not come to rest; the numbers from before it are back.")
            return
        self._resting = True
        if worker.steps_done or self._record.is_undo_step:
            self._keep(worker)
        else:
            self._record.put_back()
            self._record.keep_settings()
        self._record.rest()
        self._announce()

    def _keep(self, worker: TrainingWorker) -> None:
        """Take over what a resting worker has learned."""
        try:
            trained, posterior = worker.factorization(), worker.posterior()
        except (RuntimeError, MemoryError) as error:  # a device that is gone, memory that is full
            self._abandon()
            self.failed.emit(f"The run's numbers could not be fetched, those from before it are back: {error}")
            return
        self._record.keep(worker, trained, posterior)

    def _announce(self) -> None:
        state = self.state
        if state == self._announced:
            return
        self._announced = state
        self.state_changed.emit()
        if state == "failed" and self._worker is not None:
            self.failed.emit(str(self._worker.error))
        if state == "finished":
            self.finished.emit()
