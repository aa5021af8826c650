"""Which ratings people could give, guessed from those they gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.table import RatingScale

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray

STEPS = (1.0, 0.5, 0.25, 0.2, 0.1, 0.05)
"""Steps people are offered, coarsest first; what fits none is continuous."""

CONTINUOUS_STEP = 0.01
MOST_STEPS = 1000
CHUNK = 1 << 20


def infer_scale(values: FloatArray) -> RatingScale:
    """The scale that ratings (n_rows,) float64, all finite, were most likely given on.

    - Whole numbers from 1 to 5 are the usual five stars: 1 to 5 by 1, though nobody may have given a 1.
    - Halves between 0.5 and 5, at least one of them not whole, are MovieLens' half stars: 0.5 to 5 by 0.5.
    - Anything else is taken as it is seen, lowest to highest, for the ends of an unknown scale cannot be told: a
      set of 3 to 9 may be of 1 to 10 or of 0 to 9. The step is the coarsest of `STEPS` of which all are multiples.
    """
    distinct = _distinct(values)
    low, high = float(values.min()), float(values.max())
    step = CONTINUOUS_STEP if distinct is None else _step(distinct)
    if step == 1 and low >= 1 and high <= 5:
        return RatingScale(1.0, 5.0, 1.0)
    if step == 0.5 and low >= 0.5 and high <= 5:
        return RatingScale(0.5, 5.0, 0.5)
    return RatingScale(low, high, step)


def _distinct(values: FloatArray) -> FloatArray | None:
    """The different values, None if there are too many for a scale with steps."""
    found = np.empty(0)
    # Sorting 25 million values at once would cost more than all else here.
    for start in range(0, len(values), CHUNK):
        found = np.union1d(found, values[start : start + CHUNK])
        if len(found) > MOST_STEPS:
            return None
    return found


def _step(distinct: FloatArray) -> float:
    for step in STEPS:
        steps = distinct / step
        if np.allclose(steps, np.rint(steps), rtol=0, atol=1e-6):
            return step
    return CONTINUOUS_STEP
