"""The error of a model that knows nothing: always say the mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, Ratings


def mean_rmse(ratings: Ratings, held_out: BoolArray) -> float:
    """RMSE in rating points of the mean of the training ratings, over the held-out ratings.

    Over the training ratings where none is held out; NaN without training ratings. `held_out` is (n_rows,).
    """
    rated = ratings.rated
    known = ratings.values[rated & ~held_out]
    if not len(known):
        return math.nan
    judged = ratings.values[rated & held_out]
    error = (judged if len(judged) else known) - known.mean()
    return math.sqrt(float(np.mean(np.square(error))))
