"""A search under way: it calculates, counts, tells of trial solutions, keeps the best and knows when to end."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import own
from cfstudio.solver.differences import value_and_gradient
from cfstudio.solver.formulas import Formulas
from cfstudio.solver.multipliers import multipliers
from cfstudio.solver.objective import Objective
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.sheet_function import SheetFunction
from cfstudio.solver.watch import Trial

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.multipliers import Multipliers
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.watch import Watch

ITERATIONS_OF_CONVERGENCE = 5
"""Excel looks at the change of the objective over the last five iterations."""

ITERATIONS_OUTSIDE = 30
"""Trial solutions without coming nearer to the constraints after which there is no feasible solution."""

HUGE = 1e15
"""An objective beyond it, in the wanted direction, grows without limit."""


class SearchEnded(Exception):  # noqa: N818 - it is no error
    """Raised where a method calls back, to end it; `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.name)
        self.outcome = outcome


@dataclass(frozen=True)
class Best:
    """The best trial solution so far: its numbers, objective, how far it is from the goal, and from feasible."""

    numbers: FloatArray
    objective: float
    badness: float
    feasibility: float


class Search:
    """What all methods share; each calls `merit` or `merit_and_gradient` as it likes, and `trial` once an iteration."""

    def __init__(self, problem: Problem, watch: Watch) -> None:
        self.problem, self.watch = problem, watch
        self.rows = problem.rows()
        self.start = problem.changing.read(problem.model)
        self.function = self._sheet_function(problem.objective)
        self._gradient = value_and_gradient(
            self.function, problem.options.derivatives, self.rows.lower, self.rows.upper, self.check
        )
        self.formulas = Formulas(problem, self.rows, self.check)
        self._held_out = self._held_out_function()
        self.evaluations, self.iteration = 0, 0
        self.history: list[Trial] = []
        self.best: Best | None = None
        self._recent: deque[float] = deque(maxlen=ITERATIONS_OF_CONVERGENCE + 1)
        self._last: tuple[FloatArray, float, FloatArray] | None = None
        self._began, self._waited = time.perf_counter(), 0.0
        self._improved_at, self._improved_to = 0.0, math.inf

    @property
    def seconds(self) -> float:
        """Since the start, without pauses."""
        return time.perf_counter() - self._began - self._waited

    def check(self) -> None:
        """Raise SearchEnded if the search was stopped or has no time left."""
        if self.watch.is_stopped:
            raise SearchEnded(Outcome.STOPPED)
        if self.seconds > self.problem.options.max_seconds:
            raise SearchEnded(Outcome.TIME_LIMIT)

    def badness(self, objective: float) -> float:
        """How far the objective is from the goal: smaller is better."""
        goal = self.problem.goal
        if goal == "value":
            return abs(objective - self.problem.target)
        return -objective if goal == "max" else objective

    def merit(self, numbers: FloatArray) -> float:
        """A smooth number that is smallest at the goal."""
        self.check()
        self.evaluations += 1
        return self._merit_of(self._finite(self.function.value(numbers)))

    def merit_and_gradient(self, numbers: FloatArray) -> tuple[float, FloatArray]:
        """The merit and its (n,) gradient."""
        objective, gradient = self.objective_and_gradient(numbers)
        slope = self._merit_slope(objective)
        return self._merit_of(objective), gradient if slope == 1.0 else slope * gradient

    def objective_and_gradient(self, numbers: FloatArray) -> tuple[float, FloatArray]:
        """The objective and its (n,) gradient; calculated once for the same numbers."""
        last = self._last
        if last is not None and (last[0] is numbers or np.array_equal(last[0], numbers)):
            return last[1], last[2]
        self.check()
        self.evaluations += 1
        objective, gradient = self._gradient(numbers)
        self._last = (own(numbers), self._finite(objective), gradient)
        return objective, gradient

    def begin(self) -> None:
        """Forget the course of the objective: another start."""
        self._recent.clear()

    def trial(self, numbers: FloatArray, *, slope_matters: bool = True) -> None:
        """Tell of a trial solution. Raises SearchEnded if it is as good as it gets, or if a limit is reached.

        Without `slope_matters` the search has converged once the objective hardly changes, however steep a cell is.
        """
        objective, gradient = self.objective_and_gradient(numbers)
        sign = self._badness_slope(objective)
        slope = self.conditions(numbers, gradient if sign == 1.0 else sign * gradient).slope
        steepest = max(float(np.max(slope, initial=0.0)), -float(np.min(slope, initial=0.0)))
        self._tell(numbers, objective, steepest)
        options = self.problem.options
        relative = steepest / max(1.0, abs(objective))
        if relative <= max(options.precision, options.convergence):
            # Only now it matters that the same slope means more in a cell with a large number.
            scaled = np.abs(slope) * np.maximum(1.0, np.abs(numbers))
            relative = float(np.max(scaled, initial=0.0)) / max(1.0, abs(objective))
        self._end_if_done(objective, relative, slope_matters=slope_matters)

    def trial_without_gradient(self, numbers: FloatArray, objective: float) -> None:
        """The same for a method that knows no gradient; ends it after too long without improvement."""
        self._tell(numbers, objective, math.nan)
        options, badness = self.problem.options, self.badness(objective)
        if self._is_at_target(objective):
            raise SearchEnded(Outcome.FOUND)
        if not badness >= self._improved_to - options.convergence * abs(self._improved_to):
            self._improved_to, self._improved_at = badness, self.seconds
        self.check_improvement()

    def check_improvement(self) -> None:
        """Raise SearchEnded if nothing better was found for too long."""
        if self.seconds - self._improved_at > self.problem.options.max_seconds_without_improvement:
            raise SearchEnded(Outcome.CANNOT_IMPROVE)

    def conditions(self, numbers: FloatArray, gradient: FloatArray) -> Multipliers:
        """Multipliers and slopes left at a point, from the (n,) gradient of what is made small."""
        precision = self.problem.options.precision
        jacobian, slack = self.formulas.jacobian_and_slack(numbers)
        return multipliers(gradient, numbers, self.rows, jacobian, slack, precision)

    def objective_of(self, numbers: FloatArray) -> float:
        """The objective's number, not counted among the evaluations of a method."""
        return self.function.value(numbers)

    def _tell(self, numbers: FloatArray, objective: float, gradient_norm: float) -> None:
        feasibility = max(self.rows.violation(numbers), self.formulas.violation(numbers))
        trial = Trial(
            self.iteration,
            self.evaluations,
            self.function.recalculations,
            objective,
            gradient_norm,
            feasibility,
            math.nan if self._held_out is None else self._held_out.value(numbers),
            self.seconds,
        )
        self.history.append(trial)
        kept = own(numbers)
        self._keep_if_best(Best(kept, objective, self.badness(objective), feasibility))
        before = time.perf_counter()
        self.watch.reached(replace(trial, numbers=kept))
        self._waited += time.perf_counter() - before
        self.check()
        if self.iteration >= self.problem.options.max_iterations:
            raise SearchEnded(Outcome.ITERATION_LIMIT)
        if self.badness(objective) < -HUGE:
            raise SearchEnded(Outcome.UNBOUNDED)
        self.iteration += 1

    def _keep_if_best(self, new: Best) -> None:
        precision = self.problem.options.precision
        rank = (max(new.feasibility, precision), new.badness)
        if self.best is None or rank <= (max(self.best.feasibility, precision), self.best.badness):
            self.best = new

    def _end_if_done(self, objective: float, slope: float, *, slope_matters: bool) -> None:
        options, badness = self.problem.options, self.badness(objective)
        self._recent.append(badness)
        if self.history[-1].feasibility > options.precision:
            self._end_if_stuck_outside()
            return
        if slope <= options.precision or self._is_at_target(objective) or self._is_perfect(objective):
            raise SearchEnded(Outcome.FOUND)
        change = abs(self._recent[0] - badness)
        is_flat = len(self._recent) > ITERATIONS_OF_CONVERGENCE and change <= options.convergence * abs(badness)
        if is_flat and (slope <= options.convergence or not slope_matters):
            raise SearchEnded(Outcome.CONVERGED)

    def _end_if_stuck_outside(self) -> None:
        """End a search that comes no nearer to meeting the constraints; it may take long detours on its way."""
        recent = [one.feasibility for one in self.history[-ITERATIONS_OUTSIDE:]]
        is_long = len(recent) == ITERATIONS_OUTSIDE
        if is_long and max(recent) - min(recent) <= self.problem.options.convergence * recent[-1]:
            raise SearchEnded(Outcome.NO_FEASIBLE)

    def _is_perfect(self, objective: float) -> bool:
        """Whether an error that cannot be smaller than 0 is 0: there RMSE has a tip instead of a flat bottom."""
        problem = self.problem
        return problem.goal == "min" and problem.objective.is_error and objective <= problem.options.precision

    def _is_at_target(self, objective: float) -> bool:
        precision = self.problem.options.precision
        is_met = self.badness(objective) <= precision and self.history[-1].feasibility <= precision
        return self.problem.goal == "value" and is_met

    def _merit_of(self, objective: float) -> float:
        # The square has a gradient at the target, where the distance has a tip.
        return self.badness(objective) ** 2 if self.problem.goal == "value" else self.badness(objective)

    def _merit_slope(self, objective: float) -> float:
        if self.problem.goal == "value":
            return 2.0 * (objective - self.problem.target)
        return self._badness_slope(objective)

    def _badness_slope(self, objective: float) -> float:
        if self.problem.goal == "value":
            return 1.0 if objective >= self.problem.target else -1.0
        return -1.0 if self.problem.goal == "max" else 1.0

    def _finite(self, objective: float) -> float:
        if math.isfinite(objective):
            return objective
        grows = self.problem.goal == "max" or self.problem.objective.kind in ("cell_error", "cell_prediction")
        raise SearchEnded(Outcome.UNBOUNDED if grows and self.iteration else Outcome.NOT_FINITE)

    def _sheet_function(self, objective: Objective) -> SheetFunction:
        problem = self.problem
        return SheetFunction(objective, problem.ratings, problem.held_out, problem.model, problem.changing)

    def _held_out_function(self) -> SheetFunction | None:
        problem = self.problem
        if not (problem.held_out & problem.ratings.rated).any():
            return None
        sheet = self.function.sheet
        return SheetFunction(Objective(), problem.ratings, ~problem.held_out, problem.model, problem.changing, sheet)
