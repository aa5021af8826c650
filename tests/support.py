"""Small documents for tests."""

from __future__ import annotations

import numpy as np

from cfstudio.ratings.table import ItemTable, Ratings, RatingScale


def crosstab(values: list[list[float | None]], name: str = "small") -> Ratings:
    """Ratings from rows of a crosstab, None where blank; users 1, 2, …, items 101, 102, …"""
    cells = [(u, i, v) for u, row in enumerate(values) for i, v in enumerate(row) if v is not None]
    users, items, ratings = zip(*cells, strict=True)
    n_items = len(values[0])
    return Ratings(
        name=name,
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        values=np.array(ratings, dtype=np.float64),
        user_ids=np.arange(1, len(values) + 1),
        item_table=ItemTable(
            ids=np.arange(101, 101 + n_items),
            titles=np.array([f"Film {number} (19{70 + number})" for number in range(n_items)], dtype=object),
            genres=np.array(["Drama"] * n_items, dtype=object),
            years=np.arange(1970, 1970 + n_items).astype(np.int16),
        ),
        scale=RatingScale(0.5, 5.0),
    )


def random_ratings(n_users: int, n_items: int, n_ratings: int, seed: int = 0) -> Ratings:
    """Random half-star ratings of random cells; every user and item exists, rated or not."""
    rng = np.random.default_rng(seed)
    cells = rng.choice(n_users * n_items, size=n_ratings, replace=False)
    ratings = crosstab([[3.0] * n_items] * n_users, name=f"random {n_users} × {n_items}")
    return Ratings(
        name=ratings.name,
        users=(cells // n_items).astype(np.int32),
        items=(cells % n_items).astype(np.int32),
        values=rng.integers(1, 11, n_ratings) / 2,
        user_ids=ratings.user_ids,
        item_table=ratings.item_table,
        scale=ratings.scale,
    )


def to_step(trainer, step):
    """The trainer, advanced to a step or to its end."""
    while trainer.step < step and not trainer.finished:
        trainer.advance(step - trainer.step)
    return trainer
