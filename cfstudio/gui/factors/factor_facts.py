"""What the panel of factors shows, worked out in a thread from a copy of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.factor_meaning import factor_meaning, rmse_without_each
from cfstudio.explore.principal import principal_rotation, rotated

if TYPE_CHECKING:
    from cfstudio.explore.factor_meaning import FactorMeaning
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, FloatArray, Ratings

MOST_ROWS = 50_000
"""Ratings over which the RMSE without each factor is taken; of more a random part."""


@dataclass(frozen=True)
class FactorFacts:
    """Facts of all factors or components, and what the chosen one means.

    `directions` (n_factors, n) have the factors' directions as columns; `variances` (n,) are parts of the whole;
    `rmse` (n + 1,) that of the model and then without each; `is_held_out` says over which ratings.
    """

    directions: FloatArray
    variances: FloatArray
    rmse: FloatArray
    is_held_out: bool
    chosen: int
    meaning: FactorMeaning


def factor_facts(
    model: Factorization,
    ratings: Ratings,
    held_out: BoolArray,
    enough: BoolArray,
    chosen: int,
    before: FloatArray | None,
    *,
    of_components: bool,
) -> FactorFacts:
    """Work them out; `before` are the directions shown last, whose signs are kept.

    `enough` (n_items,) bool are the items with enough ratings to say something of a factor. Raises ValueError with a
    sentence where there are no components.
    """
    rotation = principal_rotation(model.item_factors, enough)
    k = model.n_factors
    if of_components:
        directions = rotation.directions.copy()
        if before is not None and before.shape == directions.shape:
            directions *= np.where((directions * before).sum(axis=0) < 0, -1.0, 1.0)
        variances = rotation.explained
        turned = rotated(model, rotation)
    else:
        directions = np.eye(k)
        spread = model.item_factors[enough].astype(np.float64).var(axis=0)
        variances, turned = spread / spread.sum(), model
    rows = np.flatnonzero(ratings.rated & held_out)
    is_held_out = len(rows) > 0
    rows = rows if is_held_out else np.flatnonzero(ratings.rated)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    chosen = min(chosen, k - 1)
    scores = (model.item_factors.astype(np.float64) - rotation.center) @ directions[:, chosen]
    meaning = factor_meaning(scores, ratings, enough)
    return FactorFacts(directions, variances, rmse_without_each(turned, ratings, rows), is_held_out, chosen, meaning)
