"""Small documents whose items have genres, and nets for them."""

from dataclasses import replace

import numpy as np
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.engine import Pairs, make_engine
from cfstudio.models.features import feature_columns
from cfstudio.models.start import random_start
from cfstudio.ratings.table import ItemTable

N_USERS, N_ITEMS = 7, 9
GENRES = ("Drama", "Comedy|Drama", "", "Horror", "Comedy", "Drama|Horror", "Horror", "Comedy|Horror", "Drama")
QUIET = TrainingConfig(
    model="net",
    n_factors=4,
    n_item_factors=3,
    hidden="6, 5",
    embedding_dropout=0.0,
    hidden_dropout=0.0,
    optimizer="sgd",
    learning_rate=0.05,
    weight_decay=0.0,
    device="cpu",
    seed=3,
)
"""No dropout, no decay: what a plain loop does, too."""


def ratings_with_genres():
    """7 users × 9 items, half of the cells rated."""
    plain = random_ratings(N_USERS, N_ITEMS, 40)
    items = plain.item_table
    table = ItemTable(items.ids, items.titles, np.array(GENRES, dtype=object), items.years)
    return replace(plain, item_table=table)


def start_of(config, scale=60.0):
    """The seed's start, embeddings large enough to tell apart."""
    start = random_start(ratings_with_genres(), config, np.zeros(40, dtype=bool))
    return replace(start, user_factors=start.user_factors * scale, item_factors=start.item_factors * scale)


def cells(n=60, seed=5):
    """Random cells, some twice."""
    random = np.random.default_rng(seed)
    return Pairs(
        random.integers(N_USERS, size=n).astype(np.int32),
        random.integers(N_ITEMS, size=n).astype(np.int32),
        (random.integers(1, 11, n) / 2).astype(np.float32),
    )


def all_cells():
    """Every cell once: a batch of all of them touches every row."""
    users, items = (grid.ravel().astype(np.int32) for grid in np.mgrid[:N_USERS, :N_ITEMS])
    values = np.random.default_rng(1).integers(1, 11, len(users)) / 2
    return Pairs(users, items, values.astype(np.float32))


def engine_for(config, batch_size, start=None):
    """The engine that a trainer would take."""
    columns = feature_columns(ratings_with_genres(), config.features)
    return make_engine(start_of(config) if start is None else start, config, batch_size, columns)


def constant(value, n):
    """A learning rate or momentum for each step."""
    return np.full(n, value, dtype=np.float32)
