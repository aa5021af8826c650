"""Which ratings are held out, so that the model never trains on them."""

from __future__ import annotations

import numpy as np

from cfstudio.ratings.table import BoolArray, Ratings


def random_hold_out(ratings: Ratings, fraction: float, seed: int) -> BoolArray:
    """Hold out a random part of the rated cells.

    Returns (n_rows,) bool, True where the rating is held out. The same seed gives the same cells: the first
    `fraction` of `numpy.random.default_rng(seed).permutation` of the rated rows.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"The held-out part must be at least 0 and less than 1, not {fraction}.")
    rated_rows = np.flatnonzero(ratings.rated)
    chosen = np.random.default_rng(seed).permutation(len(rated_rows))[: int(len(rated_rows) * fraction)]
    held_out = np.zeros(len(ratings.values), dtype=np.bool_)
    held_out[rated_rows[chosen]] = True
    return held_out
