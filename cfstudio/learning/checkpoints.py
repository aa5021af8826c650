"""States of a run that it may go back to: few, and taken so seldom that nobody waits for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.run_state import RunState

MOST_KEPT = 3
"""Checkpoints besides the first one."""
PART_OF_TIME = 0.01
"""Part of the time that taking checkpoints unasked may cost."""


class Checkpoints:
    """The first state of a run and its latest ones, by step."""

    def __init__(self) -> None:
        self._kept: list[RunState] = []
        self._taken_at = time.perf_counter()
        self._wait = 1.0

    def keep(self, state: RunState, seconds: float) -> None:
        """Keep one that took so many seconds to take, in place of any of the same step or later ones."""
        self._kept = [one for one in self._kept if one.step < state.step]
        self._kept = [*self._kept[:1], *self._kept[1:][1 - MOST_KEPT :], state]
        self._taken_at = time.perf_counter()
        self._wait = seconds / PART_OF_TIME

    @property
    def is_due(self) -> bool:
        """Whether taking one now costs no more than its part of the time."""
        return time.perf_counter() - self._taken_at > self._wait

    def forget(self) -> None:
        """Drop all: the numbers were changed from outside, and no steps lead to what they are now."""
        self._kept = []

    def latest_until(self, step: int) -> RunState:
        """The latest one not after a step. Raises ValueError with a sentence without any."""
        early = [one for one in self._kept if one.step <= step]
        if not early:
            first = self._kept[0].step if self._kept else 0
            raise ValueError(f"The run can go back to step {first:,}, where its numbers were edited, and no further.")
        return early[-1]
