"""From the sum of products and biases to rating points, as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
