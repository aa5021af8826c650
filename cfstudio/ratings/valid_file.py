"""A split that comes as a second file, as MovieLens 100K's u1.base and u1.test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.table import BoolArray, FloatArray, ItemTable, Ratings, RatingScale

if TYPE_CHECKING:
    from numpy.typing import NDArray


def with_held_out(ratings: Ratings, held: Ratings) -> tuple[Ratings, BoolArray]:
    """The ratings with those of `held` among them, and (n_rows,) bool: True where the cell is rated in `held`.

    Cells that `ratings` lacks are appended, with their users and items; where both rate a cell, the rating of `held`
    counts. Users and items are matched by their ids, as text where one side has numbers and the other text; the scale
    becomes wide enough for what `held` rates. Raises ValueError with a sentence when `held` rates nothing, nothing and
    nobody that `ratings` knows, or everything that there is.
    """
    rows = np.flatnonzero(held.rated)
    if not len(rows):
        raise ValueError("The file of held-out ratings holds no ratings.")
    users, user_ids = _matched(ratings.user_ids, held.user_ids)
    items, item_ids = _matched(ratings.item_table.ids, held.item_table.ids)
    _check_acquaintance(ratings, users[held.users[rows]], items[held.items[rows]])
    whole = replace(
        ratings,
        users=ratings.users.copy(),
        items=ratings.items.copy(),
        values=ratings.values.copy(),
        user_ids=user_ids,
        item_table=_items(ratings, held, items, item_ids),
        scale=_scale(ratings.scale, held.values[rows]),
        user_columns=_user_columns(ratings, held, users >= ratings.n_users),
    )
    at = whole.set_many(users[held.users[rows]], items[held.items[rows]], held.values[rows])
    if whole.timestamps is not None and held.timestamps is not None:
        whole.timestamps = whole.timestamps.copy()
        whole.timestamps[at] = held.timestamps[rows]
    held_out = np.zeros(len(whole.values), dtype=np.bool_)
    held_out[at] = True
    if not (whole.rated & ~held_out).any():
        raise ValueError("The file of held-out ratings rates every cell that there is: none would be left to train on.")
    return whole, held_out


def what_was_held_out(name: str, ratings: Ratings, whole: Ratings, held_out: BoolArray) -> str:
    """Sentences on what `with_held_out` made of `ratings` and the file `name`."""
    n_trained = np.count_nonzero(whole.rated & ~held_out)
    said = [f"{np.count_nonzero(held_out):,} ratings of {name} are held out, {n_trained:,} are for training."]
    n_both = np.count_nonzero(held_out[: len(ratings.values)] & ratings.rated)
    if n_both:
        said.append(f"{n_both:,} of them stood in the table already.")
    new = ((whole.n_users - ratings.n_users, "user"), (whole.n_items - ratings.n_items, ratings.item_label))
    counts = " and ".join(f"{n:,} {what}{'s' if n > 1 else ''}" for n, what in new if n)
    if counts:
        said.append(f"New in the table: {counts}.")
    return " ".join(said)


def _check_acquaintance(ratings: Ratings, users: NDArray[np.int64], items: NDArray[np.int64]) -> None:
    """Raise ValueError where a file is of other people and other things altogether: it was meant for other ratings."""
    if not ((users < ratings.n_users) | (items < ratings.n_items)).any():
        raise ValueError(
            f"The file of held-out ratings has no user and no {ratings.item_label} of these ratings; "
            "choose one whose ids are the same as theirs."
        )


def _scale(scale: RatingScale, values: FloatArray) -> RatingScale:
    return replace(scale, low=min(scale.low, float(values.min())), high=max(scale.high, float(values.max())))


def _user_columns(ratings: Ratings, held: Ratings, is_new: BoolArray) -> dict[str, NDArray[np.object_]]:
    """What is known of all users: what `ratings` knows of its own, what `held` knows of the others."""
    unknown = np.full(len(is_new), "", dtype=object)
    return {
        name: np.concatenate([column, held.user_columns.get(name, unknown)[is_new]])
        for name, column in ratings.user_columns.items()
    }


def _matched(known: NDArray[Any], others: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The code of each of `others` among the known ids and, behind them, those that are new; and all ids."""
    if (known.dtype.kind in "iu") != (others.dtype.kind in "iu"):
        known, others = known.astype(str).astype(object), others.astype(str).astype(object)
    codes = {one: code for code, one in enumerate(known.tolist())}
    matched = np.array([codes.setdefault(one, len(codes)) for one in others.tolist()], dtype=np.int64)
    new = others[matched >= len(known)]
    return matched, np.concatenate([known, new]) if len(new) else known


def _items(ratings: Ratings, held: Ratings, codes: NDArray[np.int64], ids: NDArray[Any]) -> ItemTable:
    """The table of all items: what `ratings` knows of its own, what `held` knows of the others."""
    own, other, is_new = ratings.item_table, held.item_table, codes >= ratings.n_items
    return replace(
        own,
        ids=ids,
        titles=np.concatenate([own.titles, other.titles[is_new]]),
        genres=np.concatenate([own.genres, other.genres[is_new]]),
        years=np.concatenate([own.years, other.years[is_new]]),
    )
