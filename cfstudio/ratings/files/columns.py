"""Which column holds what: guessed from the usual names, or as the user says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.wording import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LABELS_OF_ITEMS = {
    "movie": ("movieid", "movie", "mid", "film", "filmid"),
    "item": ("itemid", "item", "iid"),
    "book": ("bookid", "book", "isbn"),
    "product": ("productid", "product", "asin"),
    "song": ("songid", "song", "trackid", "track"),
    "artist": ("artistid", "artist"),
}
"""What one item is called on screen, by the name of its column."""

TITLES = ("title", "movietitle", "itemtitle", "booktitle", "name")

USUAL_NAMES = {
    "user": ("userid", "user", "uid", "username", "reviewerid", "reviewer", "customerid", "customer", "memberid"),
    # A file that knows items only by their title still tells one from the other.
    "item": (*(name for names in LABELS_OF_ITEMS.values() for name in names), *TITLES),
    "rating": ("rating", "ratings", "stars", "star", "score", "value", "bookrating", "overall", "userrating"),
    "time": ("timestamp", "time", "date", "datetime", "unixreviewtime", "ratedat", "createdat"),
    "title": TITLES,
    "genres": ("genres", "genre", "categories", "category"),
    "year": ("year", "releaseyear"),
}
"""Names by role, lower case without blanks and signs, likeliest first."""

NEEDED = ("user", "item", "rating")


@dataclass(frozen=True)
class Layout:
    """Places of the columns, counted from 0; None where a file has no such column."""

    names: tuple[str, ...]
    user: int
    item: int
    rating: int
    time: int | None = None
    title: int | None = None
    genres: int | None = None
    year: int | None = None
    item_label: str = "item"
    is_time_given: bool = False
    """Whether the user named the time's column, so that it must be readable."""

    @property
    def has_details(self) -> bool:
        """Whether there is more on items than their ids."""
        return any(place is not None for place in (self.title, self.genres, self.year))


def find_layout(names: Sequence[str], columns: Mapping[str, str] | None, label: str) -> Layout:
    """Places of the columns by their names; `columns` maps a role to a name and wins over the usual names.

    Raises DataError if a column is missing, which names those there are.
    """
    places: dict[str, int] = {}
    for role, name in (columns or {}).items():
        places[role] = _given(names, role, name, label)
    taken = set(places.values())
    for role, usual in USUAL_NAMES.items():
        if role not in places:
            place = _guessed(names, usual, taken if role in (*NEEDED, "time") else set())
            if place is not None:
                places[role] = place
                taken.add(place)
    missing = [role for role in NEEDED if role not in places]
    if missing:
        raise DataError(
            f"{label} has no column that looks like {' or '.join(missing)}: its columns are {listed(names)}; "
            f"say which it is with --columns {','.join(f'{role}=…' for role in missing)}."
        )
    return Layout(
        names=tuple(names),
        item_label=_item_label(names[places["item"]]),
        is_time_given="time" in (columns or {}),
        **places,
    )


def headless_layout(n_columns: int, columns: Mapping[str, str] | None, label: str) -> Layout:
    """Places in a file without a header: user, item, rating, time, unless `columns` gives numbers from 1."""
    names = [str(number + 1) for number in range(n_columns)]
    usual = dict(zip(("user", "item", "rating", "time"), names, strict=False))
    given = dict(columns or {})
    if given and not all(name in names for name in given.values()):
        raise DataError(
            f"{label} has no header line, so its columns go by their numbers 1 to {n_columns}; "
            "write --columns user=1,item=2,rating=3."
        )
    if given:
        usual = {role: name for role, name in usual.items() if name not in given.values()}
    layout = find_layout(names, usual | given, label)
    return Layout(**{**layout.__dict__, "item_label": "item", "is_time_given": "time" in given})


def find_item_columns(names: Sequence[str], label: str) -> tuple[int, int | None, int | None, int | None]:
    """Places of id, title, genres and year in a table of items. Raises DataError if there is no id."""
    item = _guessed(names, (*USUAL_NAMES["item"], "id"), set())
    if item is None:
        raise DataError(
            f"{label} has no column that looks like the ids of movies: its columns are {listed(names)}; "
            "name that column movieId."
        )
    title, genres, year = (_guessed(names, USUAL_NAMES[role], set()) for role in ("title", "genres", "year"))
    return item, title, genres, year


def _given(names: Sequence[str], role: str, name: str, label: str) -> int:
    for wanted, candidates in ((name, names), (name.casefold(), [one.casefold() for one in names])):
        if wanted in candidates:
            return list(candidates).index(wanted)
    raise DataError(
        f"{label} has no column {quoted(name)} for the {role}: its columns are {listed(names)}; "
        f"give one of them with --columns {role}=…."
    )


def _guessed(names: Sequence[str], usual: Sequence[str], taken: set[int]) -> int | None:
    plain = [_plain(name) for name in names]
    for name in usual:
        for place, one in enumerate(plain):
            if one == name and place not in taken:
                return place
    return None


def _plain(name: str) -> str:
    """`User-ID`, `user_id` and `userId` are the same name."""
    return "".join(one for one in name.casefold() if one.isalnum())


def _item_label(name: str) -> str:
    plain = _plain(name)
    return next((label for label, names in LABELS_OF_ITEMS.items() if plain in names), "item")
