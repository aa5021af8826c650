"""What lies under the microscope: the selected cell, the step that training on it would do, and the steps done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.microscope.chosen_cell import NO_CELL, ChosenCell, chosen_cell
from cfstudio.learning.engine import learned_columns
from cfstudio.learning.feature_cell import cell_with
from cfstudio.learning.one_step import AnyCell, Memory, OneStep, one_step
from cfstudio.learning.step_words import board

if TYPE_CHECKING:
    from cfstudio.learning.blackboard import Blackboard
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import FloatArray, Ratings
    from cfstudio.workspace.document import Workspace

HELD_OUT = "This cell is held out: a step on it would show the model what it must not see."


class Slide:
    """One cell of a document. Steps are undoable edits; the optimizer's memory follows Undo and Redo."""

    button = ("&Step", "Next &step")
    """Before anything was done, and afterwards."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._cell: ChosenCell | None = None
        self._found: AnyCell | None = None
        self._done: list[OneStep] = []
        self._asked: tuple[Ratings, str, str] | None = None
        self._known: tuple[FeatureColumn, ...] = ()
        self.step: OneStep | None = None
        """The last step done if the cell's numbers are still its result, else the one that would come next."""
        self.is_done = False
        """Whether `step` was done."""
        self.why_not = NO_CELL
        """Why there is no step, empty if there is one."""

    @property
    def board(self) -> Blackboard | None:
        """All that is shown, None without a step."""
        return None if self.step is None else board(self.step)

    @property
    def title(self) -> str:
        """Which cell this is, and which of its steps."""
        if self._cell is None or self.step is None:
            return ""
        cell = self._cell.name(self._workspace)
        return f"{cell}: step {self.step.memory.steps}{', done' if self.is_done else ' would be'}"

    @property
    def note(self) -> str:
        """Why the step may not be done, empty where it may."""
        return HELD_OUT if self._cell is not None and self._cell.is_held_out(self._workspace) else ""

    @property
    def may_step(self) -> bool:
        """Whether the step may be done."""
        return self.step is not None and not self.note

    @property
    def has_past(self) -> bool:
        """Whether there is anything to forget."""
        return self.step is not None and (self.step.memory.steps > 1 or self.is_done)

    def refresh(self) -> None:
        """Look at the selected cell and its present numbers."""
        cell = chosen_cell(self._workspace)
        if isinstance(cell, str):
            self._cell, self._done, self.step, self.is_done, self.why_not = None, [], None, False, cell
            return
        if self._cell is None or (cell.user, cell.item) != (self._cell.user, self._cell.item):
            self._done = []
        self._cell, self.why_not = cell, ""
        self._found = cell_with(self._workspace.factors, cell.user, cell.item, self._columns())
        self._look(self._found, cell.rating)

    def press(self) -> None:
        """Do the next step on this cell, as one edit."""
        workspace = self._workspace
        workspace.about_to_change.emit()
        self.refresh()
        if self.step is None or self._cell is None or self._found is None:
            return
        done = one_step(self._present(self._found), self.step.rating, workspace.config, self._memory(self._found))
        del self._done[self._n_valid(self._found) :]
        self._done.append(done)
        user, item = self._cell.user, self._cell.item
        factors = workspace.factors.copy()
        done.after.write_into(factors, user, item)
        label = f"step on {workspace.ratings.user_name(user)}, {workspace.ratings.item_table.titles[item]}"
        workspace.exchange_state(label, replace(workspace.state, factors=factors))
        self.refresh()

    def start_over(self) -> None:
        """Forget what the optimizer remembers of this cell."""
        self._done = []
        self.refresh()

    def _look(self, found: AnyCell, rating: float) -> None:
        n = self._n_valid(found)
        last = self._done[n - 1] if n else None
        is_its_own = last is not None and last.rating == rating and last.config == self._workspace.config
        if last is not None and is_its_own and _is_same(last.after, found):
            self.step, self.is_done = last, True
            return
        config, memory = self._workspace.config, self._memory(found)
        self.step, self.is_done = one_step(self._present(found), rating, config, memory), False

    def _present(self, found: AnyCell) -> AnyCell:
        """The cell that was found in the sheet, labels' numbers as the steps have made them."""
        n = self._n_valid(found)
        made = [one for done in self._done[max(n - 1, 0) : n + 1] for one in (done.after, done.before)]
        return next((one for one in made if _fits(one, found) and _is_same(one, found)), found)

    def _n_valid(self, found: AnyCell) -> int:
        """How many of the steps done still count: those before the present numbers, or all after a foreign edit."""
        for place in range(len(self._done) - 1, -1, -1):
            if _is_same(self._done[place].after, found):
                return place + 1
            if _is_same(self._done[place].before, found):
                return place
        return len(self._done)

    def _memory(self, found: AnyCell) -> Memory:
        n = self._n_valid(found)
        if n == 0 or self._done[n - 1].config.optimizer != self._workspace.config.optimizer:
            return Memory()
        done = self._done[n - 1]
        return done.memory if _fits(done.after, found) else Memory()

    def _columns(self) -> tuple[FeatureColumn, ...]:
        """What the model learns from besides ids, looked up when the document or the setting changes."""
        workspace = self._workspace
        asked = workspace.ratings, workspace.config.model, workspace.config.features
        if self._asked is None or self._asked[0] is not asked[0] or self._asked[1:] != asked[1:]:
            self._asked, self._known = asked, learned_columns(workspace.ratings, workspace.config)
        return self._known


def _sizes(numbers: dict[str, FloatArray]) -> dict[str, int]:
    return {name: len(row) for name, row in numbers.items()}


def _fits(one: AnyCell, other: AnyCell) -> bool:
    """Whether two cells are of the same model and have the same labels."""
    return _sizes(one.rows()) == _sizes(other.rows())


def _is_same(one: AnyCell, other: AnyCell) -> bool:
    """Whether the sheet shows the same for two cells, as far as float32 goes."""
    a, b = one.shown(), other.shown()
    return _sizes(a) == _sizes(b) and all(np.allclose(a[name], b[name], rtol=1e-6, atol=1e-7) for name in a)
