"""The Solver on the open document: runs a search in a thread, shows its trial solutions, keeps or restores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from psygnal import Signal

from cfstudio.solver.cells import Cells
from cfstudio.workspace.document_edits import StateEdit
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.solver_run import SolverRun

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.result import SolverResult
    from cfstudio.solver.watch import Trial
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import ModelState
    from cfstudio.workspace.training_control import TrainingControl

State = Literal["idle", "running", "paused", "finished"]

LABEL = "Solver solution"

SETTLE_SECONDS = 10.0
"""Longest wait for a search to end. It looks at each recalculation of the sheet, usually every few milliseconds."""


class SolverControl:
    """Start, pause, step and stop a search for one workspace, then keep or restore.

    While a search is on, and until it is kept or restored, the document's factors are a display copy: `poll` writes
    the latest trial solution into it. Keeping makes one undoable edit of it all, restoring none. An edit by somebody
    else, or a training run, keeps what the sheet shows first. Not thread-safe: call it from the thread that owns the
    workspace.
    """

    state_changed = Signal()
    failed = Signal(str)
    settled = Signal(str)
    """A search was ended by something else that people did; the sentence says what became of its numbers."""

    def __init__(self, workspace: Workspace, training: TrainingControl) -> None:
        self._workspace, self._training = workspace, training
        self._run: SolverRun | None = None
        self._before: ModelState | None = None
        self._display: ModelState | None = None
        self._shown: Trial | None = None
        self._has_ended = True
        self._announced: State = "idle"
        self._abandoned: list[SolverRun] = []
        workspace.opened.connect(self.forget)
        workspace.resized.connect(self.forget)
        workspace.about_to_change.connect(self.settle)
        training.state_changed.connect(self._follow_training)

    @property
    def state(self) -> State:
        """What the search is doing; "finished" until its solution is kept or the original numbers restored."""
        if self._run is not None and not self._has_ended:
            return "paused" if self._run.watch.is_paused else "running"
        return "idle" if self._before is None else "finished"

    @property
    def is_solving(self) -> bool:
        """Whether a search is on, perhaps paused."""
        return self.state in ("running", "paused")

    @property
    def run(self) -> SolverRun | None:
        """The present or last search, for its pace and its trial solutions."""
        return self._run

    @property
    def result(self) -> SolverResult | None:
        """What the last search ended with, None before its end."""
        return None if self._run is None or self.is_solving else self._run.result

    def start(self, problem: Problem, seconds_per_trial: float = 0.0) -> None:
        """Search in a thread; training is stopped first, and an undecided solution kept."""
        self._training.stop()
        self.settle()
        workspace = self._workspace
        self._before, self._shown = workspace.state, None
        self._display = replace(workspace.state, factors=workspace.factors.copy())
        self._run = SolverRun(replace(problem, model=workspace.factors.copy()), seconds_per_trial)
        workspace.state = self._display
        self._has_ended = False
        self._announce()

    def pause(self) -> None:
        """Wait at the next trial solution."""
        if self._run is not None:
            self._run.watch.pause()
            self._announce()

    def resume(self) -> None:
        """Go on."""
        if self._run is not None:
            self._run.watch.resume()
            self._announce()

    def step(self) -> None:
        """Go on to the next trial solution and wait there."""
        if self._run is not None:
            self._run.watch.step()
            self._announce()

    def stop(self) -> None:
        """Ask the search to end; `poll` then finds its best solution."""
        if self._run is not None:
            self._run.stop()

    def poll(self) -> bool:
        """Show the latest trial solution; returns whether numbers may have changed. Called at the display's rate."""
        run = self._run
        if run is None or not self.is_solving:
            return False
        if self._workspace.state is not self._display:
            self.forget()
            return True
        if run.join(0.0):
            self._finish(run)
            return True
        self._announce()
        latest = run.watch.latest
        if latest is None or latest is self._shown or latest.numbers is None:
            return False
        self._shown = latest
        run.problem.changing.write(self._workspace.factors, latest.numbers)
        return True

    def show_trial(self, place: int | None) -> None:
        """Show a kept trial solution again, by its place among all; None is the solution, or the latest while paused.

        Keeping then keeps what is shown. Does nothing while the search goes on, and where nothing is undecided.
        """
        run = self._run
        if run is None or self.state not in ("paused", "finished") or self._workspace.state is not self._display:
            return
        numbers = run.latest_numbers if place is None else run.kept.numbers_of(place)
        if numbers is not None:
            run.problem.changing.write(self._workspace.factors, numbers)
            self._workspace.factors_overwritten()

    def keep(self) -> bool:
        """Make the numbers that the sheet shows one undoable edit; returns whether they are others than before."""
        before, after = self._before, self._display
        if before is None or after is None or not self._is_undecided():
            return False
        whole = Cells.whole(before.factors)
        if np.array_equal(whole.read(before.factors), whole.read(after.factors)):
            self.restore()
            return False
        self._let_go()
        self._workspace.state = before
        self._workspace.exchange_state(LABEL, after)
        self._announce()
        return True

    def restore(self) -> None:
        """Put back the numbers from before the search, every bit of them; this is no edit."""
        before = self._before
        if before is not None and self._is_undecided():
            self._let_go()
            self._workspace.put_state(before)
            self._announce()

    def settle(self) -> None:
        """Come to rest, because something else is about to change the document: keep what the search has found."""
        if self._end() and self.keep():
            self.settled.emit("The Solver's numbers were kept before the sheet changed; Undo takes them back.")

    def close(self) -> None:
        """End all searches, wait for their threads and restore: the window closes without a decision."""
        if self._end():
            self.restore()
        for run in self._abandoned:
            run.join(SETTLE_SECONDS)

    def forget(self) -> None:
        """End the search without touching the document, which is another by now."""
        if self._run is not None and not self._has_ended:
            self._run.stop()
            self._abandoned.append(self._run)
        self._run, self._has_ended = None, True
        self._let_go()
        self._announce()

    def put_numbers(self, label: str, cells: Cells, numbers: FloatArray) -> None:
        """Put (n,) numbers into cells: an edit, or part of what is about to be kept or restored.

        Raises Refusal while a search is on.
        """
        if self.is_solving:
            raise Refusal("Stop the Solver first, then put other numbers in its place.")
        workspace = self._workspace
        if self._before is not None:
            cells.write(workspace.factors, numbers)
            workspace.factors_overwritten()
            return
        workspace.about_to_change.emit()
        factors = workspace.factors.copy()
        cells.write(factors, numbers)
        workspace.exchange_state(label, replace(workspace.state, factors=factors))

    def _end(self) -> bool:
        """Bring a search to its end; returns whether there is now something to keep or to restore."""
        run, before = self._run, self._before
        if run is not None and before is not None and self.is_solving and self._workspace.state is self._display:
            run.stop()
            if run.join(SETTLE_SECONDS):
                self._finish(run)
            else:
                self.forget()
                self._workspace.put_state(before)
        return self._is_undecided()

    def _is_undecided(self) -> bool:
        """Whether the sheet shows a solution that is neither kept nor taken back."""
        if self._before is not None and self._workspace.state is not self._display:
            self.forget()
        return self._before is not None and not self.is_solving

    def _finish(self, run: SolverRun) -> None:
        """Show what a search has ended with."""
        before = self._before
        assert before is not None
        self._has_ended = True
        result = run.result
        if result is not None and result.outcome.has_solution:
            run.problem.changing.write(self._workspace.factors, result.numbers)
            self._workspace.factors_overwritten()
        else:
            self._let_go()
            self._workspace.put_state(before)
        if result is None:
            self._run = None
            self.failed.emit(f"The Solver failed, the original numbers are back: {run.error}")
        self._announce()

    def _let_go(self) -> None:
        if self._run is not None:
            self._run.kept.clear()
        self._before, self._display, self._shown = None, None, None

    def _follow_training(self) -> None:
        """A training run has begun from what the sheet shows: that becomes the undo step before it."""
        if self._before is None or self._display is None or not self._training.is_active:
            return
        edit = StateEdit(self._workspace, LABEL, self._before, self._display)
        self.forget()
        self._workspace.edits.record(edit)
        self.settled.emit("The Solver's numbers were kept, because training has started from them.")

    def _announce(self) -> None:
        if self.state != self._announced:
            self._announced = self.state
            self.state_changed.emit()
