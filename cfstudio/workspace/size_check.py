"""Whether the Bayesian model would draw far more numbers than a small sheet has ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.sweep import sampled_factors
from cfstudio.models.bayes_features import bayes_features
from cfstudio.models.registry import kind_named
from cfstudio.workspace.presets import SMALL_SHEET

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.ratings.table import BoolArray, Ratings

MOST_PER_RATING = 2.0
"""Numbers per rating above which two factors without columns predicted held-out ratings better, on sheets of up to
`SMALL_SHEET` ratings: in 18 of 19 settings on the lesson's sheet, the invented one and six parts of
ml-latest-small-2016, three to five splits each. From about 5,000 ratings on the columns gain more than they cost. Runs
of gradient descent are no such case: there, 50 factors from small starting numbers did better than 2."""
FEW_FACTORS = 2


def memorizing_hint(ratings: Ratings, held_out: BoolArray, config: TrainingConfig) -> str:
    """A sentence where the Bayesian model will memorize a small sheet; empty elsewhere and for other models."""
    n_train = int(np.count_nonzero(ratings.rated & ~held_out))
    if kind_named(config.model).engine != "sampler" or not 0 < n_train <= SMALL_SHEET:
        return ""
    n_numbers = _n_drawn(ratings, held_out, config)
    if n_numbers <= MOST_PER_RATING * n_train:
        return ""
    columns = ", no columns," if config.features else ""
    return (
        f"{n_numbers:,} numbers for {n_train:,} ratings will memorize them; "
        f"{FEW_FACTORS} factors{columns} mostly predict hidden ones better."
    )


def _n_drawn(ratings: Ratings, held_out: BoolArray, config: TrainingConfig) -> int:
    """Weights of one sample; 0 where a column is not there, of which whoever trains is told."""
    try:
        blocks = bayes_features(ratings, held_out, config.features)
    except ValueError:
        return 0
    return sum(block.n_features for block in blocks) * (sampled_factors(config.n_factors) + 1)
