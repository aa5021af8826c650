"""Why a newcomer is predicted so: what each of its ratings adds to the prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.explore.fold_in import Folded
    from cfstudio.ratings.table import FloatArray, IntArray


@dataclass(frozen=True)
class Reasons:
    """What a prediction is made of, in rating points.

    `start` is what the average newcomer would be predicted; `codes` (n,) are the rated ones, largest effect first,
    `values` (n,) their ratings and `effects` (n,) what each of them adds. `rest` is the sum of the effects left out:
    `start`, all effects and `rest` are `prediction`.
    """

    start: float
    prediction: float
    codes: IntArray
    values: FloatArray
    effects: FloatArray
    rest: float = 0.0


def reasons_for(folded: Folded, code: int, n: int | None = None) -> Reasons:
    """What each rating, or the `n` with the largest effect, adds to the prediction of (or by) the one with that code.

    The numbers are linear in the ratings of the ridge problem, so the sum splits exactly; what a sigmoid bends is
    shared out in proportion.
    """
    return reasons_for_each(folded, np.array([code]), n)[0]


def reasons_for_each(folded: Folded, codes: IntArray, n: int | None = None) -> tuple[Reasons, ...]:
    """`reasons_for` of many at once, (m,) codes."""
    problem, known = folded.problem, folded.known
    columns = known.columns[codes]
    at_start = columns @ problem.prior.mean + known.offsets[codes]
    starts, predictions = known.to_rating(at_start), folded.predictions[codes]
    towards = (columns @ folded.spread_root) @ folded.spread_root.T
    surprise = problem.targets - problem.columns @ problem.prior.mean
    effects = (towards @ problem.columns.T) * (problem.weights * surprise / problem.prior.noise)
    moved = folded.totals[codes] - at_start
    has_moved = np.abs(moved) > 1e-9
    steepness = np.divide(predictions - starts, moved, out=known.slope(predictions), where=has_moved)
    effects *= steepness[:, None]
    orders = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :n]
    found = []
    for place, order in enumerate(orders):
        largest = effects[place, order]
        rest = float(effects[place].sum() - largest.sum())
        reasons = folded.codes[order], folded.values[order], largest
        found.append(Reasons(float(starts[place]), float(predictions[place]), *reasons, rest))
    return tuple(found)
