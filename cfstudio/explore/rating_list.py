"""Ratings of one person as text: a file, or what was pasted, one movie and its stars per line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.explore.titles import UnknownItem, find_item
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.ratings.table import ItemTable, RatingScale

ITEM_NAMES = ("movieid", "movie", "itemid", "item", "id", "title", "name")
RATING_NAMES = ("rating", "ratings", "stars", "score", "value")
DELIMITERS = "\t;,"


@dataclass(frozen=True)
class RatingList:
    """What was understood: ratings by item code, the last one where a movie occurs twice.

    `problems` has a sentence for every line that could not be used.
    """

    rated: dict[int, float]
    problems: tuple[str, ...]


def read_rating_list(path: Path, items: ItemTable, scale: RatingScale, label: str = "movie") -> RatingList:
    """Read a file of `movieId,rating` or `title,rating` lines. Raises DataError with a sentence."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not text in UTF-8; save it as CSV in UTF-8.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    return parse_rating_list(text, items, scale, label)


def parse_rating_list(text: str, items: ItemTable, scale: RatingScale, label: str = "movie") -> RatingList:
    """Understand lines of an id or a title and a rating, separated by tab, semicolon or comma.

    A first line with names of columns says where they are; without it the rating is the last field. A decimal comma
    is understood where it separates nothing. Blank lines are passed over.
    """
    rated: dict[int, float] = {}
    problems: list[str] = []
    by_id = {str(one): code for code, one in enumerate(items.ids.tolist())}
    places: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        fields = _fields(line)
        if not fields:
            continue
        if places is None and not rated and (header := _header(fields)) is not None:
            places = header
            continue
        try:
            name, value = _name_and_rating(fields, places)
            code = by_id[name] if name in by_id else find_item(items, name, label)
        except (ValueError, UnknownItem) as error:
            problems.append(f"Line {number}: {error}")
            continue
        if not scale.contains(value):
            problems.append(
                f"Line {number}: a rating lies between {scale.low:g} and {scale.high:g}; {value:g} does not."
            )
            continue
        rated.pop(code, None)
        rated[code] = value
    return RatingList(rated, tuple(problems))


def _fields(line: str) -> list[str]:
    delimiter = next((one for one in DELIMITERS if one in line), ",")
    fields = next(csv.reader([line], delimiter=delimiter), [])
    return [field.strip() for field in fields] if any(field.strip() for field in fields) else []


def _header(fields: list[str]) -> tuple[int, int] | None:
    """Places of item and rating, if these are names of columns."""
    plain = ["".join(one for one in field.casefold() if one.isalnum()) for field in fields]
    item = next((plain.index(name) for name in ITEM_NAMES if name in plain), None)
    rating = next((plain.index(name) for name in RATING_NAMES if name in plain), None)
    return None if item is None or rating is None else (item, rating)


def _name_and_rating(fields: list[str], places: tuple[int, int] | None) -> tuple[str, float]:
    """Raises ValueError with a sentence."""
    if places is not None:
        if len(fields) <= max(places):
            raise ValueError(f"it has {len(fields)} of the columns that the first line names; add what is missing.")
        name, rating = fields[places[0]], fields[places[1]]
    elif len(fields) < 2:
        raise ValueError(f'"{fields[0]}" needs a rating after it, as in "{fields[0]}, 4".')
    else:
        # A title may hold commas of its own.
        name, rating = ", ".join(fields[:-1]), fields[-1]
    try:
        return name, float(rating.replace(",", "."))
    except ValueError:
        raise ValueError(f'"{rating}" is no rating; write a number.') from None
