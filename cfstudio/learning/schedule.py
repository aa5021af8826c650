"""Learning rate and momentum of every step of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.options import ScheduleName

    Steps = NDArray[np.int64]
    Numbers = NDArray[np.float64]

USUAL_MOMENTUM = 0.9
"""Adam's first beta outside a cycle (Kingma and Ba 2015)."""

WARM_UP_PART = 0.25
START_DIVISOR = 25.0
END_DIVISOR = 1e5
MOMENTUM_SWING = 0.05
MOST_MOMENTUM = 0.999

TABLE_STEPS = 16_384
"""Steps computed at once, always from a multiple of it: short pieces cost nothing and get the bits of long ones."""


class Schedule:
    """The learning rate, and the momentum or Adam's first beta, as functions of the step.

    `cycle` is the length of SGDR's first cycle in steps, `cycle_mult` how many times as long each next one is.
    """

    def __init__(
        self,
        name: ScheduleName,
        learning_rate: float,
        n_steps: int,
        momentum: float = USUAL_MOMENTUM,
        cycle: float = 1.0,
        cycle_mult: float = 2.0,
    ) -> None:
        self._name = name
        self._peak = learning_rate
        self._n_steps = max(n_steps, 1)
        self._momentum = momentum
        self._cycle, self._cycle_mult = cycle, cycle_mult
        self._number = -1
        self._table = (np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32))

    @classmethod
    def of(cls, config: TrainingConfig, n_steps: int, steps_per_epoch: int) -> Schedule:
        """The schedule of a run of so many steps."""
        cycle = max(config.cycle_len * steps_per_epoch, 1.0)
        return cls(config.schedule, config.learning_rate, n_steps, config.momentum, cycle, config.cycle_mult)

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
        rates, momenta = np.full(len(steps), self._peak), np.full(len(steps), self._momentum)
        if self._name == "one-cycle":
            rates, momenta = self._one_cycle(steps)
        elif self._name == "cosine":
            rates = _cosine(self._peak, 0.0, steps / self._n_steps)
        elif self._name == "sgdr":
            rates = _cosine(self._peak, 0.0, self._part_of_cycle(steps))
        return rates.astype(np.float32), momenta.astype(np.float32)

    def _part_of_cycle(self, steps: Steps) -> Numbers:
        """How far the steps are in their cycles, 0 to before 1: Loshchilov and Hutter 2017 (arXiv 1608.03983)."""
        if self._cycle_mult == 1.0:
            return np.asarray(steps % self._cycle / self._cycle)
        starts, length = [0.0], self._cycle
        while starts[-1] + length <= steps[-1]:
            starts.append(starts[-1] + length)
            length *= self._cycle_mult
        begun = np.array(starts)
        cycle = np.searchsorted(begun, steps, side="right") - 1
        return np.asarray((steps - begun[cycle]) / (self._cycle * self._cycle_mult**cycle))

    def _one_cycle(self, steps: Steps) -> tuple[Numbers, Numbers]:
        """Cosine up to the peak in a quarter of the run and down again, momentum the other way.

        Smith 2018 (arXiv 1803.09820) with the divisors and momenta of fastai's `fit_one_cycle`; a momentum of 0 stays.
        """
        part = steps / self._n_steps
        rising = np.clip(part / WARM_UP_PART, 0.0, 1.0)
        falling = np.clip((part - WARM_UP_PART) / (1.0 - WARM_UP_PART), 0.0, 1.0)
        is_rising = part < WARM_UP_PART
        start, peak, end = self._peak / START_DIVISOR, self._peak, self._peak / END_DIVISOR
        swing = MOMENTUM_SWING if self._momentum > 0 else 0.0
        low, high = max(self._momentum - swing, 0.0), min(self._momentum + swing, MOST_MOMENTUM)
        rates = np.where(is_rising, _cosine(start, peak, rising), _cosine(peak, end, falling))
        momenta = np.where(is_rising, _cosine(high, low, rising), _cosine(low, high, falling))
        return rates, momenta


def _cosine(start: float, end: float, part: Numbers) -> Numbers:
    return np.asarray(start + (end - start) * 0.5 * (1.0 - np.cos(np.pi * part)))
