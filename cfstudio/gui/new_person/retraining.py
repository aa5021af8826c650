"""A person who was kept as a user: what the closed form said of it, and what a whole training says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.recommendations import rated_by, recommend, user_predictions
from cfstudio.gui.keyed_model import Column, Row, points, signed, stars

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray
    from cfstudio.workspace.document import Workspace

N_COMPARED = 20
COLUMNS = (
    Column("Movie", "Rated first, then what was recommended"),
    Column("Stars", "What was given", stars, "0.0"),
    Column("At once", "Predicted by the closed form: the other numbers stood still", points, "0.00"),
    Column("Retrained", "Predicted after the whole model was trained with these ratings", points, "0.00"),
    Column("Change", "Retrained minus at once", signed, "−0.00"),
)


@dataclass(frozen=True)
class Kept:
    """Who was kept and what was predicted at once: (n_items,) rating points, by item code."""

    user_id: object
    predictions: FloatArray

    def user(self, workspace: Workspace) -> int | None:
        """The user's code, None once it is gone."""
        found = np.flatnonzero(workspace.ratings.user_ids == self.user_id)
        return int(found[0]) if len(found) and len(self.predictions) == workspace.ratings.n_items else None


@dataclass(frozen=True)
class Comparison:
    """Rows to show and what they amount to, in a sentence."""

    rows: list[Row]
    sentence: str


def compare(workspace: Workspace, kept: Kept, user: int, candidates: BoolArray) -> Comparison:
    """Both predictions of what was rated and of what either recommends."""
    ratings = workspace.ratings
    rated = rated_by(ratings, user)
    before, after = kept.predictions, user_predictions(workspace.factors, user)
    values = ratings.values_at(np.full(len(rated), user), rated)
    first, second = (recommend(one, rated, N_COMPARED, candidates).codes for one in (before, after))
    codes = [*rated.tolist(), *first.tolist(), *(code for code in second.tolist() if code not in set(first.tolist()))]
    given = dict(zip(rated.tolist(), values.tolist(), strict=True))
    rows = [
        Row(
            code,
            (
                str(ratings.item_table.titles[code]),
                given.get(code),
                float(before[code]),
                float(after[code]),
                float(after[code] - before[code]),
            ),
        )
        for code in codes
    ]
    n_same = len(np.intersect1d(first, second))
    alike = f"{n_same} of the {len(first)} recommended first are the same." if len(first) else ""
    if not len(rated):
        return Comparison(rows, alike)
    errors = [float(np.sqrt(np.mean((one[rated] - values) ** 2))) for one in (before, after)]
    n = len(rated)
    fit = f"On the {n} rating{'s' * (n != 1)} given, which both have seen: RMSE {errors[0]:.2f} at once, "
    return Comparison(rows, f"{fit}{errors[1]:.2f} retrained. {alike}")
