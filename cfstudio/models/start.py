"""The random numbers a model starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from cfstudio.models.factorization import Factorization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, Ratings

SMALL_SPREAD = 0.01
"""Standard deviation of factors and biases around zero; fastai's `EmbeddingDotBias` starts so, too."""


class StartSettings(Protocol):
    """What the start depends on: a part of the training settings."""

    @property
    def model(self) -> str:
        """`dot` or `dot-bias`."""

    @property
    def sigmoid(self) -> bool:
        """Whether predictions are squashed onto the rating range."""

    @property
    def n_factors(self) -> int:
        """Numbers per user and item."""

    @property
    def seed(self) -> int:
        """Seed of the random generator."""


def random_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> Factorization:
    """Random float32 factors from the settings' seed.

    The plain dot product starts from uniform(0, √(largest rating / n_factors)): the largest possible prediction is
    then the largest rating, and five factors on a five-star scale give the workbook's own uniform(0, 1). All other
    models start from normal(0, 0.01), so that the biases and the sigmoid do the first of the work. The plain sum with
    biases adds the mean of the ratings that are not `held_out` (n_rows,).
    """
    rng = np.random.default_rng(settings.seed)
    k = settings.n_factors
    is_plain_dot = settings.model == "dot" and not settings.sigmoid
    top = float(np.sqrt(max(abs(ratings.scale.low), abs(ratings.scale.high)) / k))

    def draw(*shape: int) -> NDArray[np.float32]:
        numbers = rng.uniform(0.0, top, shape) if is_plain_dot else rng.normal(0.0, SMALL_SPREAD, shape)
        return numbers.astype(np.float32)

    user_factors, item_factors = draw(ratings.n_users, k), draw(ratings.n_items, k)
    rating_range = ratings.scale.reachable_range if settings.sigmoid else None
    if settings.model == "dot":
        return Factorization(user_factors, item_factors, rating_range=rating_range)
    mean = 0.0 if settings.sigmoid else _training_mean(ratings, held_out)
    return Factorization(user_factors, item_factors, draw(ratings.n_users), draw(ratings.n_items), mean, rating_range)


def _training_mean(ratings: Ratings, held_out: BoolArray) -> float:
    seen = ratings.values[ratings.rated & ~held_out]
    return float(seen.mean()) if len(seen) else 0.5 * (ratings.scale.low + ratings.scale.high)
