"""Which movies may be named: by genre, year and number of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, IntArray, ItemTable, Ratings


class NothingLeft(LookupError):  # noqa: N818 - what is wrong says more than that it is an error
    """A filter leaves no movie; the sentence says what to loosen."""


@dataclass(frozen=True)
class ItemFilter:
    """Conditions that all must hold; None leaves one out. `genres` in any case, any of them; years are inclusive."""

    genres: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    min_ratings: int = 0

    def passing(self, ratings: Ratings, counts: IntArray | None = None) -> BoolArray:
        """(n_items,) which items pass; `counts` (n_items,) saves counting the ratings.

        A year is unknown where it is 0 and then passes no condition on it. Raises NothingLeft with a sentence.
        """
        items = ratings.item_table
        passing = np.ones(ratings.n_items, dtype=np.bool_)
        if self.genres:
            passing &= of_genres(items, self.genres, ratings.item_label)
        if self.year_from is not None:
            passing &= items.years >= max(self.year_from, 1)
        if self.year_to is not None:
            passing &= (items.years <= self.year_to) & (items.years > 0)
        if self.min_ratings:
            passing &= (ratings.counts_by_item() if counts is None else counts) >= self.min_ratings
        if not passing.any():
            raise NothingLeft(f"No {ratings.item_label} is left: {self._in_words()}; loosen one of these conditions.")
        return passing

    def _in_words(self) -> str:
        said = []
        if self.genres:
            said.append(f"genre {' or '.join(self.genres)}")
        if self.year_from is not None or self.year_to is not None:
            said.append(f"year {self.year_from or 'any'} to {self.year_to or 'any'}")
        if self.min_ratings:
            said.append(f"at least {self.min_ratings:,} ratings")
        return ", ".join(said)


def of_genres(items: ItemTable, genres: tuple[str, ...], label: str = "movie") -> BoolArray:
    """(n_items,) whether an item has one of these genres, in any case. Raises NothingLeft for one that none has."""
    of_item = [{one.casefold() for one in text.split("|") if one} for text in items.genres.tolist()]
    found = np.zeros(len(of_item), dtype=np.bool_)
    for genre in genres:
        wanted = genre.casefold()
        matching = np.array([wanted in one for one in of_item], dtype=np.bool_)
        if not matching.any():
            known = genre_names(items)
            hint = f"it knows {', '.join(known)}" if known else "it knows none"
            raise NothingLeft(f'No {label} in this session is of the genre "{genre}": {hint}.')
        found |= matching
    return found


def genre_names(items: ItemTable) -> list[str]:
    """All genres that some item has, in alphabetical order."""
    return sorted({one for text in items.genres.tolist() for one in text.split("|") if one})


def genre_columns(items: ItemTable, names: list[str]) -> BoolArray:
    """(n_items, len(names)) whether an item has a genre."""
    place = {name: column for column, name in enumerate(names)}
    table = np.zeros((len(items.ids), len(names)), dtype=np.bool_)
    for code, text in enumerate(items.genres.tolist()):
        for one in text.split("|"):
            if one in place:
                table[code, place[one]] = True
    return table
