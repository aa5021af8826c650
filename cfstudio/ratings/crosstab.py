"""A crosstab as text: one column per item, one row per user, as the lesson's spreadsheet shows it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.table import ItemTable, Ratings, RatingScale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

N_HEAD_ROWS = 3


def read_crosstab(lines: Iterable[str], name: str, scale: RatingScale) -> Ratings:
    """Ratings from CSV lines: a row of item ids, one of titles, one of genres, then one row per user.

    Blank cells are no ratings. Users and items keep the order of the table. Titles may end in their year, "(1995)".
    """
    (ids, titles, genres), *rows = _split(list(csv.reader(lines)))
    cells = [
        (user, item, float(text)) for user, (_, *texts) in enumerate(rows) for item, text in enumerate(texts) if text
    ]
    users, items, values = (np.array(column) for column in zip(*cells, strict=True))
    return Ratings(
        name=name,
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        values=values,
        user_ids=_as_ids([row[0] for row in rows]),
        item_table=ItemTable(
            ids=_as_ids(ids),
            titles=np.array(titles, dtype=object),
            genres=np.array(genres, dtype=object),
            years=np.array([int(title[-5:-1]) if title.endswith(")") else 0 for title in titles], dtype=np.int16),
        ),
        scale=scale,
    )


def _split(table: list[list[str]]) -> list[Any]:
    return [[row[1:] for row in table[:N_HEAD_ROWS]], *table[N_HEAD_ROWS:]]


def _as_ids(texts: list[str]) -> NDArray[Any]:
    return np.array(texts, dtype=np.int64) if all(text.isdigit() for text in texts) else np.array(texts, dtype=object)
