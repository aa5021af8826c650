"""Constraints on cells and their sums as bounds and rows of a matrix over the changing cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import float64_copy
from cfstudio.solver.constraints import CellConstraint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.solver.cells import Cells
    from cfstudio.solver.constraints import Constraint


@dataclass(frozen=True)
class LinearRows:
    """What constraints on n changing cells amount to.

    `lower`, `upper` (n,) float64 bounds, ±∞ where there is none; `matrix` (m, n) sparse with `row_lower` ≤ matrix @
    numbers ≤ `row_upper` (m,); `owner` (m,) which constraint each row comes from. `met` is False for a constraint
    that only unchanging cells decide, and they do not meet it.
    """

    lower: FloatArray
    upper: FloatArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    owner: IntArray
    met: bool

    @property
    def n_rows(self) -> int:
        """Sums that are constrained."""
        return len(self.row_lower)

    @cached_property
    def has_bounds(self) -> bool:
        """Whether a cell has a bound."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def violation(self, numbers: FloatArray) -> float:
        """How far the worst bound or sum is missed, 0 where all are met."""
        worst = 0.0
        if self.has_bounds:
            missed = (float(np.max(self.lower - numbers, initial=0)), float(np.max(numbers - self.upper, initial=0)))
            worst = max(worst, *missed)
        if self.n_rows:
            sums = self.matrix @ numbers
            worst = max(worst, float(np.max(self.row_lower - sums)), float(np.max(sums - self.row_upper)))
        return worst


def linear_rows(
    constraints: Sequence[Constraint], model: Factorization, changing: Cells, *, non_negative: bool, precision: float
) -> LinearRows:
    """Bounds and rows of all `CellConstraint`s; `non_negative` adds ≥ 0 where a cell has no lower bound."""
    collected = _Collected(model, changing, precision)
    for number, constraint in enumerate(constraints):
        if isinstance(constraint, CellConstraint):
            collected.add(number, constraint)
    return collected.finished(non_negative=non_negative)


class _Collected:
    def __init__(self, model: Factorization, changing: Cells, precision: float) -> None:
        self._model, self._changing, self._precision = float64_copy(model), changing, precision
        self._lower, self._upper = np.full(changing.n, -np.inf), np.full(changing.n, np.inf)
        self._rows: list[IntArray] = []
        self._limits: list[tuple[float, float, int]] = []
        self._met = True

    def add(self, number: int, constraint: CellConstraint) -> None:
        low = constraint.bound if constraint.relation in (">=", "=") else -np.inf
        high = constraint.bound if constraint.relation in ("<=", "=") else np.inf
        positions = constraint.cells.positions_in(self._changing)
        numbers = constraint.cells.read(self._model)
        if constraint.form == "each":
            changing = positions[positions >= 0]
            np.maximum.at(self._lower, changing, low)
            np.minimum.at(self._upper, changing, high)
            self._check(numbers[positions < 0], low, high)
            return
        for members in _groups(constraint):
            inside = positions[members] >= 0
            # What does not change is moved to the other side.
            fixed = float(numbers[members][~inside].sum())
            if inside.any():
                self._rows.append(positions[members][inside])
                self._limits.append((low - fixed, high - fixed, number))
            else:
                self._check(np.array([fixed]), low, high)

    def _check(self, numbers: FloatArray, low: float, high: float) -> None:
        missed = max(np.max(low - numbers, initial=0), np.max(numbers - high, initial=0))
        self._met &= bool(missed <= self._precision)

    def finished(self, *, non_negative: bool) -> LinearRows:
        from scipy.sparse import csr_array

        if non_negative:
            self._lower[np.isneginf(self._lower)] = 0.0
        lengths = [len(row) for row in self._rows]
        starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *self._rows])
        shape = (len(self._rows), self._changing.n)
        matrix = csr_array((np.ones(len(columns)), columns, starts), shape=shape)
        limits = np.array(self._limits, dtype=np.float64).reshape(-1, 3)
        owner = limits[:, 2].astype(np.int64)
        return LinearRows(self._lower, self._upper, matrix, limits[:, 0], limits[:, 1], owner, self._met)


def _groups(constraint: CellConstraint) -> list[IntArray]:
    """Positions in the constraint's cells of the members of each of its sums."""
    cells = constraint.cells
    if constraint.form == "sum":
        return [np.arange(cells.n)]
    groups = []
    for name, part in cells.slices.items():
        width = cells.shapes[name][1] if len(cells.shapes[name]) > 1 else 1
        keys = cells.places[name] // width if constraint.form == "sums by row" else cells.places[name] % width
        groups += [part.start + np.flatnonzero(keys == key) for key in np.unique(keys)]
    return groups
