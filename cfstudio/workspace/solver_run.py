"""One search of the Solver in a thread of its own, with the trial solutions that can be looked at again."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from cfstudio.solver.solve import solve
from cfstudio.solver.watch import Watch

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.result import SolverResult
    from cfstudio.solver.watch import Trial

MOST_KEPT_BYTES = 64 * 2**20
"""Memory for the numbers of trial solutions: all of the lesson's, about sixteen of half a million cells."""


class KeptTrials:
    """The numbers of some trial solutions: every one at first, then every second, fourth … as memory runs out.

    Added to by the search's thread; any thread may read.
    """

    def __init__(self, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._numbers: dict[int, FloatArray] = {}
        self._every = 1

    @property
    def places(self) -> list[int]:
        """Which trial solutions are kept, ascending."""
        return sorted(self._numbers)

    def numbers_of(self, place: int) -> FloatArray | None:
        """(n,) the numbers of a trial solution, None where they are not kept."""
        return self._numbers.get(place)

    def clear(self) -> None:
        """Give the memory back: nothing will be looked at again."""
        self._numbers = {}

    def add(self, place: int, numbers: FloatArray) -> None:
        """Keep the numbers of the trial solution at a place, if it is one of those that are kept."""
        if place % self._every:
            return
        most = max(2, self._most_bytes // max(1, numbers.nbytes))
        if len(self._numbers) >= most:
            self._every *= 2
            self._numbers = {one: kept for one, kept in self._numbers.items() if one % self._every == 0}
            if place % self._every:
                return
        self._numbers[place] = numbers


class SolverRun:
    """One search in a thread of its own, and what it has told so far.

    `trials` are all trial solutions without their numbers, appended by the thread. At least `seconds_per_trial` pass
    from one to the next, so that people can follow; the search does not count them. `kept` are the numbers of some of
    them, of all where that takes little memory.
    """

    def __init__(self, problem: Problem, seconds_per_trial: float) -> None:
        self.problem = problem
        self.trials: list[Trial] = []
        self.kept = KeptTrials()
        self.watch = Watch(self._note)
        self.result: SolverResult | None = None
        self.error: Exception | None = None
        self._seconds_per_trial = seconds_per_trial
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="solver")
        self._thread.start()

    @property
    def latest_numbers(self) -> FloatArray | None:
        """(n,) the solution once there is one, before that the latest trial solution."""
        if self.result is not None:
            return self.result.numbers
        return None if self.watch.latest is None else self.watch.latest.numbers

    def set_pace(self, seconds_per_trial: float) -> None:
        """Seconds from one trial solution to the next from now on, 0 for full speed."""
        self._seconds_per_trial = seconds_per_trial
        self._hurry.set()

    def stop(self) -> None:
        """Ask it to end."""
        self._seconds_per_trial = 0.0
        self._hurry.set()
        self.watch.stop()

    def join(self, seconds: float) -> bool:
        """Wait for its end; returns whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.result = solve(self.problem, self.watch)
        except Exception as error:  # handed over whole to the thread that asked
            self.error = error

    def _note(self, trial: Trial) -> None:
        if trial.numbers is not None:
            self.kept.add(len(self.trials), trial.numbers)
        self.trials.append(replace(trial, numbers=None))
        self._hurry.clear()
        if self._seconds_per_trial > 0:
            self._hurry.wait(self._seconds_per_trial)
