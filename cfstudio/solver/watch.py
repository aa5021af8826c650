"""Watching a search from another thread: trial solutions as they come, and pause, step and stop between them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray


@dataclass(frozen=True)
class Trial:
    """A trial solution.

    `objective` and `gradient_norm` (largest slope of the objective in a cell that can still move; NaN for methods
    without gradient) in the objective's unit; `feasibility` how far the worst constraint is missed; `held_out_rmse`
    NaN where nothing is held out; `seconds` since the start, pauses left out; `evaluations` of the objective with its
    gradient; `recalculations` of the sheet. `numbers` (n,) float64 of the changing cells, a copy, None once the trial
    is history.
    """

    iteration: int
    evaluations: int
    recalculations: int
    objective: float
    gradient_norm: float
    feasibility: float
    held_out_rmse: float
    seconds: float
    numbers: FloatArray | None = None


class Watch:
    """Between a search and whoever watches it.

    The search's thread calls `on_trial` at each trial solution and then, while paused, waits. All other methods may
    be called from any thread. `latest` is the last trial solution, for those who rather look than be called.
    """

    def __init__(self, on_trial: Callable[[Trial], None] | None = None, *, paused: bool = False) -> None:
        self.latest: Trial | None = None
        self._on_trial = on_trial
        self._condition = threading.Condition()
        self._paused, self._n_steps, self._stopped = paused, 0, False

    @property
    def is_paused(self) -> bool:
        """Whether the search waits at the next trial solution, or already does."""
        return self._paused

    @property
    def is_stopped(self) -> bool:
        """Whether the search was asked to end."""
        return self._stopped

    def pause(self) -> None:
        """Wait at the next trial solution."""
        with self._condition:
            self._paused, self._n_steps = True, 0

    def resume(self) -> None:
        """Go on."""
        with self._condition:
            self._paused, self._n_steps = False, 0
            self._condition.notify_all()

    def step(self) -> None:
        """Go on to the next trial solution and wait there."""
        with self._condition:
            self._paused = True
            self._n_steps += 1
            self._condition.notify_all()

    def stop(self) -> None:
        """End with the best solution so far; the search looks at each recalculation, paused or not."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def reached(self, trial: Trial) -> None:
        """Tell of a trial solution, and wait while paused; called by the search."""
        self.latest = trial
        if self._on_trial is not None:
            self._on_trial(trial)
        with self._condition:
            while self._paused and not self._n_steps and not self._stopped:
                self._condition.wait()
            self._n_steps = max(0, self._n_steps - 1)
