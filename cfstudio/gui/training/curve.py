"""Long curves made short enough to draw, and smoothed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray


def thin(x: FloatArray, y: FloatArray, most: int) -> tuple[FloatArray, FloatArray]:
    """At most `most` points that look like all of them: the lowest and the highest of each stretch, and both ends.

    Points whose `y` is not finite are left out.
    """
    finite = np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    n_stretches = (most - 4) // 2
    if len(x) <= most or n_stretches < 1:
        return x[:most], y[:most]
    size = -(-(len(x) - 1) // n_stretches)
    whole = y[: (len(y) - 1) // size * size].reshape(-1, size)
    starts = np.arange(len(whole)) * size
    extremes = np.stack([starts + whole.argmin(axis=1), starts + whole.argmax(axis=1)])
    rest = len(whole) * size
    tail = [rest + int(y[rest:].argmin()), rest + int(y[rest:].argmax())]
    kept = np.unique(np.concatenate([[0, len(x) - 1], extremes.ravel(), tail]))
    return x[kept], y[kept]


def smoothed(y: FloatArray, weight: float) -> FloatArray:
    """Exponential moving average: each point is `weight` × the one before + (1 − `weight`) × its own value.

    Debiased, so that the first points do not lean towards zero (as in Kingma and Ba 2015, section 3). `weight` from 0
    (nothing changes) to less than 1.
    """
    # Only here: the window starts faster and smaller without pandas.
    import pandas as pd

    average: FloatArray = pd.Series(y).ewm(alpha=1.0 - weight, adjust=True).mean().to_numpy()
    return average


def best_point(y: FloatArray) -> int | None:
    """Where the lowest finite value is, the first of equals; None if there is none."""
    finite = np.isfinite(y)
    return int(np.where(finite, y, np.inf).argmin()) if finite.any() else None
