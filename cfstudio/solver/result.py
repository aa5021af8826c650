"""What a search ends with: its outcome in a sentence, the new numbers, and how it went."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.objective import Objective
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.sheet_function import SheetFunction

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.problem import Problem
    from cfstudio.solver.search import Search
    from cfstudio.solver.watch import Trial


@dataclass(frozen=True)
class SolverResult:
    """The end of a search.

    `numbers` (n,) float64 of the changing cells: the best solution, or those of the start where `outcome` has none,
    and `start_numbers` those before; `start` and `objective` the objective's number with each, NaN where it has none.
    `evaluations` are the method's, of objective and gradient; `recalculations` of the sheet; `seconds` without
    pauses; `history` all trial solutions, without their numbers.
    """

    problem: Problem
    outcome: Outcome
    sentence: str
    start_numbers: FloatArray
    numbers: FloatArray
    start: float
    objective: float
    iterations: int = 0
    evaluations: int = 0
    recalculations: int = 0
    seconds: float = 0.0
    history: tuple[Trial, ...] = field(default=(), repr=False)

    @classmethod
    def without_search(cls, problem: Problem, outcome: Outcome, details: str = "") -> SolverResult:
        """The result where no search could begin."""
        fits = problem.changing.fits(problem.model)
        numbers = problem.changing.read(problem.model) if fits else np.zeros(0)
        at_start = _objective_at(problem, numbers) if outcome is not Outcome.DOES_NOT_FIT else math.nan
        sentence = f"{outcome.sentence} {details}".strip()
        return cls(problem, outcome, sentence, numbers, numbers, at_start, at_start)

    @classmethod
    def of(cls, search: Search, outcome: Outcome) -> SolverResult:
        """The result of a search that ended so."""
        start = search.start.copy()
        at_start = search.objective_of(start)
        best, sentence = search.best, outcome.sentence
        numbers, objective = start, at_start
        if best is not None and outcome.has_solution:
            numbers, objective = best.numbers, best.objective
        if best is not None:
            sentence += _remark(search, outcome)
        return cls(
            search.problem,
            outcome,
            sentence,
            start,
            numbers,
            at_start,
            objective,
            max(0, len(search.history) - 1),
            search.evaluations,
            search.function.recalculations,
            search.seconds,
            tuple(search.history),
        )

    @property
    def held_out_rmse(self) -> float:
        """RMSE of the held-out cells with the new numbers, NaN where nothing is held out."""
        problem = self.problem
        if not (problem.held_out & problem.ratings.rated).any() or not len(self.numbers):
            return math.nan
        return _objective_at(replace(problem, objective=Objective(), held_out=~problem.held_out), self.numbers)

    def factorization(self) -> Factorization:
        """A float64 copy of the problem's model with the new numbers."""
        return self.problem.changing.applied(self.problem.model, self.numbers)


def _remark(search: Search, outcome: Outcome) -> str:
    """What else there is to say of the best trial solution."""
    best, problem = search.best, search.problem
    assert best is not None
    misses = best.feasibility > problem.options.precision
    if outcome is Outcome.NO_FEASIBLE:
        if misses:
            return f" The nearest trial solution misses a constraint by {best.feasibility:.3g}."
        return f" The objective came to {best.objective:.6g} and not to {problem.target:g}."
    if outcome.has_solution and misses:
        return f" It misses a constraint by {best.feasibility:.3g}."
    return ""


def _objective_at(problem: Problem, numbers: FloatArray) -> float:
    function = SheetFunction(problem.objective, problem.ratings, problem.held_out, problem.model, problem.changing)
    return function.value(numbers)
