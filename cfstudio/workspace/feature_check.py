"""Whether the ratings have the columns that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.models.bayes_features import SETS
from cfstudio.models.features import feature_columns, feature_names
from cfstudio.models.registry import kind_named

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.ratings.table import Ratings


def check_features(ratings: Ratings, config: TrainingConfig) -> None:
    """Raise ValueError with a sentence for a column that is not there; a model without columns needs none."""
    kind = kind_named(config.model)
    if kind.takes_features:
        # Who rated what is no column of the data, but the Bayesian model makes one of it.
        is_made = {SETS} if kind.engine == "sampler" else set()
        feature_columns(ratings, ", ".join(name for name in feature_names(config.features) if name not in is_made))
