"""What a method is: formulas for one weight, written once as in the lesson's workbook and once as in the papers.

Formulas (see `formula`) are over these names, once for b and once for a: `value` the weight before the row, `gradient`
the derivative of the error by it, the method's own columns, `prev.` for the row above, and the settings. `loss` is the
squared error, its mean over a batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FormName = Literal["workbook", "papers"]

PARAMETERS = ("b", "a")
"""Intercept and slope, in the order of the workbook's columns."""


@dataclass(frozen=True)
class ColumnFormula:
    """One column of a method: what it is called, its formula, and the formula in words ({p} stands for b or a)."""

    name: str
    formula: str
    words: str


@dataclass(frozen=True)
class EpochCell:
    """A cell at the top of a page that changes once an epoch, by a formula over the settings and other such cells.

    `mean_square` is the mean over the epoch's rows of the squared derivatives; of both weights where the cell is
    not `per_weight`.
    """

    name: str
    title: str
    formula: str
    words: str
    per_weight: bool = False


@dataclass(frozen=True)
class Form:
    """A method in one of its two forms.

    `shared` columns are computed once a step, `columns` once per weight and in this order; the last one is `new`.
    `rate` says what of the formulas multiplies the gradient or its average: the effective learning rate.
    """

    columns: tuple[ColumnFormula, ...]
    settings: tuple[str, ...]
    explanation: str
    shared: tuple[ColumnFormula, ...] = ()
    epoch_cells: tuple[EpochCell, ...] = ()
    rate: str = "learning_rate"


@dataclass(frozen=True)
class Method:
    """An optimizer: a page of the lab.

    `difference` says in a sentence where workbook and papers differ; `decoupled` whether weight decay is taken from
    the weights themselves instead of being added to the gradient.
    """

    name: str
    title: str
    workbook: Form
    papers: Form
    difference: str
    source: str
    decoupled: bool = field(default=False)

    def form(self, name: FormName) -> Form:
        """The formulas as in the workbook or as in the papers."""
        return self.workbook if name == "workbook" else self.papers
