"""Alternating least squares, which Excel lacks: with the items fixed, the best cells of each user in one step.

A prediction is linear in one side's numbers while the other side's stand still, so that the sum of squared errors of
a row (or column) has its smallest value in closed form. Hu, Koren and Volinsky, ICDM 2008; here without weights and
regularization, and for any choice of changing cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import float64_copy
from cfstudio.solver.leap import Leap

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization, Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.solver.cells import BlockName, Cells
    from cfstudio.solver.outcome import Outcome
    from cfstudio.solver.search import Search

SMALLEST_PIVOT = 1e-7
"""Relative to the largest: below it the squared system has lost the digits that its solution needs."""


def alternate(search: Search) -> Outcome:
    """Sweep over users, then items, and leap further the same way, again and again; ends by SearchEnded."""
    problem = search.problem
    model = float64_copy(problem.model)
    users, items, ratings = problem.objective.pairs(problem.ratings, problem.held_out)
    sides = [
        _Side(model, problem.changing, "user", users, items, ratings),
        _Side(model, problem.changing, "item", items, users, ratings),
    ]
    leap = Leap(model, problem.changing, users, items, ratings)
    numbers = search.start
    search.trial(numbers)
    while True:
        before = numbers
        for side in sides:
            side.solve(search)
        numbers = leap.beyond(before, problem.changing.read(model))
        problem.changing.write(model, numbers)
        # Factors that a sweep has blown up leave slopes that more sweeps hardly lower.
        search.trial(numbers, slope_matters=False)


class _Side:
    """The rows of one side: which of their cells change, and which ratings each has."""

    def __init__(
        self, model: Factorization, changing: Cells, side: str, owners: IntArray, others: IntArray, ratings: FloatArray
    ) -> None:
        is_user = side == "user"
        self._model = model
        self._own = model.user_factors if is_user else model.item_factors
        self._other = model.item_factors if is_user else model.user_factors
        self._own_bias, self._other_bias = _ordered(model.user_bias, model.item_bias, is_user=is_user)
        factors: BlockName = "user_factors" if is_user else "item_factors"
        bias: BlockName = "user_bias" if is_user else "item_bias"
        self._factor_mask = changing.mask(factors)
        self._bias_mask: BoolArray | None = None if self._own_bias is None else changing.mask(bias)
        order = np.argsort(owners, kind="stable")
        self._others, self._ratings = others[order], ratings[order]
        self._starts = np.searchsorted(owners[order], np.arange(len(self._own) + 1))
        changes = self._factor_mask.any(axis=1)
        if self._bias_mask is not None:
            changes = changes | self._bias_mask
        self._rows = np.flatnonzero(changes & (np.diff(self._starts) > 0)).tolist()

    def solve(self, search: Search) -> None:
        """Give every row its best numbers."""
        for row in self._rows:
            search.check()
            self._solve_row(row)

    def _solve_row(self, row: int) -> None:
        rated = slice(self._starts[row], self._starts[row + 1])
        others = self._others[rated]
        vectors = self._other[others]
        sums = vectors @ self._own[row]
        if self._own_bias is not None and self._other_bias is not None:
            sums += self._own_bias[row] + self._other_bias[others]
        missing = self._ratings[rated] - self._model.global_mean - sums
        mask = self._factor_mask[row]
        has_bias = self._bias_mask is not None and bool(self._bias_mask[row])
        columns = vectors[:, mask]
        if has_bias:
            columns = np.column_stack((columns, np.ones(len(columns))))
        change = least_change(columns, missing)
        self._own[row, mask] += change[: int(mask.sum())]
        if has_bias and self._own_bias is not None:
            self._own_bias[row] += change[-1]


def _ordered(
    user_bias: Floats | None, item_bias: Floats | None, *, is_user: bool
) -> tuple[Floats | None, Floats | None]:
    return (user_bias, item_bias) if is_user else (item_bias, user_bias)


def least_change(columns: Floats, missing: Floats) -> Floats:
    """The smallest (k,) change with the smallest sum of squares of columns @ change − missing; columns (n, k).

    By the normal equations, of the ratings where they are fewer than the cells; by singular values where these are
    too close to singular.
    """
    n, k = columns.shape
    is_wide = n < k
    squared = columns @ columns.T if is_wide else columns.T @ columns
    try:
        factor = np.linalg.cholesky(squared)
    except np.linalg.LinAlgError:
        return _by_singular_values(columns, missing)
    pivots = np.diagonal(factor)
    if pivots.min() < SMALLEST_PIVOT * pivots.max():
        return _by_singular_values(columns, missing)
    if is_wide:
        solved: Floats = columns.T @ np.linalg.solve(squared, missing)
    else:
        solved = np.linalg.solve(squared, columns.T @ missing)
    return solved


def _by_singular_values(columns: Floats, missing: Floats) -> Floats:
    solved: Floats = np.linalg.lstsq(columns, missing, rcond=None)[0]
    return solved
