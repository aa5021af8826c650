"""A crosstab as the few lines of pandas that build it, in the manner of the lesson's notebook."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.crosstab_choice import ByGenre, TopByCount
from cfstudio.ratings.pandas_order import Order, order_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.crosstab_choice import CrosstabChoice
    from cfstudio.ratings.table import Ratings

RATINGS_FILE, MOVIES_FILE = "ratings.csv", "movies.csv"
"""What MovieLens calls its files; their columns are userId, movieId, rating and movieId, title, genres."""
LINE_LENGTH = 88

GENRE = """\
# The ratings of the genre's movies.
is_of_genre = movies.genres.str.get_dummies("|")[{genre}] == 1
of_genre = ratings[ratings.movieId.isin(movies.movieId[is_of_genre])]"""
COUNT = """\
# Most ratings first; of equal counts the smaller id.
top_users = {source}.groupby("userId").rating.count()
top_users = top_users.sort_values(ascending=False, kind="stable")[:{n_users}]
top_movies = {source}.groupby("movieId").rating.count()
top_movies = top_movies.sort_values(ascending=False, kind="stable")[:{n_items}]"""
JOIN = """\
# The ratings that these users gave these movies.
top = ratings.join(top_users.rename("n_by_user"), how="inner", on="userId")
top = top.join(top_movies.rename("n_of_movie"), how="inner", on="movieId")
crosstab = pd.crosstab(top.userId, top.movieId, top.rating, aggfunc="sum")"""
PICK = """\
picked = ratings[ratings.userId.isin(users) & ratings.movieId.isin(movies)]
crosstab = pd.crosstab(picked.userId, picked.movieId, picked.rating, aggfunc="sum")
crosstab = crosstab.reindex(index=users, columns=movies)"""
AXES = {"index": "rows", "columns": "columns"}
BY_FILE = "[{one} for {one} in ratings.{one}Id.unique() if {one} in top_{one}s]"


def pandas_recipe(ratings: Ratings, choice: CrosstabChoice) -> str:
    """Python source that reads the ratings file and builds `crosstab`, a DataFrame with users down and movies across.

    Index and columns are ids, blank cells NaN. The most rated and a genre are built the lesson's way
    (https://course.fast.ai: `groupby`, `sort_values`, `join`, `crosstab`); a list and a selection are lists of ids.
    """
    if isinstance(choice, TopByCount | ByGenre):
        return "\n\n".join([*_top_steps(ratings, choice), *_reindexing(ratings, choice)]) + "\n"
    lists = "\n".join(f"{order.one}s = {_chosen(order)}" for order in order_of(ratings, choice))
    return "\n\n".join([_reading(ratings), lists, PICK]) + "\n"


def _top_steps(ratings: Ratings, choice: TopByCount | ByGenre) -> list[str]:
    counts = {"n_users": choice.n_users, "n_items": choice.n_items}
    if isinstance(choice, TopByCount):
        return [_reading(ratings), COUNT.format(source="ratings", **counts), JOIN]
    reading = f'{_reading(ratings)}\nmovies = pd.read_csv("{MOVIES_FILE}"{_dtype(movieId=ratings.item_table.ids)})'
    genre = GENRE.format(genre=json.dumps(choice.genre, ensure_ascii=False))
    return [reading, genre, COUNT.format(source="of_genre", **counts), JOIN]


def _reading(ratings: Ratings) -> str:
    dtype = _dtype(userId=ratings.user_ids, movieId=ratings.item_table.ids)
    return f'import pandas as pd\n\nratings = pd.read_csv("{RATINGS_FILE}"{dtype})'


def _reindexing(ratings: Ratings, choice: CrosstabChoice) -> list[str]:
    """What is left to do where `pd.crosstab`, which sorts by id and leaves out the blank, gives another table."""
    sides = dict(zip(("index", "columns"), order_of(ratings, choice), strict=True))
    needed = {axis: order for axis, order in sides.items() if not order.is_by_id or order.has_blank}
    if not needed:
        return []
    is_sorted = all(order.is_by_id for order in needed.values())
    comment = "Who or what has no rating among these stays, blank." if is_sorted else "In the order of the file."
    lines = [f"{AXES[axis]} = {_among_top(order)}" for axis, order in needed.items()]
    axes = ", ".join(f"{axis}={AXES[axis]}" for axis in needed)
    return ["\n".join([f"# {comment}", *lines, f"crosstab = crosstab.reindex({axes})"])]


def _among_top(order: Order) -> str:
    if order.is_by_id and order.is_in_file:
        return f"sorted(top_{order.one}s.index)"
    if order.is_by_file:
        return BY_FILE.format(one=order.one)
    return _literal(order.ids)


def _chosen(order: Order) -> str:
    """All of a side without a list of them, where the file gives them in the right order."""
    if order.is_all and order.is_by_file:
        return f"ratings.{order.one}Id.unique()"
    if order.is_all and order.is_by_id and order.is_in_file:
        return f"sorted(ratings.{order.one}Id.unique())"
    return _literal(order.ids)


def _literal(ids: NDArray[Any]) -> str:
    """A list of ids, wrapped."""
    texts = [json.dumps(one, ensure_ascii=False) for one in ids.tolist()]
    line = f"[{', '.join(texts)}]"
    if len(line) <= LINE_LENGTH - len("movies = "):
        return line
    # A space within an id is no place to break a line.
    body = textwrap.fill(
        ", ".join(text.replace(" ", "\0") for text in texts),
        LINE_LENGTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"[\n{body.replace(chr(0), ' ')},\n]"


def _dtype(**ids_of_column: NDArray[Any]) -> str:
    """The argument that keeps ids such as "007" from being read as numbers."""
    columns = [column for column, ids in ids_of_column.items() if _would_be_numbers(ids)]
    types = ", ".join(f'"{column}": str' for column in columns)
    return f", dtype={{{types}}}" if columns else ""


def _would_be_numbers(ids: NDArray[Any]) -> bool:
    if ids.dtype.kind in "iu":
        return False
    try:
        np.array([float(one) for one in ids.tolist()])
    except ValueError:
        return False
    return True
