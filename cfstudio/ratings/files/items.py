"""What items are called: movies.csv, movies.dat, u.item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.ratings.files.columns import find_item_columns
from cfstudio.ratings.files.dialect import find_delimiter, sample_lines
from cfstudio.ratings.files.observed import ItemDetails
from cfstudio.ratings.files.rows import as_year
from cfstudio.ratings.files.text import RowError, numbered_rows, open_text, with_encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cfstudio.ratings.files.archive import Source

Row = tuple[int, list[str]]

FLAG_GENRES = (
    "", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
"""The genres that the last 19 columns of u.item stand for; the first is "unknown"."""

N_BEFORE_FLAGS = 5


def read_items(source: Source) -> dict[str, ItemDetails]:
    """Title, genres and year by the id as it is written. Raises DataError with the line that cannot be used."""

    def read(encoding: str) -> dict[str, ItemDetails]:
        delimiter = {"u.item": "|", "movies.dat": "::"}.get(source.file_name)
        delimiter = delimiter or find_delimiter(sample_lines(source, encoding))
        with open_text(source, encoding) as text:
            rows = numbered_rows(text, delimiter)
            if source.file_name == "u.item":
                return dict(_with_flags(rows))
            return dict(_without_header(rows) if source.file_name == "movies.dat" else _with_header(rows, source))

    return with_encoding(source, read)


def _with_flags(rows: Iterable[Row]) -> Iterator[tuple[str, ItemDetails]]:
    for line, row in _checked(rows, N_BEFORE_FLAGS + len(FLAG_GENRES)):
        flags = row[N_BEFORE_FLAGS:]
        genres = [genre for genre, flag in zip(FLAG_GENRES, flags, strict=True) if genre and flag.strip() == "1"]
        if not set(flags) <= {"0", "1"}:
            raise RowError(line, "has other genre flags than 0 and 1; correct them")
        yield row[0].strip(), ItemDetails(row[1].strip(), "|".join(genres))


def _without_header(rows: Iterable[Row]) -> Iterator[tuple[str, ItemDetails]]:
    for _, row in _checked(rows, 3):
        yield row[0].strip(), ItemDetails(row[1].strip(), row[2].strip())


def _with_header(rows: Iterator[Row], source: Source) -> Iterator[tuple[str, ItemDetails]]:
    _, names = next(rows)
    item, *places = find_item_columns([name.strip() for name in names], source.label)
    for _, row in _checked(rows, len(names)):
        title, genres, year = ("" if place is None else row[place].strip() for place in places)
        yield row[item].strip(), ItemDetails(title, genres, as_year(year))


def _checked(rows: Iterable[Row], n_fields: int) -> Iterator[Row]:
    for line, row in rows:
        if len(row) != n_fields:
            raise RowError(line, f"has {len(row)} fields where {n_fields} are expected; correct it")
        yield line, row
