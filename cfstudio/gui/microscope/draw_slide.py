"""What lies under the microscope with the Bayesian model: the draw of the selected cell's user, and the draws done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.microscope.chosen_cell import NO_CELL, ChosenCell, chosen_cell
from cfstudio.learning.draw_words import draw_board
from cfstudio.learning.one_draw import OneDraw, Prior, Rated, one_draw

if TYPE_CHECKING:
    from cfstudio.learning.blackboard import Blackboard
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.document import Workspace

WITH_COLUMNS = (
    "With columns or sets a user's numbers are sums of what is drawn for each of them, which the sheet does not tell "
    "apart; empty that setting to look at a draw."
)
HELD_OUT = "This cell is held out: the draw does not use its rating."


class DrawSlide:
    """One user of a document. Draws are undoable edits; which comes next follows Undo and Redo."""

    button = ("&Draw", "Draw &again")
    """Before anything was done, and afterwards."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._cell: ChosenCell | None = None
        self._done: list[OneDraw] = []
        self._draw: OneDraw | None = None
        self.is_done = False
        """Whether the draw shown was done."""
        self.why_not = NO_CELL
        """Why there is no draw, empty if there is one."""

    @property
    def board(self) -> Blackboard | None:
        """All that is shown, None without a draw."""
        if self._draw is None or self._cell is None:
            return None
        before, after = (self._predicted(self._cell, one) for one in (self._draw.old, self._draw.new))
        return draw_board(self._draw, self._cell.rating, before, after)

    @property
    def title(self) -> str:
        """Which cell this is, and which draw of its user."""
        if self._cell is None or self._draw is None:
            return ""
        return (
            f"{self._cell.name(self._workspace)}: draw {self._draw.number}{', done' if self.is_done else ' would be'}"
        )

    @property
    def note(self) -> str:
        """What else to know of the cell."""
        return HELD_OUT if self._cell is not None and self._cell.is_held_out(self._workspace) else ""

    @property
    def may_step(self) -> bool:
        """Whether the draw may be done."""
        return self._draw is not None

    @property
    def has_past(self) -> bool:
        """Whether there is anything to forget."""
        return bool(self._done)

    def refresh(self) -> None:
        """Look at the selected cell's user and the present numbers."""
        workspace = self._workspace
        cell = chosen_cell(workspace)
        if workspace.config.features and not isinstance(cell, str):
            cell = WITH_COLUMNS
        if isinstance(cell, str):
            self._cell, self._done, self._draw, self.is_done, self.why_not = None, [], None, False, cell
            return
        if self._cell is None or cell.user != self._cell.user:
            self._done = []
        self._cell, self.why_not = cell, ""
        present = self._numbers()[cell.user]
        last = next((one for one in reversed(self._done) if _is_same(one.new, present)), None)
        self._draw, self.is_done = (self._next(cell), False) if last is None else (last, True)

    def press(self) -> None:
        """Draw, as one edit."""
        workspace = self._workspace
        workspace.about_to_change.emit()
        self.refresh()
        if self._cell is None or self._draw is None:
            return
        drawn, user = self._next(self._cell), self._cell.user
        self._done = [*self._done[: drawn.number - 1], drawn]
        factors = workspace.factors.copy()
        assert factors.user_bias is not None, "The Bayesian model has biases."
        factors.user_factors[user], factors.user_bias[user] = drawn.new[:-1], drawn.new[-1]
        label = f"draw of {workspace.ratings.user_name(user)}"
        workspace.exchange_state(label, replace(workspace.state, factors=factors))
        self.refresh()

    def start_over(self) -> None:
        """Forget the draws done: the next one is the first again."""
        self._done = []
        self.refresh()

    def _next(self, cell: ChosenCell) -> OneDraw:
        """The draw that comes after the last one done; the same one as often as it is asked for."""
        workspace, numbers = self._workspace, self._numbers()
        old = numbers[cell.user]
        places = [place for place, one in enumerate(self._done) if _is_same(one.new, old)]
        number = places[-1] + 2 if places else 1
        rated = Rated.of(workspace.ratings, workspace.held_out, workspace.factors, cell.user)
        normals = np.random.default_rng([workspace.config.seed, cell.user, number]).standard_normal(len(old))
        return one_draw(rated, Prior.of(numbers), old, normals, number)

    def _numbers(self) -> FloatArray:
        """(n_users, k + 1) the users' factors and biases."""
        factors = self._workspace.factors
        assert factors.user_bias is not None, "The Bayesian model has biases."
        return np.column_stack((factors.user_factors, factors.user_bias)).astype(np.float64)

    def _predicted(self, cell: ChosenCell, user: FloatArray) -> float:
        factors = self._workspace.factors
        assert factors.item_bias is not None, "The Bayesian model has biases."
        item = np.append(factors.item_factors[cell.item], 1.0)
        return float(user @ item + factors.item_bias[cell.item] + factors.global_mean)


def _is_same(one: FloatArray, other: FloatArray) -> bool:
    return len(one) == len(other) and np.allclose(one, other, rtol=1e-6, atol=1e-7)
