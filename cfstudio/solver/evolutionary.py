"""Evolutionary: SciPy's differential evolution or dual annealing, which need no gradient and only recalculate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.solver.multistart import box_of
from cfstudio.solver.outcome import Outcome

if TYPE_CHECKING:
    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.search import Search

NEVER = 10**9

SPREAD = 1.0
"""Where a cell has no bounds, it is searched as far again on both sides as the start numbers reach."""


def evolve(search: Search) -> Outcome:
    """Search at random inside the bounds. Raises SearchEnded once a limit is reached."""
    lower, upper = box_of(search, SPREAD)
    start = np.clip(search.start, lower, upper)
    search.trial_without_gradient(start, search.objective_of(start))
    # Cells that a constraint fixes have no interval that could be searched.
    open_cells = np.flatnonzero(upper > lower)
    if not len(open_cells):
        return Outcome.FOUND
    if search.problem.options.algorithm == "dual-annealing":
        return _anneal(search, _Inside(start, open_cells), lower[open_cells], upper[open_cells])
    return _breed(search, _Inside(start, open_cells), lower[open_cells], upper[open_cells])


class _Inside:
    """Between the numbers a method searches and all changing cells."""

    def __init__(self, start: FloatArray, open_cells: np.ndarray[Any, Any]) -> None:
        self._all, self._open = start, open_cells
        self.start: FloatArray = start[open_cells]

    def numbers(self, point: FloatArray) -> FloatArray:
        """(n,) numbers of all changing cells."""
        numbers = self._all.copy()
        numbers[self._open] = point
        return numbers


def _breed(search: Search, inside: _Inside, lower: FloatArray, upper: FloatArray) -> Outcome:
    """Storn and Price, J. Global Optim. 11 (1997)."""
    from scipy.optimize import Bounds, NonlinearConstraint, differential_evolution

    options, formulas = search.problem.options, search.formulas

    def objective(point: FloatArray) -> float:
        search.check_improvement()
        return search.merit(inside.numbers(point))

    def trial(intermediate_result: Any) -> None:  # noqa: ANN401 - SciPy's result
        numbers = inside.numbers(intermediate_result.x)
        search.trial_without_gradient(numbers, search.objective_of(numbers))

    def values(point: FloatArray) -> FloatArray:
        return formulas.values(inside.numbers(point))

    rng = np.random.default_rng(options.seed)
    population = rng.uniform(lower, upper, (options.population, len(lower)))
    found = differential_evolution(
        objective,
        Bounds(lower, upper),
        init=population,
        x0=inside.start,
        mutation=options.differential_weight,
        recombination=options.mutation_rate,
        tol=options.convergence,
        maxiter=NEVER,
        rng=rng,
        polish=False,
        callback=trial,
        constraints=NonlinearConstraint(values, formulas.lower, formulas.upper) if formulas.n else (),
    )
    return Outcome.CONVERGED if found.success else Outcome.CANNOT_IMPROVE


def _anneal(search: Search, inside: _Inside, lower: FloatArray, upper: FloatArray) -> Outcome:
    """Xiang, Sun, Fan and Gong, Phys. Lett. A 233 (1997), without its local search."""
    from scipy.optimize import Bounds, dual_annealing

    def objective(point: FloatArray) -> float:
        search.check_improvement()
        return search.merit(inside.numbers(point))

    def trial(point: FloatArray, _merit: float, _context: int) -> None:
        numbers = inside.numbers(point)
        search.trial_without_gradient(numbers, search.objective_of(numbers))

    dual_annealing(
        objective,
        Bounds(lower, upper),
        x0=inside.start,
        maxfun=NEVER,
        rng=np.random.default_rng(search.problem.options.seed),
        no_local_search=True,
        callback=trial,
    )
    return Outcome.CONVERGED
