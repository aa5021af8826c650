"""The rated cell that is selected in the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace

NO_CELL = "Select a rated cell in the sheet: what a step on it does will stand here, number by number."
NOT_RATED = "Nobody has rated this cell, so it has no error to learn from; select a rated one."


@dataclass(frozen=True)
class ChosenCell:
    """A user and an item by code, and the rating."""

    user: int
    item: int
    rating: float

    def name(self, workspace: Workspace) -> str:
        """Who rated what."""
        return f"{workspace.ratings.user_name(self.user)} × {workspace.ratings.item_table.titles[self.item]}"

    def is_held_out(self, workspace: Workspace) -> bool:
        """Whether training never sees it."""
        row = workspace.ratings.rows_at(np.array([self.user]), np.array([self.item]))[0]
        return bool(row >= 0 and workspace.held_out[row])


def chosen_cell(workspace: Workspace) -> ChosenCell | str:
    """The cell, or a sentence that says what to select."""
    user, item = workspace.selection.user, workspace.selection.item
    if user is None or item is None:
        return NO_CELL
    rating = float(workspace.ratings.values_at(np.array([user]), np.array([item]))[0])
    return NOT_RATED if np.isnan(rating) else ChosenCell(user, item, rating)
