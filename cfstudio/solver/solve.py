"""Solve a problem: the one function that dialog and command line call, in a thread of their choice."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.feasible import can_be_met
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.result import SolverResult
from cfstudio.solver.search import Search, SearchEnded
from cfstudio.solver.watch import Watch

if TYPE_CHECKING:
    from cfstudio.solver.problem import Problem


def solve(problem: Problem, watch: Watch | None = None) -> SolverResult:
    """Search for the numbers of the changing cells that bring the objective to its goal.

    Changes nothing of the problem. Runs in the caller's thread until it is done or `watch` ends it; expected failures
    are outcomes of the result, other exceptions pass through.
    """
    if watch is None:
        watch = Watch(paused=False)
    if problem.options.show_iterations:
        watch.pause()
    sentences = problem.check()
    if sentences:
        return SolverResult.without_search(problem, Outcome.DOES_NOT_FIT, " ".join(sentences))
    if problem.method == "simplex":
        return SolverResult.without_search(problem, Outcome.NOT_LINEAR)
    if not np.isfinite(problem.changing.read(problem.model)).all():
        return SolverResult.without_search(problem, Outcome.NOT_FINITE)
    # SciPy takes half a second to load, which is no part of the search's time.
    import_module("scipy.optimize")
    search = Search(problem, watch)
    if not can_be_met(search.rows):
        return SolverResult.without_search(problem, Outcome.NO_FEASIBLE)
    try:
        outcome = _method(search)
    except SearchEnded as end:
        outcome = end.outcome
    return SolverResult.of(search, _judged(search, outcome))


def _method(search: Search) -> Outcome:
    """Run the chosen method; it ends by an outcome or by SearchEnded."""
    # Each method's module imports SciPy when it runs.
    if search.problem.method == "evolutionary":
        from cfstudio.solver.evolutionary import evolve

        return evolve(search)
    if search.problem.method == "als":
        from cfstudio.solver.alternating import alternate

        return alternate(search)
    if search.problem.options.multistart:
        from cfstudio.solver.multistart import descend_from_many

        return descend_from_many(search)
    from cfstudio.solver.gradient_methods import descend

    return descend(search, search.start)


def _judged(search: Search, outcome: Outcome) -> Outcome:
    """The outcome in the light of the best trial solution: one that misses a constraint is none."""
    if outcome in (Outcome.UNBOUNDED, Outcome.NOT_FINITE):
        return outcome
    best, precision = search.best, search.problem.options.precision
    if best is None:
        return outcome if outcome in (Outcome.STOPPED, Outcome.TIME_LIMIT) else Outcome.NOT_FINITE
    ended_itself = outcome in (Outcome.FOUND, Outcome.CONVERGED, Outcome.CANNOT_IMPROVE)
    misses_value = search.problem.goal == "value" and best.badness > precision
    if ended_itself and (best.feasibility > precision or misses_value):
        return Outcome.NO_FEASIBLE
    return outcome
