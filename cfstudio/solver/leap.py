"""Going further the way that a sweep of alternating least squares went, which has many short steps otherwise.

Along a straight line in both sides' factors a prediction is quadratic, so that the sum of squared errors is a
polynomial of degree four whose lowest point is known exactly: the enhanced line search of Rajih, Comon and Harshman,
SIAM J. Matrix Anal. Appl. 30 (2008). A leap is only taken where it ends lower.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import float64_copy
from cfstudio.solver.pair_sums import pair_sums

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.solver.cells import Cells

LONGEST = 20.0
"""Of a leap, in sweeps: far away rounding is all that is found."""


class Leap:
    """Finds how much further to go; `users`, `items` and `ratings` (n_pairs,) are the pairs whose errors count."""

    def __init__(
        self, model: Factorization, changing: Cells, users: IntArray, items: IntArray, ratings: FloatArray
    ) -> None:
        self._changing, self._ratings = changing, ratings
        self._model, self._step = float64_copy(model), float64_copy(model)
        for side in (self._step.user_factors, self._step.item_factors):
            side[:] = 0.0
        self._step = replace(self._step, user_bias=None, item_bias=None)
        self._factors = [name for name in changing.blocks if name.endswith("factors")]
        self._sums = pair_sums(users, items, len(model.user_factors), len(model.item_factors))

    def beyond(self, before: FloatArray, after: FloatArray) -> FloatArray:
        """(n,) numbers further along the way from `before` a sweep to `after` it, or `after` where none are better."""
        start, end = self._errors(before), self._errors(after)
        for name in self._factors:
            part, places = self._changing.slices[name], self._changing.places[name]
            getattr(self._step, name).reshape(-1)[places] = after[part] - before[part]
        square = self._sums.sums(self._step)
        length = best_length(start, end - start - square, square)
        if length <= 1.0:
            return after
        numbers = before + length * (after - before)
        found = self._errors(numbers)
        return numbers if found @ found < end @ end else after

    def _errors(self, numbers: FloatArray) -> FloatArray:
        self._changing.write(self._model, numbers)
        errors: FloatArray = self._sums.sums(self._model) + self._model.global_mean - self._ratings
        return errors


def best_length(start: FloatArray, linear: FloatArray, square: FloatArray) -> float:
    """Between 1 and the longest: where the sum of squares of start + a · linear + a² · square is smallest."""
    squares = np.polynomial.Polynomial(
        (
            start @ start,
            2 * (start @ linear),
            linear @ linear + 2 * (start @ square),
            2 * (linear @ square),
            square @ square,
        )
    )
    turns = [float(one.real) for one in squares.deriv().roots() if abs(one.imag) < 1e-9]
    lengths = [1.0, *(one for one in turns if 1.0 < one < LONGEST), LONGEST]
    return min(lengths, key=lambda length: float(squares(length)))
