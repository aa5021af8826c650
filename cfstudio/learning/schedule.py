"""Learning rate and momentum of every step of a run."""

from __future__ import annotations

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

TABLE_STEPS = 16_384
"""Steps computed at once, always from a multiple of it: short pieces cost nothing and get the bits of long ones."""


class Schedule:
    """The learning rate, and Adam's first beta, as functions of the step."""

    def __init__(self, name: ScheduleName, learning_rate: float, n_steps: int) -> None:
        self._is_constant = name == "constant"
        self._peak = learning_rate
        self._n_steps = max(n_steps, 1)
        self._number = -1
        self._table = (np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32))

    def at(self, first: int, most: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Learning rates and momenta of the steps from `first` on: two (n,) float32 views, 1 ≤ n ≤ `most`."""
        number, begin = divmod(first, TABLE_STEPS)
        if number != self._number:
            self._number, self._table = number, self._computed(number * TABLE_STEPS)
        rates, momenta = self._table
        return rates[begin : begin + most], momenta[begin : begin + most]

    def _computed(self, first: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The table of the steps from `first` on, as far as the run goes, its end included."""
        steps = np.arange(first, min(first + TABLE_STEPS, self._n_steps + 1))
        if self._is_constant:
            rates, momenta = np.full(len(steps), self._peak), np.full(len(steps), USUAL_MOMENTUM)
        else:
            rates, momenta = self._one_cycle(steps)
        return rates.astype(np.float32), momenta.astype(np.float32)

    def _one_cycle(self, steps: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Cosine up to the peak in a quarter of the run and down again, momentum the other way.

        Smith 2018 (arXiv 1803.09820) with the divisors and momenta of fastai's `fit_one_cycle`.
        """
        part = steps / self._n_steps
        rising = np.clip(part / WARM_UP_PART, 0.0, 1.0)
        falling = np.clip((part - WARM_UP_PART) / (1.0 - WARM_UP_PART), 0.0, 1.0)
        is_rising = part < WARM_UP_PART
        start, peak, end = self._peak / START_DIVISOR, self._peak, self._peak / END_DIVISOR
        rates = np.where(is_rising, _cosine(start, peak, rising), _cosine(peak, end, falling))
        momenta = np.where(
            is_rising,
            _cosine(MOMENTUM_HIGH, MOMENTUM_LOW, rising),
            _cosine(MOMENTUM_LOW, MOMENTUM_HIGH, falling),
        )
        return rates, momenta


def _cosine(start: float, end: float, part: NDArray[np.float64]) -> NDArray[np.float64]:
    return start + (end - start) * 0.5 * (1.0 - np.cos(np.pi * part))
