"""Which ratings are held out, so that the model never trains on them.

All functions return (n_rows,) bool, True where the rating is held out; blanked cells never are. The same seed gives
the same cells: they are taken from `numpy.random.default_rng(seed).permutation`.
"""

from __future__ import annotations

import numpy as np

from cfstudio.ratings.table import BoolArray, IntArray, Ratings


def random_hold_out(ratings: Ratings, fraction: float, seed: int) -> BoolArray:
    """Hold out a random part of the rated cells: the first `fraction` of a permutation of the rated rows."""
    _check_fraction(fraction)
    rated_rows = np.flatnonzero(ratings.rated)
    chosen = np.random.default_rng(seed).permutation(len(rated_rows))[: int(len(rated_rows) * fraction)]
    return _marked(ratings, rated_rows[chosen])


def fold_hold_out(ratings: Ratings, n_folds: int, fold: int, seed: int) -> BoolArray:
    """Hold out one of `n_folds` parts of the rated cells, `fold` counted from 1; together they are all cells."""
    if not 1 <= fold <= n_folds:
        raise ValueError(f"The fold must be between 1 and {n_folds}, not {fold}.")
    rated_rows = np.flatnonzero(ratings.rated)
    order = np.random.default_rng(seed).permutation(len(rated_rows))
    return _marked(ratings, rated_rows[np.array_split(order, n_folds)[fold - 1]])


def last_hold_out(ratings: Ratings, n_last: int) -> BoolArray:
    """Hold out each user's latest ratings by time, but never the user's only one.

    Of ratings with the same time the one further down in the data is later. Raises ValueError with a sentence when the
    data has no times.
    """
    if ratings.timestamps is None:
        raise ValueError("These ratings have no times, so nobody's last ones are known; choose another split.")
    rows = np.flatnonzero(ratings.rated)
    # lexsort sorts by its last key first, and stably
    order = rows[np.lexsort((ratings.timestamps[rows], ratings.users[rows]))]
    users = ratings.users[order]
    counts = np.bincount(users, minlength=ratings.n_users)
    ends = np.cumsum(counts)
    from_end = ends[users] - np.arange(len(users))  # 1 for the last one of a user
    return _marked(ratings, order[from_end <= np.minimum(n_last, counts[users] - 1)])


def user_hold_out(ratings: Ratings, fraction: float, seed: int) -> BoolArray:
    """Hold out all ratings of a random part of the users who rated anything."""
    _check_fraction(fraction)
    rating_users = np.flatnonzero(ratings.counts_by_user())
    chosen = np.random.default_rng(seed).permutation(len(rating_users))[: int(len(rating_users) * fraction)]
    is_chosen = np.zeros(ratings.n_users, dtype=np.bool_)
    is_chosen[rating_users[chosen]] = True
    return np.asarray(is_chosen[ratings.users] & ratings.rated)


def _check_fraction(fraction: float) -> None:
    if not 0 <= fraction < 1:
        raise ValueError(f"The held-out part must be at least 0 and less than 1, not {fraction}.")


def _marked(ratings: Ratings, rows: IntArray) -> BoolArray:
    held_out = np.zeros(len(ratings.values), dtype=np.bool_)
    held_out[rows] = True
    return held_out
