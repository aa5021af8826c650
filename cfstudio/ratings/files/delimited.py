"""Ratings from delimited text: at once where all is plain numbers, row by row where not."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.dialect import Dialect, Examined, examine
from cfstudio.ratings.files.ids import code_integers
from cfstudio.ratings.files.observed import Observed
from cfstudio.ratings.files.plain_watch import PlainWatch
from cfstudio.ratings.files.rows import read_rows
from cfstudio.ratings.files.text import numbered_rows, open_text, quoting, with_encoding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cfstudio.ratings.files.archive import Source
    from cfstudio.ratings.files.columns import Layout


def read_delimited(source: Source, columns: Mapping[str, str] | None = None) -> Observed:
    """Read a table of ratings. Raises DataError with the line or column that cannot be used."""

    def read(encoding: str) -> Observed:
        examined = examine(source, encoding, columns)
        at_once = None if examined.layout.has_details else _read_at_once(source, encoding, examined)
        return at_once or _read_by_rows(source, encoding, examined)

    return with_encoding(source, read)


def _read_at_once(source: Source, encoding: str, examined: Examined) -> Observed | None:
    """Read a table whose ids and times are whole numbers; None if something in it is not so plain.

    NumPy's reader takes 0.35 seconds per million rows and no memory but the result's.
    """
    dialect, layout = examined
    delimiter = "\t" if len(dialect.delimiter) > 1 else dialect.delimiter
    watch = PlainWatch(source.open())
    with io.TextIOWrapper(watch, encoding=encoding, newline="") as text:
        if dialect.has_header:
            _skip_header(text)
        try:
            table = np.loadtxt(
                _plain_lines(text, dialect),
                dtype=_row_type(layout),
                delimiter=delimiter,
                quotechar='"' if quoting(dialect.delimiter) == csv.QUOTE_MINIMAL else None,
                comments=None,
                ndmin=1,
            )
        except (DataError, UnicodeDecodeError):
            raise
        except ValueError:
            return None
    if not watch.is_plain or not len(table) or not np.isfinite(table["rating"]).all():
        return None
    return Observed(
        users=code_integers(table["user"]),
        items=code_integers(table["item"]),
        values=table["rating"].copy(),
        timestamps=None if layout.time is None else table["time"].copy(),
        item_label=layout.item_label,
    )


def _skip_header(text: Iterable[str]) -> None:
    for line in text:
        if line.strip():
            return


def _plain_lines(text: Iterable[str], dialect: Dialect) -> Iterable[str]:
    """Lines as NumPy can split them: one character between fields, decimal points."""
    if len(dialect.delimiter) > 1:
        return (line.replace(dialect.delimiter, "\t") for line in text)
    return (line.replace(",", ".") for line in text) if dialect.decimal_comma else text


def _row_type(layout: Layout) -> np.dtype[Any]:
    """The type of one row; of columns that nobody asked for only a character is kept, so that fields are counted."""
    fields = [(f"unused {place}", "U1") for place in range(len(layout.names))]
    for role, kind in (("user", "i8"), ("item", "i8"), ("rating", "f8"), ("time", "i8")):
        place = getattr(layout, role)
        if place is not None:
            fields[place] = (role, kind)
    return np.dtype(fields)


def _read_by_rows(source: Source, encoding: str, examined: Examined) -> Observed:
    dialect, layout = examined
    with open_text(source, encoding) as text:
        rows = numbered_rows(text, dialect.delimiter)
        if dialect.has_header:
            next(rows, None)
        observed = read_rows(rows, layout, dialect)
    if not len(observed.values):
        raise DataError(f"{source.label} has columns but no ratings; export it anew.")
    return observed
