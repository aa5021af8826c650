"""How a search ends: Excel's distinct results, each with its sentence."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """The result of a search; the value is its plain sentence."""

    FOUND = "Solver found a solution: all constraints are met, and no small change makes the objective better."
    CONVERGED = "Solver has converged to the current solution: the objective hardly changes any more."
    CANNOT_IMPROVE = (
        "Solver cannot improve the current solution, though it may not be the best: all constraints are met."
    )
    STOPPED = "Solver stopped at your request; the best solution so far is shown."
    TIME_LIMIT = "Solver stopped at the time limit; the best solution so far is shown. Allow more time to go on."
    ITERATION_LIMIT = "Solver stopped at the iteration limit; the best solution so far is shown. Allow more to go on."
    NO_FEASIBLE = "Solver could not find a feasible solution: not all constraints can be met. Nothing was changed."
    UNBOUNDED = "The objective does not converge: it grows without limit. Nothing was changed; add constraints."
    NOT_FINITE = (
        "The objective is no finite number. Nothing was changed; correct the changing cells or reset them to a start."
    )
    NOT_LINEAR = (
        "Simplex LP does not apply: the objective is not linear in the changing cells, because a prediction multiplies "
        "one changing cell by another and the error is squared. Nothing was changed; choose GRG Nonlinear."
    )
    DOES_NOT_FIT = "The problem does not fit the sheet. Nothing was changed."

    @property
    def sentence(self) -> str:
        """What to tell people."""
        return self.value

    @property
    def has_solution(self) -> bool:
        """Whether there are new numbers to keep."""
        return self in KEEPING


KEEPING = (
    Outcome.FOUND,
    Outcome.CONVERGED,
    Outcome.CANNOT_IMPROVE,
    Outcome.STOPPED,
    Outcome.TIME_LIMIT,
    Outcome.ITERATION_LIMIT,
)
