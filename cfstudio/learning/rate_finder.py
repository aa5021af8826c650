"""The learning-rate finder: a short run whose rate grows exponentially, and what its loss says.

Smith 2017 (arXiv 1506.01186); smoothing, early end and the suggestions "steepest" and "valley" as fastai's `lr_find`
has them. It works on a copy of the numbers: the run that follows starts from what there was before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import learned_columns, make_engine
from cfstudio.learning.training_cells import TrainingCells

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings

FIRST_RATE, LAST_RATE = 1e-5, 10.0
SMOOTHING = 0.98
"""Part of the running mean that a step keeps."""
WORSE_THAN_BEST = 4.0
"""The sweep ends once the smoothed loss is so many times its lowest value."""
STEEP_FROM = 0.2
"""Part of the fall before which a steep place is the noise of few ratings a batch."""
FALL_BEGUN = 0.05
"""Part of the whole fall of the loss after which it counts as falling."""
SHORTEST = 10
"""Measurements below which there is no curve to read."""


@dataclass(frozen=True)
class RateCurve:
    """The smoothed mean squared error of the batches, in squared rating points, by learning rate: (n,) float64 each.

    `steepest` and `valley` are rates to train with, None where the curve has no such place.
    """

    rates: FloatArray
    losses: FloatArray
    steepest: float | None
    valley: float | None
    is_complete: bool
    """False where it was cancelled."""


def find_rate(
    ratings: Ratings,
    held_out: BoolArray,
    start: Factorization,
    config: TrainingConfig,
    progress: Callable[[float], bool] = lambda _: True,
    n_steps: int = 300,
) -> RateCurve:
    """Sweep the learning rate over so many steps, with the optimizer, decay and batches of `config`.

    `progress` is told the part done, 0 to 1, after each step, and cancels by returning False. Raises ValueError with a
    sentence when there is nothing to train on, RuntimeError when the device is missing.
    """
    cells = TrainingCells(ratings, held_out, config.batch_size, config.seed)
    engine = make_engine(start.copy(), config, cells.batch_size, learned_columns(ratings, config))
    rates = FIRST_RATE * (LAST_RATE / FIRST_RATE) ** (np.arange(n_steps) / (n_steps - 1))
    momenta = np.full(1, config.momentum, dtype=np.float32)
    smoothed: list[float] = []
    mean, is_complete = 0.0, True
    for step, rate in enumerate(rates):
        pairs, before = cells.ahead(1), float(engine.report[0])
        engine.steps(pairs, np.array([rate], dtype=np.float32), momenta, step)
        loss = (float(engine.report[0]) - before) / len(pairs)
        mean = SMOOTHING * mean + (1.0 - SMOOTHING) * loss
        # Without the correction the mean would start from 0.
        smooth = mean / (1.0 - SMOOTHING ** (step + 1))
        if not math.isfinite(smooth) or (smoothed and smooth > WORSE_THAN_BEST * min(smoothed)):
            break
        smoothed.append(smooth)
        if not progress((step + 1) / n_steps):
            is_complete = False
            break
    return _curve(rates[: len(smoothed)], np.array(smoothed), is_complete=is_complete)


def _curve(rates: FloatArray, losses: FloatArray, *, is_complete: bool) -> RateCurve:
    if len(rates) < SHORTEST:
        return RateCurve(rates, losses, None, None, is_complete)
    # As in fastai: the first tenth is the noise of a running mean over few batches.
    read = slice(len(rates) // 10, None)
    steepest, valley = steepest_rate(rates[read], losses[read]), valley_rate(rates[read], losses[read])
    return RateCurve(rates, losses, steepest, valley, is_complete)


def steepest_rate(rates: FloatArray, losses: FloatArray) -> float | None:
    """The rate at which the loss falls most steeply per factor of the rate; None where it never falls."""
    falling = _falling(losses, STEEP_FROM)
    if not falling:
        return None
    slopes = np.gradient(losses, np.log(rates))
    return float(rates[min(falling, key=lambda place: float(slopes[place]))])


def valley_rate(rates: FloatArray, losses: FloatArray) -> float | None:
    """Half along the stretch over which the loss falls; None without one."""
    falling = _falling(losses, FALL_BEGUN)
    return float(rates[falling[len(falling) // 2]]) if falling else None


def _falling(losses: FloatArray, begun: float) -> list[int]:
    """Places at which the loss falls, from `begun`, a part of its whole fall, on.

    As in fastai's `valley` they are the longest decreasing subsequence, so that a bump does not end it. What comes
    before the loss has really begun to fall is left out: there, any small rate does as little as any other.
    """
    length, before = _longest_decrease(losses)
    stretch = [int(np.argmax(length))]
    while before[stretch[-1]] >= 0:
        stretch.append(before[stretch[-1]])
    stretch.reverse()
    first, last = losses[stretch[0]], losses[stretch[-1]]
    return [place for place in stretch if losses[place] < first - begun * (first - last)]


def _longest_decrease(losses: FloatArray) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[int]]:
    """For each place, the length of the longest decreasing subsequence that ends there, and the place before it."""
    n = len(losses)
    length, before = np.ones(n, dtype=np.int64), [-1] * n
    for place in range(1, n):
        for earlier in range(place):
            if losses[earlier] > losses[place] and length[earlier] + 1 > length[place]:
                length[place], before[place] = length[earlier] + 1, earlier
    return length, before
