"""How many steps to do next: as many as a few milliseconds hold, or as few as a chosen speed allows."""

from __future__ import annotations

import time
from collections import deque

CHUNK_SECONDS = 0.010
"""Length of a piece of work at full speed: short beside a frame, long beside what a piece costs in itself."""
WINDOW_SECONDS = 1.0
"""Time over which the speed is measured."""
LONGEST_CHUNK = 1_000_000


class Pace:
    """Plans pieces of work for one thread. Times are seconds of `time.perf_counter`."""

    def __init__(self, steps_per_second: float | None = None) -> None:
        self._limit = steps_per_second
        self._chunk = 1
        self._anchor = 0.0
        self._steps_since_anchor = 0
        self._marks: deque[tuple[float, int]] = deque()
        self.measured = 0.0
        """Steps per second of the last second."""

    def limit(self, steps_per_second: float | None) -> None:
        """Do so many steps a second from now on, None for as many as there is time for."""
        if steps_per_second != self._limit:
            self._limit = steps_per_second
            self._begin()

    def resume(self, steps_done: int) -> None:
        """Begin anew after a rest: the next step is due at once, and the rest counts for no speed."""
        self._begin()
        self._marks.clear()
        self._marks.append((time.perf_counter(), steps_done))

    def _begin(self) -> None:
        self._anchor = time.perf_counter()
        # The first step does not wait.
        self._steps_since_anchor = -1

    def due(self) -> int:
        """Steps to do now; 0 when it is too early for the next."""
        if self._limit is None:
            return self._chunk
        late = int((time.perf_counter() - self._anchor) * self._limit) - self._steps_since_anchor
        if late > 2 * self._chunk and late > self._limit:
            # A second behind: the machine cannot keep up, so the past is forgiven.
            self._begin()
        return max(min(late, self._chunk), 0)

    def seconds_to_next(self) -> float:
        """How long to wait for the next step."""
        if self._limit is None:
            return 0.0
        return max(self._anchor + (self._steps_since_anchor + 1) / self._limit - time.perf_counter(), 0.0)

    def note(self, n_steps: int, seconds: float, steps_done: int) -> None:
        """Account for a piece of work that took so many seconds."""
        self._steps_since_anchor += n_steps
        fitting = int(n_steps * CHUNK_SECONDS / max(seconds, 1e-7))
        # At most doubled: one measurement may be wrong by a factor of ten, above all the first.
        self._chunk = max(1, min(fitting, 2 * max(self._chunk, n_steps), LONGEST_CHUNK))
        now = time.perf_counter()
        self._marks.append((now, steps_done))
        while len(self._marks) > 2 and self._marks[1][0] < now - WINDOW_SECONDS:
            self._marks.popleft()
        first_time, first_steps = self._marks[0]
        if now > first_time:
            self.measured = (steps_done - first_steps) / (now - first_time)
