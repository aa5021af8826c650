"""What a curve says of its run: where it began to memorize."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.learning.history import History

LEAST_AFTER = 3
"""Measurements after the best one before anything is said: one may be chance."""
LEAST_RISE = 0.005
"""Part by which the held-out RMSE must have risen."""


@dataclass(frozen=True)
class Overfitting:
    """From `step` on, the held-out RMSE rose from `best` to `last` while the training RMSE fell; rating points."""

    step: int
    epoch: float
    best: float
    last: float


def overfitting(history: History) -> Overfitting | None:
    """Where a run began to overfit, None if it has not.

    The last `LEAST_AFTER` held-out errors must all be above the best one by `LEAST_RISE` of it, and the training error
    below that at the best one.
    """
    n = len(history)
    valid, train = history.valid_rmse[:n], history.train_rmse[:n]
    if n <= LEAST_AFTER or not np.isfinite(valid).all():
        return None
    best = int(valid.argmin())
    has_risen = (valid[-LEAST_AFTER:] > (1 + LEAST_RISE) * valid[best]).all() and best < n - LEAST_AFTER
    if not has_risen or train[-1] >= train[best]:
        return None
    return Overfitting(int(history.steps[best]), float(history.epochs[best]), float(valid[best]), float(valid[-1]))
