"""A page: one method on one set of points, its columns, and how a row is calculated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.optimizer_lab.catalog import method_named
from cfstudio.optimizer_lab.columns import INPUTS, LOOKS, memories, page_columns
from cfstudio.optimizer_lab.compiled import compiled
from cfstudio.optimizer_lab.errors import LabError
from cfstudio.optimizer_lab.formula import PREVIOUS
from cfstudio.optimizer_lab.line_data import LineData, workbook_data
from cfstudio.optimizer_lab.methods import PARAMETERS
from cfstudio.optimizer_lab.settings import LabSettings
from cfstudio.optimizer_lab.starts import FIRST, default_settings, default_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.optimizer_lab.columns import Column
    from cfstudio.optimizer_lab.methods import EpochCell, Form, FormName, Method

Top = dict[str, float]
"""What stands above the first row: `a`, `b`, the averages by column name, and the cells that change once an epoch."""

Row = tuple[float | None, ...]
"""One row in the order of the page's columns; None where a row that ends no batch has no number."""

LOOK_INPUTS = ("x", "y", "intercept", "slope", "nudge")
SETTING_INPUTS = ("learning_rate", "beta1", "beta2", "beta3", "epsilon", "weight_decay", "clip", "divisor", "cycle")


@dataclass(frozen=True)
class Page:
    """What is fixed while a page runs: method, form, settings, points. An edit makes another page."""

    method: Method
    form_name: FormName = "workbook"
    settings: LabSettings = field(default_factory=LabSettings)
    data: LineData = field(default_factory=workbook_data)

    def __post_init__(self) -> None:
        if self.settings.batch_size > len(self.data):
            raise LabError(
                f"Batch size must be at most {len(self.data)}, the number of points, not {self.settings.batch_size}."
            )

    def changed(self, **settings: Any) -> Page:  # noqa: ANN401
        """The page with other settings. Raises LabError for what cannot be."""
        return replace(self, settings=replace(self.settings, **settings))

    @cached_property
    def form(self) -> Form:
        """The method's formulas in this page's form."""
        return self.method.form(self.form_name)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right."""
        return page_columns(self.method, self.form, self.settings)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def memories(self) -> tuple[str, ...]:
        """Columns with a start value above the first row, the weights left out."""
        return memories(self.columns)

    @cached_property
    def cells(self) -> dict[str, tuple[EpochCell, str | None]]:
        """The cells that change once an epoch, by name, each with its weight, None if it serves both."""
        return {
            f"{cell.name}_d{weight}" if weight else cell.name: (cell, weight)
            for cell in self.form.epoch_cells
            for weight in (PARAMETERS if cell.per_weight else (None,))
        }

    def top(self, **known: float) -> Top:
        """What stands above the first row: what is known, and first values for the rest; unknown names are left out."""
        first = {"annealed_rate": self.settings.learning_rate} | FIRST
        names = ("a", "b", *self.memories, *self.cells)
        return {name: float(known.get(name, first.get(name, 0.0))) for name in names}

    def default_top(self) -> Top:
        """What the page starts from unless told otherwise."""
        return self.top(**default_start(self.method.name, self.form_name))

    def order(self, epoch: int) -> list[int]:
        """The points' places in the order of the rows of an epoch, the first of which is 1."""
        n, settings = len(self.data), self.settings
        if settings.order == "by x":
            by_x: list[int] = np.argsort(self.data.x, kind="stable").tolist()
            return by_x
        if settings.order == "shuffled":
            shuffled: list[int] = np.random.default_rng((settings.seed, epoch)).permutation(n).tolist()
            return shuffled
        return list(range(n))

    @cached_property
    def points(self) -> tuple[list[float], list[float]]:
        """The x and the y as lists, which are faster to walk than arrays."""
        return self.data.x.tolist(), self.data.y.tolist()

    @cached_property
    def look(self) -> Callable[..., tuple[float, ...]]:
        """From `LOOK_INPUTS` to the columns before the method's: prediction, errors, derivatives."""
        return compiled(tuple((one.name, one.formula.text) for one in LOOKS if one.formula), LOOK_INPUTS)

    @cached_property
    def step(self) -> Callable[..., tuple[float, ...]]:
        """From `step_inputs` to the method's columns."""
        return compiled(self.step_formulas, self.step_inputs)

    @cached_property
    def step_formulas(self) -> tuple[tuple[str, str], ...]:
        """Names and formulas of the method's columns, in their order."""
        return tuple((one.name, one.formula.text) for one in self.columns if one.is_step and one.formula)

    @cached_property
    def step_inputs(self) -> tuple[str, ...]:
        """What the method's formulas read: weights, `step_sources`, memories, settings, cells."""
        inputs = ("intercept", "slope", *self.step_sources, *(PREVIOUS + one for one in self.memories))
        return (*inputs, *SETTING_INPUTS, *self.cells)

    @cached_property
    def step_sources(self) -> tuple[str, ...]:
        """The columns before the method's whose numbers go into a step, or into a mean over the batch."""
        sources = ["de_db", "de_da"] if self.settings.batch_size == 1 else ["mean_db", "mean_da"]
        if "loss" in self.names:
            sources.append("err2" if self.settings.batch_size == 1 else "loss")
        return tuple(sources)

    @cached_property
    def constants(self) -> tuple[float, ...]:
        """The settings in the order in which a step takes them."""
        return tuple(getattr(self.settings, name) for name in SETTING_INPUTS)


def new_page(method: str, form: FormName = "workbook", data: LineData | None = None) -> Page:
    """A page with the method's usual settings, on the workbook's points unless others are given. Raises LabError."""
    chosen = method_named(method)
    return Page(chosen, form, default_settings(method, form), data if data is not None else workbook_data())


FIRST_LOOK = len(INPUTS)
"""Place of the first column that is calculated from the point and the weights."""
