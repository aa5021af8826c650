"""States of a run that it may go back to: few, and taken so seldom that nobody waits for them."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.learning.run_state import RunState

MOST_KEPT = 3
"""Checkpoints besides the first one."""
MOST_BYTES = 256 << 20
"""Memory of all of them; the first and the latest of a run are kept in any case where it cannot do without."""
PART_OF_TIME = 0.01
"""Part of the time that taking checkpoints unasked may cost."""


class Checkpoints:
    """The first state of a run and its latest ones, by step.

    `can_begin_anew` says that the run finds back to its first step by itself: then none is kept that has no room.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, *, can_begin_anew: bool = False) -> None:
        self._most_bytes, self._can_begin_anew = most_bytes, can_begin_anew
        self._kept: list[RunState] = []
        self._taken_at = time.perf_counter()
        self._wait = 1.0
        self._limit = ""

    @property
    def n_bytes(self) -> int:
        """Memory of what is kept."""
        return sum(state.n_bytes for state in self._kept)

    def keep(self, state: RunState, seconds: float) -> None:
        """Keep one that took so many seconds to take, in place of any of the same step or later ones."""
        self._kept = [one for one in self._kept if one.step < state.step]
        self._kept = [*self._kept[:1], *self._kept[1:][1 - MOST_KEPT :], state]
        self._taken_at = time.perf_counter()
        self._wait = seconds / PART_OF_TIME
        if self._can_begin_anew and state.n_bytes > self._most_bytes:
            # It will not become smaller.
            self._wait = math.inf
        self._make_room()

    def _make_room(self) -> None:
        first = 0 if self._can_begin_anew else 1
        least = 0 if self._can_begin_anew else 2
        while len(self._kept) > least and self.n_bytes > self._most_bytes:
            del self._kept[first]

    @property
    def is_due(self) -> bool:
        """Whether taking one now costs no more than its part of the time."""
        return time.perf_counter() - self._taken_at > self._wait

    def forget(self, limit: str) -> None:
        """Drop all: no steps lead from them to the numbers of now; `limit` says why, “where its numbers …”."""
        self._kept, self._limit = [], limit

    def find(self, step: int) -> RunState | None:
        """The latest one not after a step, None without any."""
        return next((one for one in reversed(self._kept) if one.step <= step), None)

    def latest_until(self, step: int) -> RunState:
        """The latest one not after a step. Raises ValueError with a sentence without any."""
        found = self.find(step)
        if found is None:
            first = self._kept[0].step if self._kept else 0
            raise ValueError(f"The run can go back to step {first:,}, {self._limit}, and no further.")
        return found
