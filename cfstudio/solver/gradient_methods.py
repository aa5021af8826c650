"""GRG Nonlinear's place: SciPy's L-BFGS-B where only single cells are bounded, SLSQP where sums or formulas are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.solver import limited_memory
from cfstudio.solver.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray
    from cfstudio.solver.search import Search

NEVER = 10**9
"""SciPy's own limits are out of the way: the search decides when to end."""

MANY_CELLS = 20_000
"""Changing cells from which an own limited-memory BFGS takes the place of SciPy's where there are no bounds: SciPy
holds the interpreter's lock while it works through its memory, 50 ms of each iteration with 487,000 cells."""

MOST_SLSQP_CELLS = 500
"""Changing cells up to which SLSQP is used; its work grows with their cube, trust-constr's with their square."""


def descend(search: Search, start: FloatArray) -> Outcome:
    """Go downhill from (n,) numbers until nothing gets better. Raises SearchEnded, most often."""
    rows = search.rows
    start = np.clip(start, rows.lower, rows.upper)
    search.begin()
    search.trial(start)
    space = _Space(search, start)
    if not search.formulas.n and len(start) >= MANY_CELLS and not rows.has_bounds:
        limited_memory.minimize(space.merit_and_gradient, space.start, space.trial)
    elif not search.formulas.n:
        _l_bfgs_b(space)
    elif len(start) <= MOST_SLSQP_CELLS:
        _slsqp(search, space)
    else:
        _trust_constr(search, space)
    return Outcome.CANNOT_IMPROVE


class _Space:
    """The coordinates a method works in: the cells themselves, or measured by their size at the start."""

    def __init__(self, search: Search, start: FloatArray) -> None:
        self._search = search
        self.scale, self._merit_scale = np.ones_like(start), 1.0
        if search.problem.options.automatic_scaling:
            # Cells that start near 0 have no size of their own.
            self.scale = np.maximum(np.abs(start), 0.1)
            self._merit_scale = 1.0 / max(abs(search.merit_and_gradient(start)[0]), 1e-3)
        self._is_scaled = search.problem.options.automatic_scaling
        self.start = start / self.scale
        self.bounds = np.column_stack((search.rows.lower / self.scale, search.rows.upper / self.scale))

    def numbers(self, point: FloatArray) -> FloatArray:
        """The cells' numbers, inside their bounds in spite of rounding."""
        if not self._is_scaled:
            return point
        return np.clip(point * self.scale, self._search.rows.lower, self._search.rows.upper)

    def merit_and_gradient(self, point: FloatArray) -> tuple[float, FloatArray]:
        """What the method makes small."""
        merit, gradient = self._search.merit_and_gradient(self.numbers(point))
        if not self._is_scaled:
            return merit, gradient
        return merit * self._merit_scale, gradient * self.scale * self._merit_scale

    def trial(self, point: FloatArray) -> None:
        """Tell of a trial solution."""
        self._search.trial(self.numbers(point))


def _minimize(space: _Space, **arguments: Any) -> None:  # noqa: ANN401 - SciPy's own
    from scipy.optimize import minimize

    minimize(space.merit_and_gradient, space.start, jac=True, **arguments)


def _l_bfgs_b(space: _Space) -> None:
    """Byrd, Lu, Nocedal and Zhu, SIAM J. Sci. Comput. 16 (1995); it remembers ten steps."""
    is_bounded = bool(np.isfinite(space.bounds).any())
    _minimize(
        space,
        method="L-BFGS-B",
        bounds=space.bounds if is_bounded else None,
        callback=space.trial,
        options={"maxcor": 10, "ftol": 0.0, "gtol": 0.0, "maxiter": NEVER, "maxfun": NEVER},
    )


def _slsqp(search: Search, space: _Space) -> None:
    """Kraft's sequential least squares programming (DFVLR-FB 88-28, 1988)."""
    formulas = search.formulas
    equal = np.isfinite(formulas.lower) & (formulas.lower == formulas.upper)
    above = np.isfinite(formulas.lower) & ~equal
    below = np.isfinite(formulas.upper) & ~equal
    constraints = []
    for kind, chosen, sign, limit in (
        ("eq", equal, 1.0, formulas.lower),
        ("ineq", above, 1.0, formulas.lower),
        ("ineq", below, -1.0, formulas.upper),
    ):
        if chosen.any():
            fun, jac = _part(search, space, chosen, sign, limit)
            constraints.append({"type": kind, "fun": fun, "jac": jac})
    bounds = space.bounds if np.isfinite(space.bounds).any() else None
    _minimize(
        space,
        method="SLSQP",
        bounds=bounds,
        constraints=constraints,
        callback=space.trial,
        options={"ftol": 1e-15, "maxiter": NEVER},
    )


def _part(
    search: Search, space: _Space, chosen: np.ndarray[Any, Any], sign: float, limit: FloatArray
) -> tuple[Callable[[FloatArray], FloatArray], Callable[[FloatArray], FloatArray]]:
    """Some constraints as SLSQP wants them: functions that are 0, or at least 0."""

    def fun(point: FloatArray) -> FloatArray:
        values: FloatArray = sign * (search.formulas.values(space.numbers(point)) - limit)[chosen]
        return values

    def jac(point: FloatArray) -> FloatArray:
        jacobian: FloatArray = sign * search.formulas.jacobian(space.numbers(point))[chosen] * space.scale
        return jacobian

    return fun, jac


def _trust_constr(search: Search, space: _Space) -> None:
    """Byrd, Hribar and Nocedal's trust-region interior point method, SIAM J. Optim. 9 (1999)."""
    from scipy.optimize import BFGS, LinearConstraint, NonlinearConstraint

    formulas, rows = search.formulas, search.rows
    n_rows = rows.n_rows

    def values(point: FloatArray) -> FloatArray:
        return formulas.values(space.numbers(point))[n_rows:]

    def jacobian(point: FloatArray) -> FloatArray:
        return formulas.jacobian(space.numbers(point))[n_rows:] * space.scale

    def trial(point: FloatArray, _state: object) -> None:
        space.trial(point)

    constraints: list[object] = []
    if n_rows:
        constraints.append(LinearConstraint(rows.matrix.toarray() * space.scale, rows.row_lower, rows.row_upper))
    if formulas.n_formulas:
        limits = formulas.lower[n_rows:], formulas.upper[n_rows:]
        constraints.append(NonlinearConstraint(values, *limits, jac=jacobian, hess=BFGS()))
    bounds = space.bounds if np.isfinite(space.bounds).any() else None
    _minimize(
        space,
        method="trust-constr",
        bounds=bounds,
        constraints=constraints,
        callback=trial,
        options={"gtol": 1e-12, "xtol": 1e-14, "maxiter": NEVER},
    )
