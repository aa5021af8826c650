"""Learning rate and momentum of every step of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.config import ScheduleName

USUAL_MOMENTUM = 0.9
"""Adam's first beta outside a cycle (Kingma and Ba 2015)."""

WARM_UP_PART = 0.25
START_DIVISOR = 25.0
END_DIVISOR = 1e5
MOMENTUM_HIGH, MOMENTUM_LOW = 0.95, 0.85


@dataclass(frozen=True)
class Schedule:
    """The learning rate, and Adam's first beta, as functions of the step."""

    name: ScheduleName
    learning_rate: float
    n_steps: int

    def at(self, first: int, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Learning rates and momenta of the steps `first`, …, `first + count − 1`, each (count,) float32."""
        steps = np.arange(first, first + count)
        if self.name == "constant":
            return (
                np.full(count, self.learning_rate, dtype=np.float32),
                np.full(count, USUAL_MOMENTUM, dtype=np.float32),
            )
        return self._one_cycle(steps)

    def _one_cycle(self, steps: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Cosine up to the peak in a quarter of the run and down again, momentum the other way.

        Smith 2018 (arXiv 1803.09820) with the divisors and momenta of fastai's `fit_one_cycle`.
        """
        part = steps / max(self.n_steps, 1)
        peak = self.learning_rate
        rising = np.clip(part / WARM_UP_PART, 0.0, 1.0)
        falling = np.clip((part - WARM_UP_PART) / (1.0 - WARM_UP_PART), 0.0, 1.0)
        is_rising = part < WARM_UP_PART
        rates = np.where(
            is_rising, _cosine(peak / START_DIVISOR, peak, rising), _cosine(peak, peak / END_DIVISOR, falling)
        )
        momenta = np.where(
            is_rising,
            _cosine(MOMENTUM_HIGH, MOMENTUM_LOW, rising),
            _cosine(MOMENTUM_LOW, MOMENTUM_HIGH, falling),
        )
        return rates.astype(np.float32), momenta.astype(np.float32)


def _cosine(start: float, end: float, part: NDArray[np.float64]) -> NDArray[np.float64]:
    return start + (end - start) * 0.5 * (1.0 - np.cos(np.pi * part))
