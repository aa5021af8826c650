"""The same methods on any function of many numbers, by the same formulas, all numbers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.optimizer_lab.compiled import compiled
from cfstudio.optimizer_lab.formula import PREVIOUS, Formula
from cfstudio.optimizer_lab.page import SETTING_INPUTS
from cfstudio.optimizer_lab.starts import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.methods import ColumnFormula, FormName, Method
    from cfstudio.optimizer_lab.settings import LabSettings

    Objective = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


class Descent:
    """A method that descends a function of `parameters` (n,) float64; every step is an epoch of one row.

    `objective` maps parameters to the loss and its gradient (n,). `last` holds the columns of the last step by name
    (`gradient`, `average`, `square`, `new`, …), (n,) each or one number; it is empty before the first.
    """

    def __init__(
        self,
        method: Method,
        form: FormName,
        settings: LabSettings,
        objective: Objective,
        start: NDArray[np.float64] | tuple[float, ...],
    ) -> None:
        self.parameters = np.array(start, dtype=np.float64)
        self.loss, self.gradient = objective(self.parameters)
        self.n_steps = 0
        self._objective, self._settings = objective, settings
        self._is_l2 = bool(settings.weight_decay) and not method.decoupled
        self._form = method.form(form)
        columns = (*self._form.shared, *self._form.columns)
        self._names = tuple(one.name for one in columns)
        self._memory: dict[str, Any] = {name: FIRST.get(name, 0.0) for name in self._remembered(columns)}
        self._cells: dict[str, Any] = {one.name: 0.0 for one in self._form.epoch_cells}
        if "annealed_rate" in self._cells:
            self._cells["annealed_rate"] = settings.learning_rate
        if "last_rms" in self._cells:
            # The first step has no last epoch; its own gradient stands in.
            self._cells["last_rms"] = np.abs(self.gradient)
        self._constants = tuple(getattr(settings, name) for name in SETTING_INPUTS)
        inputs = ("value", "gradient", "loss", *(PREVIOUS + one for one in self._memory))
        self._calculate = compiled(_texts(columns), (*inputs, *SETTING_INPUTS, *self._cells), arrays=True)
        self.last: dict[str, Any] = {}

    @property
    def rate(self) -> NDArray[np.float64]:
        """(n,) what the last step multiplied the gradient, or its average, by; NaN before the first."""
        name = self._form.rate
        if not self.last:
            return np.full(len(self.parameters), np.nan)
        value = self.last[name] if name in self.last else self._cells.get(name, self._settings.learning_rate)
        return np.broadcast_to(np.asarray(value, dtype=np.float64), self.parameters.shape)

    def step(self, n: int = 1) -> None:
        """Take n steps. Numbers that grow beyond all bounds become inf and NaN."""
        with np.errstate(all="ignore"):
            for _ in range(n):
                self._step()

    def _step(self) -> None:
        gradient = self.gradient
        if self._is_l2:
            gradient = gradient + self._settings.weight_decay * self.parameters
        results = self._calculate(
            self.parameters, gradient, self.loss, *self._memory.values(), *self._constants, *self._cells.values()
        )
        self.last = dict(zip(self._names, results, strict=True)) | {"gradient": gradient} | self._cells
        self._memory = {name: self.loss if name == "loss" else self.last[name] for name in self._memory}
        if self._cells:
            self._cells = self._next_cells()
        self.parameters = self.last["new"]
        self.n_steps += 1
        self.loss, self.gradient = self._objective(self.parameters)

    def _next_cells(self) -> dict[str, Any]:
        settings = self._settings
        known = self._cells | {name: getattr(settings, name) for name in ("learning_rate", "divisor", "cycle")}
        squares = self.gradient * self.gradient
        cells = {}
        for cell in self._form.epoch_cells:
            mean_square = squares if cell.per_weight else squares.sum()
            function = compiled(((cell.name, cell.formula),), (*known, "mean_square"), arrays=True)
            cells[cell.name] = function(*known.values(), mean_square)[0]
        return cells

    def _remembered(self, columns: tuple[ColumnFormula, ...]) -> list[str]:
        """The names that the formulas ask for in the row above."""
        asked = {name for one in columns for name in Formula(one.formula).names if name.startswith(PREVIOUS)}
        return sorted(name.removeprefix(PREVIOUS) for name in asked)


def _texts(columns: tuple[ColumnFormula, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.formula) for one in columns)
