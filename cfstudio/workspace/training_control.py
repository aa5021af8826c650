"""Training of the open document: starts the worker thread, shows what it does, and makes each run one undo step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from psygnal import Signal

from cfstudio.learning.compiling import wait_until_compiled
from cfstudio.learning.worker import ENDED, Snapshot, TrainingWorker, WorkerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.trainer import Trainer
    from cfstudio.ratings.table import IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.edits import Edit
    from cfstudio.workspace.model_state import ModelState

State = WorkerState | Literal["idle"]

RESTING: tuple[WorkerState, ...] = ("paused", "finished", "stopped", "failed")

SETTLE_SECONDS = 30.0
"""Longest wait for the worker to come to rest. It reacts between two pieces of work, usually within milliseconds; a
single step over tens of millions of ratings takes seconds."""


JOIN_SECONDS = 2.0
"""Longest wait for a thread at the program's end; one that is still compiling is left behind."""


class TrainingControl:
    """Play, pause, step and stop for one workspace.

    While a run is on, the document's factors are a display copy: `poll` asks the worker for the rows that are on the
    screen and writes them in. At every rest (pause, end) all of them are copied and the run becomes, or stays, the
    last undo step. Not thread-safe: call it from the thread that owns the workspace.
    """

    state_changed = Signal()
    failed = Signal(str)
    finished = Signal()

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._worker: TrainingWorker | None = None
        self._before: ModelState | None = None
        self._rest_state: ModelState | None = None
        self._resting = True
        self._run_edit: Edit | None = None
        self._ratings_edited = False
        self._announced: State = "idle"
        self._steps_per_second: float | None = None
        self._abandoned: list[TrainingWorker] = []
        workspace.opened.connect(self.close)
        workspace.resized.connect(self.close)
        workspace.about_to_change.connect(self.pause)
        workspace.ratings_changed.connect(self._note_edited_ratings)

    @property
    def state(self) -> State:
        """What the run is doing; "idle" before the first one, at rest only once its numbers are the document's."""
        if self._worker is None:
            return "idle"
        state = self._worker.state
        return "running" if state in RESTING and not self._resting else state

    @property
    def is_active(self) -> bool:
        """Whether numbers may be moving right now."""
        return self.state in ("starting", "running")

    @property
    def worker(self) -> TrainingWorker | None:
        """The present or last run's worker, for its counters: steps, speed, time left, engine."""
        return self._worker

    def set_speed(self, steps_per_second: float | None) -> None:
        """Steps per second from now on; None for as fast as it goes."""
        self._steps_per_second = steps_per_second
        if self._worker is not None:
            self._worker.set_speed(steps_per_second)

    @property
    def is_winding_down(self) -> bool:
        """Whether the thread of a forgotten run is still at work."""
        self._abandoned = [worker for worker in self._abandoned if worker.is_alive]
        return bool(self._abandoned)

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

    def step_batch(self) -> None:
        """Do one step and rest."""
        self.pause()
        self._command(lambda worker: worker.step(1))

    def step_epoch(self) -> None:
        """Run to the end of the epoch and rest."""
        self.pause()
        self._command(TrainingWorker.step_epoch)

    def _command(self, command: Callable[[TrainingWorker], None]) -> None:
        """Give the worker a command, if the document's numbers are such that it can go on."""
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
            self._abandoned.append(self._worker)
        self._worker, self._before, self._run_edit = None, None, None
        self._resting = True
        self._announce()

    def join(self) -> None:
        """Wait for all threads to end: the program is closing."""
        for worker in self._abandoned:
            worker.join(JOIN_SECONDS)

    def _abandon(self) -> None:
        """Forget a run and put back what was before it."""
        if self._before is not None and self._run_edit is None:
            self._workspace.put_state(self._before)
        self.close()

    def poll(self, users: IntArray, items: IntArray) -> bool:
        """Show the latest numbers of these users and items; returns whether numbers on the screen may have changed.

        Called at the display's rate.
        """
        worker = self._worker
        if worker is None or self._resting:
            return False
        if worker.state in RESTING:
            self._rest()
            return True
        self._adopt_history(worker)
        snapshot = worker.take_snapshot()
        worker.request_rows(users, items)
        if snapshot is not None:
            self._show(snapshot)
        self._announce()
        return snapshot is not None

    def _ready_worker(self) -> TrainingWorker:
        """The paused worker, if its data and settings still are the document's, else a new one."""
        workspace = self._workspace
        worker = self._worker
        is_unchanged = workspace.state is self._rest_state and not self._ratings_edited
        if worker is not None and worker.state == "paused" and is_unchanged:
            if workspace.edits.has_changed_numbers_since(self._run_edit):
                # Factors were edited meanwhile: the run goes on from them, as an undo step of its own.
                worker.replace_factors(workspace.factors)
                self._begin_undo_step()
            self._resting = False
            return worker
        if worker is not None:
            worker.stop()
            self._abandoned.append(worker)
        self._begin_undo_step()
        self._ratings_edited = False
        self._resting = False
        self._worker = TrainingWorker(self._trainer_maker(), steps_per_second=self._steps_per_second)
        self._worker.start()
        return self._worker

    def _begin_undo_step(self) -> None:
        """Keep the present state for undo and go on with a copy that the run may write into."""
        workspace = self._workspace
        self._before, self._run_edit = workspace.state, None
        workspace.state = replace(workspace.state, factors=workspace.factors.copy())

    def _trainer_maker(self) -> Callable[[], Trainer]:
        workspace = self._workspace
        ratings, held_out, start, config = workspace.ratings, workspace.held_out, workspace.factors, workspace.config

        def make() -> Trainer:
            # Called in the worker thread: this imports numba, perhaps torch.
            wait_until_compiled()
            from cfstudio.learning.trainer import Trainer

            return Trainer(ratings, held_out, start.copy(), config)

        return make

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
        if worker.steps_done:
            self._keep(worker)
        elif self._before is not None and self._run_edit is None:
            self._workspace.put_state(self._before)
        self._rest_state = self._workspace.state
        self._announce()

    def _keep(self, worker: TrainingWorker) -> None:
        """Take over what a resting worker has learned."""
        workspace = self._workspace
        try:
            trained = worker.factorization()
        except (RuntimeError, MemoryError) as error:  # a device that is gone, memory that is full
            self._abandon()
            self.failed.emit(f"The run's numbers could not be fetched, those from before it are back: {error}")
            return
        self._adopt_history(worker)
        self._show(Snapshot.of(trained))
        if self._run_edit is None and self._before is not None:
            workspace.record_run("training run", self._before)
            self._run_edit = workspace.edits.top
        else:
            workspace.edits.touch()
        workspace.factors_overwritten()

    def _adopt_history(self, worker: TrainingWorker) -> None:
        workspace = self._workspace
        if worker.history is not None and workspace.history is not worker.history:
            workspace.state = replace(workspace.state, history=worker.history)

    def _show(self, snapshot: Snapshot) -> None:
        factors = self._workspace.factors
        factors.user_factors[snapshot.users] = snapshot.user_factors
        factors.item_factors[snapshot.items] = snapshot.item_factors
        if factors.user_bias is not None and snapshot.user_bias is not None:
            factors.user_bias[snapshot.users] = snapshot.user_bias
        if factors.item_bias is not None and snapshot.item_bias is not None:
            factors.item_bias[snapshot.items] = snapshot.item_bias
        arrays = factors.arrays()
        for name, array in snapshot.layers.items():
            arrays[name][...] = array

    def _note_edited_ratings(self) -> None:
        self._ratings_edited = True

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
