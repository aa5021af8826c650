"""Many random starts, of which the best solution is kept: the way out of a valley that is not the deepest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.gradient_methods import descend
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.search import SearchEnded

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.search import Search

ENDS_ALL = (Outcome.STOPPED, Outcome.TIME_LIMIT, Outcome.ITERATION_LIMIT)


def descend_from_many(search: Search) -> Outcome:
    """Descend from the present numbers, then from random ones. Raises SearchEnded once a limit is reached."""
    options = search.problem.options
    n_starts = min(options.population, options.max_subproblems)
    rng = np.random.default_rng(options.seed)
    lower, upper = box_of(search, spread=0.0)
    best, outcome = np.inf, Outcome.NO_FEASIBLE
    for number in range(n_starts):
        start = search.start if number == 0 else rng.uniform(lower, upper)
        ended = _descended(search, start)
        if search.best is not None and (number == 0 or search.best.badness < best):
            best, outcome = search.best.badness, ended
    return outcome


def _descended(search: Search, start: FloatArray) -> Outcome:
    try:
        return descend(search, start)
    except SearchEnded as end:
        is_hopeless = end.outcome in (Outcome.NOT_FINITE, Outcome.UNBOUNDED) and start is search.start
        if end.outcome in ENDS_ALL or is_hopeless:
            raise
        return end.outcome


def box_of(search: Search, spread: float) -> tuple[FloatArray, FloatArray]:
    """Where random numbers are drawn: (n,) lower and upper bounds.

    Where a cell has none, the range of its block's numbers at the start, made wider by `spread` of its width on both
    sides; at least 1 wide, so that equal numbers have a range, too.
    """
    lower, upper = search.rows.lower.copy(), search.rows.upper.copy()
    for part in search.problem.changing.slices.values():
        low, high = float(search.start[part].min()), float(search.start[part].max())
        middle, half = 0.5 * (low + high), max(0.5, 0.5 * (high - low)) * (1.0 + 2.0 * spread)
        # Beside a single bound the range starts at that bound.
        down = np.where(np.isinf(upper[part]), middle - half, np.minimum(middle - half, upper[part] - 2 * half))
        up = np.where(np.isinf(lower[part]), middle + half, np.maximum(middle + half, lower[part] + 2 * half))
        lower[part] = np.where(np.isinf(lower[part]), down, lower[part])
        upper[part] = np.where(np.isinf(upper[part]), up, upper[part])
    return lower, upper
