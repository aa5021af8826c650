"""A run's numbers at many of its steps, thinned so that they stay within a given memory."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.factorization import Factorization

USUAL_BYTES = 256 << 20
"""Memory for the frames of a run at first: about 130 of 671 × 9,066 with 50 factors."""
MOST_FRAMES = 2_000
"""More than a slider has places for."""
FREE_SECONDS = 0.1
PART_OF_TIME = 0.02
"""Time that may be spent on copying a run's numbers: so much at once, beyond it a part of the run's time."""


@dataclass(frozen=True)
class Frame:
    """The numbers after a step, and how many epochs that is."""

    step: int
    epoch: float
    factors: Factorization


class Timeline:
    """Frames of one run in the order of their steps, the start first.

    Written by the training thread, read by others: `frames` is replaced, never changed. When the memory is full every
    second frame goes, and from then on frames are taken half as often.
    """

    def __init__(self, most_bytes: int = USUAL_BYTES) -> None:
        self._lock = threading.Lock()
        self._most_bytes = most_bytes
        self._spacing = 1
        self._next_step, self._next_time = 0, 0.0
        self._spent = 0.0
        self.frames: tuple[Frame, ...] = ()

    @property
    def n_bytes(self) -> int:
        """Memory of the frames' numbers."""
        frames = self.frames
        return len(frames) * frames[0].factors.n_bytes if frames else 0

    def limit(self, most_bytes: int) -> None:
        """Stay within another memory from now on."""
        with self._lock:
            self._most_bytes = most_bytes
            self._thin()

    def note(self, step: int, epoch: float, take: Callable[[], Factorization]) -> None:
        """Keep the numbers of this step if a frame is due; `take` copies them."""
        begun = time.perf_counter()
        if self.frames and (step < self._next_step or begun < self._next_time):
            return
        factors = take()
        cost = time.perf_counter() - begun
        with self._lock:
            self._spent += cost
            self._next_time = begun + cost / PART_OF_TIME if self._spent > FREE_SECONDS else 0.0
            self.frames = (*self.frames, Frame(step, epoch, factors))
            self._thin()
            self._next_step = step + self._spacing

    def cut(self, step: int) -> None:
        """Forget what came after a step: the run was taken back to it."""
        with self._lock:
            self.frames = tuple(frame for frame in self.frames if frame.step <= step)
            self._next_step, self._next_time = step + 1, 0.0

    def _thin(self) -> None:
        frames = self.frames
        while len(frames) > 2 and (
            len(frames) * frames[0].factors.n_bytes > self._most_bytes or len(frames) > MOST_FRAMES
        ):
            frames = frames[::2]
            self._spacing *= 2
        self.frames = frames
