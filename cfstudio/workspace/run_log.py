"""Every run of a document: settings, curve, the numbers it left, its name and a note."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal
from weakref import ReferenceType, ref

import numpy as np
from psygnal import Signal

from cfstudio.learning.setting import matters
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.kept_memory import n_bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.history import History
    from cfstudio.ratings.table import Ratings
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import ModelState

MOST_BYTES = 256 << 20
"""Memory for the numbers that runs have left: 130 runs of 671 × 9,066 with 50 factors, seven of a Bayesian model."""

Text = Literal["name", "note"]


@dataclass(frozen=True)
class Run:
    """One run; `state` holds the numbers it left, None once they were dropped to save memory."""

    number: int
    config: TrainingConfig
    history: History
    state: ModelState | None = None
    name: str = ""
    note: str = ""
    of_ratings: ReferenceType[Ratings] | None = field(default=None, compare=False)
    """What it was trained on, as long as anybody else keeps that: users, items and rows say what its numbers mean."""

    @property
    def title(self) -> str:
        """The name, or the number where it has none."""
        return self.name or f"Run {self.number}"

    @property
    def best_valid(self) -> float | None:
        """Lowest held-out RMSE after the first step in rating points, None when nothing was held out."""
        history = self.history.so_far()
        valid = history.valid_rmse[history.steps > 0]
        measured = valid[~np.isnan(valid)]
        return float(measured.min()) if len(measured) else None

    @property
    def last_train(self) -> float | None:
        """Last training RMSE in rating points."""
        return float(self.history.train_rmse[-1]) if len(self.history) else None

    @property
    def epochs(self) -> float:
        """Epochs done."""
        return float(self.history.epochs[-1]) if len(self.history) else 0.0

    @property
    def seconds(self) -> float:
        """Seconds of training, without pauses and evaluations."""
        return float(self.history.seconds[-1]) if len(self.history) else 0.0

    @property
    def n_bytes(self) -> int:
        """Memory of the factors it left, which are all that a file keeps of its numbers."""
        return 0 if self.state is None else self.state.factors.n_bytes

    def fits(self, ratings: Ratings) -> bool:
        """Whether its numbers are of these users, items and rated cells; ratings given since do no harm."""
        trained_on = None if self.of_ratings is None else self.of_ratings()
        # A user that went and one that came are as many users as before, and not the same.
        return (
            self.state is not None
            and trained_on is not None
            and ratings.continues(trained_on, len(self.state.held_out))
        )


class RunLog:
    """The runs of one document in the order they were begun; names, notes and deletions can be undone."""

    changed = Signal()
    """Runs were added, removed or renamed; the measurements of a run that is on grow without it."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._last_number = 0
        self.most_bytes = MOST_BYTES

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs."""
        return tuple(self._runs)

    @property
    def n_bytes(self) -> int:
        """Memory of all numbers that runs have left, what a Bayesian model is unsure of and the starts included."""
        return n_bytes_of(run.state for run in self._runs if run.state is not None)

    def load(self, runs: Iterable[Run]) -> None:
        """Take over the runs of another document."""
        self._runs = list(runs)
        self._last_number = max((run.number for run in self._runs), default=0)
        self.changed.emit()

    def begin(self, config: TrainingConfig, history: History) -> int:
        """Enter a run that has just begun; returns its number."""
        self._last_number += 1
        self._runs.append(Run(self._last_number, config, history))
        self.changed.emit()
        return self._last_number

    def keep(self, number: int, state: ModelState, ratings: Ratings) -> None:
        """Keep a copy of the numbers that a run over ratings has come to rest with.

        An unknown number was deleted meanwhile.
        """
        place = self._place(number)
        if place is None:
            return
        kept = replace(state, factors=state.factors.copy())
        self._runs[place] = replace(
            self._runs[place], config=state.config, history=state.history, state=kept, of_ratings=ref(ratings)
        )
        self._drop_oldest()
        self.changed.emit()

    def get(self, number: int) -> Run:
        """The run of that number. Raises KeyError."""
        place = self._place(number)
        if place is None:
            raise KeyError(f"There is no run {number}.")
        return self._runs[place]

    def put_text(self, number: int, field: Text, text: str) -> None:
        """Write a name or a note; for edits."""
        place = self._place(number)
        if place is not None:
            change: dict[str, Any] = {field: text}
            self._runs[place] = replace(self._runs[place], **change)
            self.changed.emit()

    def remove(self, number: int) -> tuple[int, Run]:
        """Take a run out; returns its place and the run. For edits."""
        place = self._place(number)
        if place is None:
            raise KeyError(f"There is no run {number}.")
        run = self._runs.pop(place)
        self.changed.emit()
        return place, run

    def insert(self, place: int, run: Run) -> None:
        """Put a run back; for edits."""
        self._runs.insert(place, run)
        self._drop_oldest()
        self.changed.emit()

    def best(self) -> Run | None:
        """The run with the lowest held-out RMSE."""
        measured = [run for run in self._runs if run.best_valid is not None]
        return min(measured, key=lambda run: run.best_valid or 0.0, default=None)

    def _place(self, number: int) -> int | None:
        return next((place for place, run in enumerate(self._runs) if run.number == number), None)

    def _drop_oldest(self) -> None:
        """Stay within the memory; the best run and the last one keep their numbers."""
        best = self.best()
        for place, run in enumerate(self._runs[:-1]):
            if self.n_bytes <= self.most_bytes:
                return
            if run is not best and run.state is not None:
                self._runs[place] = replace(run, state=None)


class RunTextEdit:
    """A run's name or note."""

    changes_numbers = False
    n_bytes = 1_000

    def __init__(self, log: RunLog, number: int, field: Text, new: str) -> None:
        self.label = f"{field} of run {number}"
        self._log, self._number, self._field, self._new = log, number, field, new
        self._old: str = getattr(log.get(number), field)

    def do(self) -> None:
        """Write the new text."""
        self._log.put_text(self._number, self._field, self._new)

    def undo(self) -> None:
        """Write the old text."""
        self._log.put_text(self._number, self._field, self._old)


class RunRemovedEdit:
    """A run taken out of the table."""

    changes_numbers = False

    def __init__(self, log: RunLog, number: int) -> None:
        self.label = f"deletion of {log.get(number).title}"
        self._log, self._number = log, number
        self._removed: tuple[int, Run] | None = None
        state = log.get(number).state
        self.n_bytes = 0 if state is None else n_bytes_of([state])

    def do(self) -> None:
        """Take it out."""
        self._removed = self._log.remove(self._number)

    def undo(self) -> None:
        """Put it back."""
        assert self._removed is not None
        self._log.insert(*self._removed)


def restored(run: Run, workspace: Workspace) -> ModelState:
    """What a document becomes with a run's numbers. Raises Refusal with a sentence where that cannot be."""
    if run.state is None:
        raise Refusal(f"The numbers of {run.title} are not kept any more; train again with its settings.")
    if not run.fits(workspace.ratings):
        raise Refusal(f"{run.title} knows other users or items than the sheet; undo their change first.")
    return replace(run.state, factors=run.state.factors.copy())


def differences(one: TrainingConfig, other: TrainingConfig) -> list[tuple[str, Any, Any]]:
    """Settings that differ between two runs and matter in one of them: label, value here, value there."""
    return [
        (setting.metadata["label"], getattr(one, setting.name), getattr(other, setting.name))
        for setting in fields(one)
        if getattr(one, setting.name) != getattr(other, setting.name)
        and (matters(setting, one) or matters(setting, other))
    ]
