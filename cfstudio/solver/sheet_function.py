"""A formula cell as a function of the changing cells, with its analytic gradient; it counts the recalculations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import float64_copy
from cfstudio.solver.pair_sums import pair_sums

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings
    from cfstudio.solver.cells import Cells
    from cfstudio.solver.objective import Objective


class SheetFunction:
    """The number of `objective` when (n,) float64 numbers stand in the changing cells.

    `recalculations` counts how often the sheet was calculated: once per value, and once per analytic gradient, which
    is calculated along with the value.
    """

    def __init__(
        self, objective: Objective, ratings: Ratings, held_out: BoolArray, model: Factorization, changing: Cells
    ) -> None:
        self.recalculations = 0
        self._objective, self._changing = objective, changing
        self._model = float64_copy(model)
        users, items, self._ratings = objective.pairs(ratings, held_out)
        self._sums = pair_sums(users, items, *(len(side) for side in (model.user_factors, model.item_factors)))

    def value(self, numbers: FloatArray) -> float:
        """The cell's number."""
        errors = self._errors(numbers)[0]
        with np.errstate(over="ignore", invalid="ignore"):
            return self._objective.value(errors)

    def value_and_gradient(self, numbers: FloatArray) -> tuple[float, FloatArray]:
        """The cell's number and its (n,) derivatives in the changing cells."""
        errors, predictions = self._errors(numbers)
        with np.errstate(over="ignore", invalid="ignore"):
            value = self._objective.value(errors)
            slopes = self._objective.slopes(errors, value)
            if self._model.rating_range is not None:
                low, high = self._model.rating_range
                slopes = slopes * (predictions - low) * (high - predictions) / (high - low)
            gradients = self._sums.gradients(self._model, slopes, self._changing.blocks)
        return value, self._changing.gather(gradients)

    def _errors(self, numbers: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(n_pairs,) prediction − rating, and the predictions."""
        self.recalculations += 1
        self._changing.write(self._model, numbers)
        # A method may try absurd numbers; infinity is then the right answer, and no warning.
        with np.errstate(over="ignore", invalid="ignore"):
            predictions = self._model.to_rating(self._sums.sums(self._model))
            return predictions - self._ratings, predictions
