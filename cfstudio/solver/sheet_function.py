"""A formula cell as a function of the changing cells, with its analytic gradient; it counts the recalculations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import float64_copy, is_final
from cfstudio.solver.pair_sums import pair_sums

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings
    from cfstudio.solver.cells import Cells
    from cfstudio.solver.objective import Objective


class SheetNumbers:
    """A model of its own in whose changing cells (n,) numbers are put."""

    def __init__(self, model: Factorization, changing: Cells) -> None:
        self.model, self.changing = float64_copy(model), changing
        self._put: FloatArray | None = None

    def put(self, numbers: FloatArray) -> None:
        """Put numbers in; those that are there already, and that nobody can have changed, are not put in again."""
        if numbers is not self._put:
            self.changing.write(self.model, numbers)
            self._put = numbers if is_final(numbers) else None


class SheetFunction:
    """The number of `objective` when (n,) float64 numbers stand in the changing cells.

    `recalculations` counts how often the sheet was calculated: once per value, and once per analytic gradient, which
    is calculated along with the value.
    """

    def __init__(
        self,
        objective: Objective,
        ratings: Ratings,
        held_out: BoolArray,
        model: Factorization,
        changing: Cells,
        sheet: SheetNumbers | None = None,
    ) -> None:
        """`sheet` is that of another function of the same cells, so that numbers need to be put in only once."""
        self.recalculations = 0
        self.sheet = SheetNumbers(model, changing) if sheet is None else sheet
        self._objective, self._changing, self._model = objective, changing, self.sheet.model
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
        self.sheet.put(numbers)
        # A method may try absurd numbers; infinity is then the right answer, and no warning.
        with np.errstate(over="ignore", invalid="ignore"):
            predictions = self._model.to_rating(self._sums.sums(self._model))
            return predictions - self._ratings, predictions
