"""What comes back from a device that works on its own: copies that the host takes once they are there, unasked."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

SECONDS_BETWEEN_READS = 0.030
MOST_BURSTS = 2
"""Bursts of steps that may wait on the device: one to work on, one so that it never runs dry."""


class Mark(Protocol):
    """A place in the device's queue of work."""

    def query(self) -> bool:
        """Whether everything before it is done; does not wait."""

    def synchronize(self) -> None:
        """Wait until it is."""


class Past:
    """The mark of a device whose work is done when the call returns."""

    def query(self) -> bool:
        """It is."""
        return True

    def synchronize(self) -> None:
        """There is nothing to wait for."""


def mark_of(device: torch.device) -> Callable[[], Mark]:
    """What puts a mark at the end of a device's queue."""
    if device.type != "cuda":
        return Past

    def recorded() -> Mark:
        # blocking: whoever waits sleeps and leaves its core to others
        event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    return recorded


class Landing:
    """A copy on its way from the device to the host, of the numbers as they are after all steps started before."""

    def __init__(self, numbers: Tensor, mark: Callable[[], Mark]) -> None:
        on_gpu = numbers.device.type == "cuda"
        self._copy = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=on_gpu)
        self._copy.copy_(numbers, non_blocking=on_gpu)
        self._mark = mark()

    @property
    def is_here(self) -> bool:
        """Whether the copy may be read; does not wait."""
        return self._mark.query()

    def waited_for(self) -> Tensor:
        """The copy, after a wait where it is not here."""
        self._mark.synchronize()
        return self._copy


class ProgressReader:
    """Looks at a small tensor of the device every 30 ms, without ever waiting for it."""

    def __init__(
        self, numbers: Tensor, mark: Callable[[], Mark], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._numbers, self._mark, self._clock = numbers, mark, clock
        self._landing: Landing | None = None
        self._sent_at = -SECONDS_BETWEEN_READS
        self.latest: tuple[float, ...] = ()
        """The numbers as they were at some moment not long ago; empty before the first are here."""

    def look(self) -> None:
        """Take what is here, and send for the next when it is time; costs nothing otherwise."""
        if self._landing is not None:
            if not self._landing.is_here:
                return
            self.latest = tuple(self._landing.waited_for().tolist())
            self._landing = None
        now = self._clock()
        if now - self._sent_at >= SECONDS_BETWEEN_READS:
            self._sent_at = now
            self._landing = Landing(self._numbers, self._mark)

    def forget(self) -> None:
        """The numbers begin anew: what is on its way is of before."""
        self._landing, self.latest = None, ()


class Bursts:
    """Keeps the host from starting more steps than the device does in a moment, so that an order is soon obeyed."""

    def __init__(self, mark: Callable[[], Mark]) -> None:
        self._mark = mark
        self._marks: deque[Mark] = deque()

    def note(self) -> None:
        """A burst of steps has been started; waits while too many are under way."""
        self._marks.append(self._mark())
        while len(self._marks) > MOST_BURSTS:
            self._marks.popleft().synchronize()
