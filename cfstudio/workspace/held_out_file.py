"""A document whose held-out cells are those of a second file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.history import History
from cfstudio.workspace.model_state import ModelState
from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.reshaping import Contents

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings


@dataclass(frozen=True)
class HeldOutFile:
    """Ratings with those of the file `name` among them; `held_out` (n_rows,) bool, True where the file rates."""

    name: str
    ratings: Ratings
    held_out: BoolArray
    sentence: str
    """What became of the file's ratings, for people."""

    def of(self, contents: Contents) -> Contents:
        """The document with the file's cells held out, back at the start: what has seen them must not predict them."""
        config = replace(contents.state.config, split="file", valid_file=self.name)
        start = starting_factors(self.ratings, config, self.held_out)
        shown, old = contents.shown, contents.ratings
        shown = replace(
            shown,
            users=_with_new(shown.users, old.n_users, self.ratings.n_users),
            items=_with_new(shown.items, old.n_items, self.ratings.n_items),
        )
        state = ModelState(config, self.held_out, start, start.copy(), History())
        return Contents(self.ratings, state, shown, contents.selection)


def _with_new(shown: IntArray, n_before: int, n: int) -> IntArray:
    """The new codes are shown where the old ones all were."""
    return np.append(shown, np.arange(n_before, n)) if len(shown) == n_before else shown
