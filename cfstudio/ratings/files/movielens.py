"""MovieLens folders and zips: which of their files holds the ratings, and which the titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.archive import Source
from cfstudio.ratings.files.formats import SPLIT_SUFFIXES, TABLE_SUFFIXES
from cfstudio.ratings.files.users import USER_FILES
from cfstudio.ratings.files.wording import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATINGS_FILES = ("ratings.csv", "ratings.dat", "u.data", "ratings.tsv", "ratings.parquet")
ITEM_FILES = ("movies.csv", "movies.dat", "u.item")


def sources_in_folder(path: Path) -> list[Source]:
    """The files in a folder and in the folders directly in it. Raises DataError if it may not be read."""
    try:
        inside = sorted(path.iterdir())
        # A zip is often unpacked into a folder of its name inside a folder of its name.
        deeper = [one for folder in inside if folder.is_dir() for one in _children(folder)]
    except OSError as error:
        raise DataError(f"{path} may not be read by you; change its permissions or copy it.") from error
    return [Source(one) for one in [*inside, *deeper] if one.is_file() and not one.name.startswith(".")]


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def choose_ratings(sources: Sequence[Source], where: Path) -> Source:
    """The file of ratings: by its name, or the only table there is. Raises DataError if there is none or no telling."""
    tables = [
        one for one in sources if one.suffix in TABLE_SUFFIXES and one.file_name not in (*ITEM_FILES, *USER_FILES)
    ]
    for name in RATINGS_FILES:
        named = [one for one in tables if one.file_name == name]
        if named:
            return min(named, key=lambda one: len(one.label))
    if len(tables) == 1:
        return tables[0]
    found = [one.member or one.path.name for one in sources]
    raise DataError(
        f"{where} has no ratings in it: none of its files is {', '.join(RATINGS_FILES[:-1])} or {RATINGS_FILES[-1]} "
        f"(it has {listed(found) or 'no files'}); give the path of the file that holds the ratings."
    )


def choose_items(sources: Sequence[Source], ratings: Source) -> Source | None:
    """The file of titles that lies beside a file of ratings, if there is one."""
    beside = [one for one in sources if one.folder == ratings.folder]
    for name in ITEM_FILES:
        for one in beside:
            if one.file_name == name:
                return one
    return None


def items_beside(ratings: Source) -> Source | None:
    """The file of titles beside a single file, if that has a name under which MovieLens comes."""
    if ratings.file_name not in RATINGS_FILES and ratings.suffix not in SPLIT_SUFFIXES:
        return None
    places = (ratings.path.with_name(name) for name in ITEM_FILES)
    return next((Source(place) for place in places if place.is_file()), None)
