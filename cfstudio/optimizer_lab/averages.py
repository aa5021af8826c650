"""Columns that several methods share: moving averages, effective rates, and the steps made of them."""

from __future__ import annotations

from cfstudio.optimizer_lab.methods import ColumnFormula

AVERAGE = ColumnFormula(
    "average",
    "beta1 * prev.average + (1 - beta1) * gradient",
    "β₁ of the average in the row above, plus 1 − β₁ of this row's derivative by {p}.",
)
VELOCITY = ColumnFormula(
    "average",
    "beta1 * prev.average + gradient",
    "β₁ of the velocity in the row above, plus this row's whole derivative by {p}.",
)
SQUARE = ColumnFormula(
    "square",
    "beta2 * prev.square + (1 - beta2) * gradient ** 2",
    "β₂ of the average square in the row above, plus 1 − β₂ of this row's derivative by {p}, squared.",
)
SUM_OF_SQUARES = ColumnFormula(
    "square",
    "prev.square + gradient ** 2",
    "The sum in the row above plus this row's derivative by {p}, squared: it only grows.",
)
STEP = ColumnFormula("step", "prev.step + 1", "How many steps have been taken, this one included.")


def rate(formula: str, words: str) -> ColumnFormula:
    """The column with the effective learning rate of a weight."""
    return ColumnFormula("rate", formula, words)


def new(formula: str, words: str) -> ColumnFormula:
    """The column with the weight after the step."""
    return ColumnFormula("new", formula, words)
