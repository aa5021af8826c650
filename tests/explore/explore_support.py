"""Small models and worlds for the explorer's tests."""

from __future__ import annotations

import numpy as np

from cfstudio.models.factorization import Factorization
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale


def random_model(n_users=30, n_items=40, k=4, *, bias=True, rating_range=None, seed=0, mean=3.5):
    """Factors and biases of a plausible size, in float64."""
    rng = np.random.default_rng(seed)
    return Factorization(
        rng.normal(0, 0.5, (n_users, k)),
        rng.normal(0, 0.5, (n_items, k)),
        rng.normal(0, 0.3, n_users) if bias else None,
        rng.normal(0, 0.3, n_items) if bias else None,
        0.0 if rating_range or not bias else mean,
        rating_range,
    )


def items(n_items, genres=None, years=None):
    """Films 0, 1, … with ids 101, 102, …"""
    return ItemTable(
        ids=np.arange(101, 101 + n_items),
        titles=np.array([f"Film {number} ({1970 + number % 50})" for number in range(n_items)], dtype=object),
        genres=np.array(genres or ["Drama"] * n_items, dtype=object),
        years=np.array(years if years is not None else 1970 + np.arange(n_items) % 50, dtype=np.int16),
    )


def rated_by_model(model, density=0.5, noise=0.2, seed=1, item_table=None):
    """Ratings that the model itself would predict, with some noise, of a random part of the cells."""
    rng = np.random.default_rng(seed)
    n_users, n_items = len(model.user_factors), len(model.item_factors)
    users, columns = np.nonzero(rng.random((n_users, n_items)) < density)
    values = np.clip(model.predict(users, columns) + rng.normal(0, noise, len(users)), 0.5, 5.0)
    return Ratings(
        name="world",
        users=users.astype(np.int32),
        items=columns.astype(np.int32),
        values=values,
        user_ids=np.arange(1, n_users + 1),
        item_table=item_table or items(n_items),
        scale=RatingScale(0.5, 5.0),
    )
