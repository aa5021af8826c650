"""Text files as lines: the encoding they may have, and rows of fields with their line numbers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal, TypeVar

from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cfstudio.ratings.files.archive import Source

Result = TypeVar("Result")

OLD_SUFFIXES = (".dat", ".data", ".item")
"""MovieLens wrote these in Latin-1 until 2003 and in UTF-8 in 2009."""


class RowError(ValueError):
    """A row that cannot be read: its line number, and what is wrong with it and the mend."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def with_encoding(source: Source, read: Callable[[str], Result]) -> Result:
    """What `read` returns for the first encoding that fits. Raises DataError with the line that is not UTF-8."""
    for encoding in ("utf-8-sig", "latin-1") if source.suffix in OLD_SUFFIXES else ("utf-8-sig",):
        try:
            return read(encoding)
        except UnicodeDecodeError:
            continue
        except RowError as error:
            raise DataError(f"{source.label}, line {error.line}, {error.reason}.") from error
    line = _undecodable_line(source)
    raise DataError(f"{source.label} is not UTF-8 text in line {line}; save it anew with the encoding UTF-8.")


def open_text(source: Source, encoding: str) -> io.TextIOWrapper:
    """Open as text; line ends are left as they are."""
    return io.TextIOWrapper(source.open(), encoding=encoding, newline="")


def numbered_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the number of the line it begins in, from 1. Raises RowError."""
    rows = _split_rows(lines, delimiter) if len(delimiter) > 1 else _csv_rows(lines, delimiter)
    return ((line, row) for line, row in rows if any(row) and (len(row) > 1 or row[0].strip()))


def _split_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1):
        yield number, line.rstrip("\r\n").split(delimiter)


def _csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    # Only a strict reader tells of a quotation mark that is never closed, after which all rows would be one field.
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting(delimiter), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise RowError(
            line, "cannot be split into fields; look for a quotation mark that is not closed or not doubled"
        ) from error


def quoting(delimiter: str) -> Literal[0, 3]:
    """How fields are quoted; formats of old use `|` and know no quotes."""
    return csv.QUOTE_NONE if delimiter == "|" else csv.QUOTE_MINIMAL


def _undecodable_line(source: Source) -> int:
    with source.open() as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1
