"""Titles, genres and years of the items that were rated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.files.observed import ItemDetails
from cfstudio.ratings.table import ItemTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

# "Title (1995)", of series "Title (1995-1998)" and "Title (1995–)"; the first year counts.
YEAR = re.compile(r"\((\d{4})(?:\s*[-–]\s*\d{0,4})?\)$", re.ASCII)

NO_GENRES = "(no genres listed)"


def details_by_id(ids: NDArray[Any], known: Mapping[str, ItemDetails]) -> list[ItemDetails]:
    """What a file of items, read by ids as text, says of each id (n_items,); nothing where it is not listed."""
    if ids.dtype == np.object_:
        return [known.get(one, ItemDetails()) for one in ids]
    # The same number may be written differently in the two files, "7" and "007".
    by_number = {int(text): details for text, details in known.items() if text.isascii() and text.isdigit()}
    return [by_number.get(one, ItemDetails()) for one in ids.tolist()]


def item_table(ids: NDArray[Any], details: Iterable[ItemDetails], item_label: str) -> ItemTable:
    """The table of items by code; an item without a title is called "movie 123", or by its id if that is text."""
    titles, genres, years = [], [], []
    for one, item in zip(ids.tolist(), details, strict=True):
        title = item.title or (one if isinstance(one, str) else f"{item_label} {one}")
        found = YEAR.search(title)
        if item.year and not found:
            title = f"{title} ({item.year})"
        titles.append(title)
        genres.append("" if item.genres == NO_GENRES else item.genres)
        years.append(int(found[1]) if found else item.year)
    return ItemTable(ids, _objects(titles), _objects(genres), np.array(years, dtype=np.int16))


def _objects(texts: list[str]) -> NDArray[np.object_]:
    column = np.empty(len(texts), dtype=np.object_)
    column[:] = texts
    return column
