"""What edits of ratings and factors are made of: their names, and the numbers that they replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


def factors_at(workspace: Workspace, side: Side, codes: IntArray, columns: IntArray) -> FloatArray:
    """The present numbers (n,) at these rows and columns of the users' or items' factors, biases last."""
    numbers = np.empty(len(codes))
    for column in np.unique(columns).tolist():
        here = columns == column
        numbers[here] = workspace.factor_array(side, column)[codes[here]]
    return numbers


def name_of_ratings(new: FloatArray) -> str:
    """What an edit of some ratings is called."""
    what = "rating" if len(new) == 1 else f"{len(new):,} ratings"
    if np.isnan(new).all():
        return f"{what} blanked"
    return f"{what} {new[0]:g}" if (new == new[0]).all() else what
