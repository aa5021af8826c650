"""The random numbers that each kind of model starts from."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.models.factorization import Factorization
from cfstudio.models.features import feature_columns
from cfstudio.models.net import NetFactorization, hidden_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.models.factorization import Side
    from cfstudio.models.net import Parts
    from cfstudio.models.start import StartSettings
    from cfstudio.ratings.table import BoolArray, Ratings

SMALL_SPREAD = 0.01
"""Standard deviation of factors and biases around zero; fastai's `EmbeddingDotBias` starts so, too."""

NET_REACH = 0.01
"""Largest number in a net's embeddings at the start, as in the lesson."""


def dot_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> Factorization:
    """Factors of the plain dot product.

    From uniform(0, √(largest rating / n_factors)): the largest possible prediction is then the largest rating, and
    five factors on a five-star scale give the workbook's own uniform(0, 1). Under a sigmoid from normal(0, 0.01).
    """
    rng = np.random.default_rng(settings.seed)
    rating_range, _ = _output(ratings, settings, held_out)
    top = float(np.sqrt(max(abs(ratings.scale.low), abs(ratings.scale.high)) / settings.n_factors))

    def draw(*shape: int) -> NDArray[np.float32]:
        numbers = rng.normal(0.0, SMALL_SPREAD, shape) if settings.sigmoid else rng.uniform(0.0, top, shape)
        return numbers.astype(np.float32)

    k = settings.n_factors
    return Factorization(draw(ratings.n_users, k), draw(ratings.n_items, k), rating_range=rating_range)


def bias_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> Factorization:
    """Factors and biases from normal(0, 0.01), so that the biases and the sigmoid do the first of the work.

    The plain sum adds the mean of the ratings that are not `held_out` (n_rows,).
    """
    rng = np.random.default_rng(settings.seed)
    rating_range, mean = _output(ratings, settings, held_out)
    k, n_users, n_items = settings.n_factors, ratings.n_users, ratings.n_items
    shapes = ((n_users, k), (n_items, k), (n_users,), (n_items,))
    users, items, user_bias, item_bias = (rng.normal(0.0, SMALL_SPREAD, shape).astype(np.float32) for shape in shapes)
    return Factorization(users, items, user_bias, item_bias, mean, rating_range)


def bayes_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> Factorization:
    """The same without a sigmoid, whatever the settings say: the mean of a sampler's predictions is a plain sum."""
    plain = replace(bias_start(ratings, settings, held_out), rating_range=None)
    return replace(plain, global_mean=_training_mean(ratings, held_out))


def net_start(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> NetFactorization:
    """Embeddings from uniform(−0.01, 0.01), layers as `torch.nn.Linear` draws them: uniform(−1/√n_in, 1/√n_in).

    Every table draws from a generator of its own, so that another size of one leaves the others as they are. The
    numbers of features are the sums of their labels' embeddings, beside those of the id. Without a sigmoid the mean of
    the ratings that are not `held_out` is added. Raises ValueError with a sentence for hidden sizes or features that
    cannot be.
    """
    hidden, columns = hidden_sizes(settings.hidden), feature_columns(ratings, settings.features)

    def draw(name: str, reach: float, *shape: int) -> NDArray[np.float32]:
        rng = np.random.default_rng([settings.seed, *name.encode()])
        return rng.uniform(-reach, reach, shape).astype(np.float32)

    def embedding(side: Side, n_rows: int, width: int) -> tuple[NDArray[np.float32], Parts]:
        mine = [column for column in columns if column.side == side]
        tables = [column.summed(draw(column.name, NET_REACH, len(column.labels), column.width)) for column in mine]
        rows = np.hstack((draw(side, NET_REACH, n_rows, width), *(table.astype(np.float32) for table in tables)))
        return rows, (("", width), *((column.name, column.width) for column in mine))

    users, user_parts = embedding("user", ratings.n_users, settings.n_factors)
    items, item_parts = embedding("item", ratings.n_items, settings.n_item_factors or settings.n_factors)
    widths = (users.shape[1] + items.shape[1], *hidden, 1)
    ways = list(enumerate(pairwise(widths)))
    rating_range, mean = _output(ratings, settings, held_out)
    return NetFactorization(
        users,
        items,
        global_mean=mean,
        rating_range=rating_range,
        weights=tuple(draw(f"weight {place}", n_in**-0.5, n_out, n_in) for place, (n_in, n_out) in ways),
        offsets=tuple(draw(f"offset {place}", n_in**-0.5, n_out) for place, (n_in, n_out) in ways),
        user_parts=user_parts,
        item_parts=item_parts,
    )


def _output(ratings: Ratings, settings: StartSettings, held_out: BoolArray) -> tuple[tuple[float, float] | None, float]:
    """The range of the sigmoid, or none and the mean rating to add."""
    if settings.sigmoid:
        return ratings.scale.reachable_range, 0.0
    return None, _training_mean(ratings, held_out)


def _training_mean(ratings: Ratings, held_out: BoolArray) -> float:
    seen = ratings.values[ratings.rated & ~held_out]
    return float(seen.mean()) if len(seen) else 0.5 * (ratings.scale.low + ratings.scale.high)
