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
    problem, known = folded.problem, folded.known
    column = known.columns[code]
    at_start = float(column @ problem.prior.mean + known.offsets[code])
    start = float(known.to_rating(np.array([at_start]))[0])
    prediction = float(folded.predictions[code])
    towards = folded.spread_root @ (folded.spread_root.T @ column)
    surprise = problem.targets - problem.columns @ problem.prior.mean
    effects = (problem.columns @ towards) * problem.weights * surprise / problem.prior.noise
    moved = float(folded.totals[code]) - at_start
    steepness = (prediction - start) / moved if abs(moved) > 1e-9 else _slope_at(folded, code)
    effects = effects * steepness
    order = np.argsort(-np.abs(effects), kind="stable")[:n]
    rest = float(effects.sum() - effects[order].sum())
    return Reasons(start, prediction, folded.codes[order], folded.values[order], effects[order], rest)


def _slope_at(folded: Folded, code: int) -> float:
    return float(folded.known.slope(folded.predictions[[code]])[0])
