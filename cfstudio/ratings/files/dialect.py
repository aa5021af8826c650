"""How a text file writes its table: delimiter, header or none, decimal point or comma."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.columns import Layout, find_layout, headless_layout
from cfstudio.ratings.files.text import RowError, numbered_rows, open_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfstudio.ratings.files.archive import Source

DELIMITERS = (",", "\t", ";", "::", "|")
"""In the order in which they win where two split equally well."""

SAMPLE_LINES = 20
LONGEST_LINE = 1 << 16

DECIMAL_COMMA = re.compile(r"\d,\d")


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    delimiter: str
    has_header: bool
    decimal_comma: bool = False

    def number(self, text: str) -> float:
        """A finite number as this file writes it. Raises ValueError."""
        try:
            number = float(text)
        except ValueError:
            number = float(text.replace(",", ".", 1))
        # Python reads 1_0 as ten and "inf" as a number.
        if "_" in text or number - number != 0:
            raise ValueError(text)
        return number


class Examined(NamedTuple):
    """How a file is written and where its columns are."""

    dialect: Dialect
    layout: Layout


def examine(source: Source, encoding: str, columns: Mapping[str, str] | None) -> Examined:
    """Look at the first lines of a table of ratings. Raises DataError if it is empty or lacks a column."""
    sample = sample_lines(source, encoding)
    delimiter = find_delimiter(sample)
    _, first = next(numbered_rows(sample, delimiter), (0, []))
    if not first:
        raise DataError(f"{source.label} is empty; export it anew.")
    names = [name.strip() for name in first]
    has_header = _has_header(names, columns)
    if has_header:
        layout = find_layout(names, columns, source.label)
        if len(sample) == 1:
            raise DataError(f"{source.label} has a header line but no ratings; export it anew.")
    else:
        layout = headless_layout(len(names), columns, source.label)
    decimal_comma = delimiter != "," and any(DECIMAL_COMMA.search(line) for line in sample[has_header:])
    return Examined(Dialect(delimiter, has_header, decimal_comma), layout)


def sample_lines(source: Source, encoding: str) -> list[str]:
    """The first lines that are not blank, at least one. Raises DataError if there is none."""
    lines: list[str] = []
    with open_text(source, encoding) as text:
        while len(lines) < SAMPLE_LINES and (line := text.readline(LONGEST_LINE)):
            if line.strip():
                lines.append(line)
    if not lines:
        raise DataError(f"{source.label} is empty; export it anew.")
    return lines


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that splits the first line into three fields or more and the other lines into as many."""

    def fitness(delimiter: str) -> tuple[int, float, int]:
        try:
            counts = [len(row) for _, row in numbered_rows(lines, delimiter)]
        except RowError:
            counts = []
        if not counts:
            return 0, 0.0, 0
        return min(counts[0], 3), counts.count(counts[0]) / len(counts), counts[0]

    return max(DELIMITERS, key=fitness)


def _has_header(first: Sequence[str], columns: Mapping[str, str] | None) -> bool:
    """A first line whose third field is a number is no header, unless the user's column names stand in it."""
    if columns and any(name in first for name in columns.values() if not name.isdigit()):
        return True
    try:
        Dialect("", has_header=False).number(first[2])
    except (ValueError, IndexError):
        return True
    return False
