"""From the sum of products and biases to rating points, as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import column_name

if TYPE_CHECKING:
    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.models.factorization import Factorization

PARAMETER_NAMES = ("global_mean", "rating_low", "rating_high")
"""Names of the cells that hold the global mean and the ends of the range; each only where a model has it."""


def parameters_of(model: Factorization) -> list[tuple[str, float]]:
    """Name and number of what the formulas of a model need besides factors and biases."""
    parameters = []
    if model.global_mean:
        parameters.append(("global_mean", float(model.global_mean)))
    if model.rating_range is not None:
        low, high = model.rating_range
        parameters += [("rating_low", float(low)), ("rating_high", float(high))]
    return parameters


def rating_formula(total: str, model: Factorization) -> str:
    """The formula, without "=", that makes rating points of a formula `total` as `Factorization.to_rating` does."""
    if model.global_mean:
        total = f"{total}+global_mean"
    if model.rating_range is None:
        return total
    return f"rating_low+(rating_high-rating_low)/(1+EXP(-({total})))"


def prediction_formula(at: CrosstabLayout, model: Factorization, place: int) -> str:
    """The formula, without "=", of the predictions in the row `place` (from 0), `{0}` for the letters of the column."""
    number, rating_row = at.predictions.top + place + 1, at.ratings.top + place + 1
    first, last = at.item_factors.top + 1, at.item_factors.bottom
    user = f"$B{number}:${column_name(at.n_factors)}{number}"
    bias = "" if at.item_bias is None else f"+$A{number}+{{0}}${at.item_bias.top + 1}"
    total = f"MMULT({user},{{0}}${first}:{{0}}${last}){bias}"
    return f'IF({{0}}{rating_row}="",0,{rating_formula(total, model)})'
