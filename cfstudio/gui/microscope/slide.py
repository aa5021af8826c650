"""What lies under the microscope: the selected cell, the step that training on it would do, and the steps done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.net_cell import cell_of
from cfstudio.learning.one_step import AnyCell, Memory, OneStep, one_step
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

NO_CELL = "Select a rated cell in the sheet: what a step on it does will stand here, number by number."
NOT_HERE = "The Bayesian model does no gradient steps to look at: it draws samples. Choose another model."
WITH_COLUMNS = (
    "With item and user columns a step also moves the numbers of their labels, which the microscope does not show; "
    "empty that setting to look at a step."
)


class Slide:
    """One cell of a document. Steps are undoable edits; the optimizer's memory follows Undo and Redo."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._cell: tuple[int, int] | None = None
        self._done: list[OneStep] = []
        self.step: OneStep | None = None
        """The last step done if the cell's numbers are still its result, else the one that would come next."""
        self.is_done = False
        """Whether `step` was done."""
        self.why_not = NO_CELL
        """Why there is no step, empty if there is one."""

    @property
    def title(self) -> str:
        """Which cell this is, and which of its steps."""
        if self._cell is None or self.step is None:
            return ""
        ratings = self._workspace.ratings
        user, item = self._cell
        cell = f"{ratings.user_name(user)} × {ratings.item_table.titles[item]}"
        return f"{cell}: step {self.step.memory.steps}{', done' if self.is_done else ' would be'}"

    @property
    def is_held_out(self) -> bool:
        """Whether training never sees this cell."""
        if self._cell is None:
            return False
        row = self._workspace.ratings.rows_at(np.array([self._cell[0]]), np.array([self._cell[1]]))[0]
        return bool(row >= 0 and self._workspace.held_out[row])

    def refresh(self) -> None:
        """Look at the selected cell and its present numbers."""
        workspace = self._workspace
        selection = workspace.selection
        if selection.user is None or selection.item is None:
            self._clear(NO_CELL)
            return
        cell = selection.user, selection.item
        rating = float(workspace.ratings.values_at(np.array([cell[0]]), np.array([cell[1]]))[0])
        if np.isnan(rating):
            self._clear("Nobody has rated this cell, so it has no error to learn from; select a rated one.")
            return
        if workspace.config.model == "bayes":
            self._clear(NOT_HERE)
            return
        if workspace.config.features and kind_named(workspace.config.model).takes_features:
            self._clear(WITH_COLUMNS)
            return
        if cell != self._cell:
            self._cell, self._done = cell, []
        self.why_not = ""
        self._look(cell_of(workspace.factors, *cell), rating)

    def press(self) -> None:
        """Do the next step on this cell, as one edit."""
        workspace = self._workspace
        workspace.about_to_change.emit()
        self.refresh()
        if self.step is None or self._cell is None:
            return
        done = one_step(
            cell_of(workspace.factors, *self._cell), self.step.rating, workspace.config, self._memory()
        )  # fmt: skip
        del self._done[self._n_valid() :]
        self._done.append(done)
        user, item = self._cell
        factors = workspace.factors.copy()
        done.after.write_into(factors, user, item)
        label = f"step on {workspace.ratings.user_name(user)}, {workspace.ratings.item_table.titles[item]}"
        workspace.exchange_state(label, replace(workspace.state, factors=factors))
        self.refresh()

    def start_over(self) -> None:
        """Forget what the optimizer remembers of this cell."""
        self._done = []
        self.refresh()

    def _look(self, cell: AnyCell, rating: float) -> None:
        n = self._n_valid()
        last = self._done[n - 1] if n else None
        is_its_own = last is not None and last.rating == rating and last.config == self._workspace.config
        if last is not None and is_its_own and _is_same(last.after, cell):
            self.step, self.is_done = last, True
            return
        self.step, self.is_done = one_step(cell, rating, self._workspace.config, self._memory()), False

    def _n_valid(self) -> int:
        """How many of the steps done still count: those before the present numbers, or all after a foreign edit."""
        assert self._cell is not None
        cell = cell_of(self._workspace.factors, *self._cell)
        for place in range(len(self._done) - 1, -1, -1):
            if _is_same(self._done[place].after, cell):
                return place + 1
            if _is_same(self._done[place].before, cell):
                return place
        return len(self._done)

    def _memory(self) -> Memory:
        n = self._n_valid()
        if n == 0 or self._done[n - 1].config.optimizer != self._workspace.config.optimizer:
            return Memory()
        done = self._done[n - 1]
        assert self._cell is not None
        present = cell_of(self._workspace.factors, *self._cell)
        return done.memory if _sizes(done.after) == _sizes(present) else Memory()

    def _clear(self, why: str) -> None:
        self._cell, self._done, self.step, self.is_done, self.why_not = None, [], None, False, why


def _sizes(cell: AnyCell) -> dict[str, int]:
    return {name: len(row) for name, row in cell.rows().items()}


def _is_same(one: AnyCell, other: AnyCell) -> bool:
    """Whether two cells' numbers are equal, as far as float32 goes."""
    a, b = one.rows(), other.rows()
    return _sizes(one) == _sizes(other) and all(np.allclose(a[name], b[name], rtol=1e-6, atol=1e-7) for name in a)
