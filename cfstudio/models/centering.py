"""The same predictions with factors around zero, so that a bias is all that a user or an item has with everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Arrays = tuple[Numbers, Numbers, Numbers, Numbers]


def centered(arrays: Arrays, user_counts: Numbers, item_counts: Numbers) -> Arrays:
    """Factors of users (n_users, k) and items (n_items, k) and their biases, shifted without changing a prediction.

    Averages weighted by the numbers of ratings become 0: those of all factors and that of the items' biases; what they
    added goes to the biases, and what all cells have in common to the users'.
    """
    users, items, user_bias, item_bias = arrays
    user_mean = np.average(users, axis=0, weights=user_counts)
    item_mean = np.average(items, axis=0, weights=item_counts)
    users, items = users - user_mean, items - item_mean
    user_bias = user_bias + users @ item_mean + user_mean @ item_mean
    item_bias = item_bias + items @ user_mean
    shift = float(np.average(item_bias, weights=item_counts))
    return users, items, user_bias + shift, item_bias - shift
