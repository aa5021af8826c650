"""Reading ratings from a path, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.archive import Source, sources_in_zip
from cfstudio.ratings.files.assemble import Listed, assemble
from cfstudio.ratings.files.delimited import read_delimited
from cfstudio.ratings.files.formats import kind_of
from cfstudio.ratings.files.items import read_items
from cfstudio.ratings.files.movielens import (
    RATINGS_FILES,
    choose_items,
    choose_ratings,
    items_beside,
    sources_in_folder,
)
from cfstudio.ratings.files.parquet import read_parquet
from cfstudio.ratings.files.users import choose_users, read_users

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cfstudio.ratings.files.observed import Observed
    from cfstudio.ratings.table import Ratings


def read_path(path: Path, columns: Mapping[str, str] | None = None) -> Ratings:
    """Read ratings from a file, a folder or a zip.

    `columns` says what the columns are called, by role: `user`, `item`, `rating`, `time`; the usual names need not be
    given. In a file without a header they are numbers from 1. Raises DataError with one sentence for anything that
    cannot be used.
    """
    try:
        return _read(path, columns)
    except MemoryError as error:
        raise DataError(f"{path} needs more memory than there is; read a part of it.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}; check the disk or copy it.") from error


def _read(path: Path, columns: Mapping[str, str] | None) -> Ratings:
    kind = kind_of(path)
    if kind in ("folder", "zip"):
        sources = sources_in_folder(path) if kind == "folder" else sources_in_zip(path)
        ratings = choose_ratings(sources, path)
        items = choose_items(sources, ratings)
        observed = _table(ratings, columns)
        if ratings.file_name not in RATINGS_FILES:
            observed.notes.append(f"Ratings were read from {ratings.file_name}, the only table in this {kind}.")
        users = choose_users(sources, ratings)
        users_listed = None if users is None else read_users(users)
        return assemble(observed, _listed(items), path.resolve().name.removesuffix(".zip"), users_listed)
    source = Source(path)
    observed = _table(source, columns)
    try:
        listed = _listed(items_beside(source))
    except DataError as error:
        # Nobody asked for that file, it only lies there.
        listed = None
        observed.notes.append(f"Titles are left out: {error}")
    return assemble(observed, listed, path.name[: len(source.file_name) - len(source.suffix)])


def _table(source: Source, columns: Mapping[str, str] | None) -> Observed:
    return read_parquet(source, columns) if source.suffix == ".parquet" else read_delimited(source, columns)


def _listed(source: Source | None) -> Listed | None:
    return None if source is None else Listed(read_items(source), source.file_name)
