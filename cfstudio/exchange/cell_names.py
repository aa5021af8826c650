"""Addresses of cells as spreadsheets write them, and rectangles of cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""Size of a page in Excel; LibreOffice's is the same."""

ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@lru_cache(maxsize=MAX_COLUMNS)
def column_name(column: int) -> str:
    """Letters of a column, 0 is A."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The address of a cell by its 0-based row and column: (1, 7) is H2."""
    return f"{column_name(column)}{row + 1}"


def fixed_name(row: int, column: int) -> str:
    """The address of a cell that stays what it is when its formula is copied: $H$2."""
    return f"${column_name(column)}${row + 1}"


@dataclass(frozen=True)
class Block:
    """A rectangle of cells; `top` and `left` count from 0."""

    top: int
    left: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """The row below the last one."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The column after the last one."""
        return self.left + self.width

    @property
    def name(self) -> str:
        """Its address as a person reads it: H2:V16, or H2 for a single cell."""
        first, last = cell_name(self.top, self.left), cell_name(self.bottom - 1, self.right - 1)
        return first if first == last else f"{first}:{last}"

    @property
    def fixed(self) -> str:
        """Its address as names and copied formulas need it: $H$2:$V$16."""
        first, last = fixed_name(self.top, self.left), fixed_name(self.bottom - 1, self.right - 1)
        return first if first == last else f"{first}:{last}"

    def on(self, page: str) -> str:
        """Its address as other pages write it: 'Dot product'!$H$2:$V$16."""
        return f"{quoted_page(page)}!{self.fixed}"

    def row(self, place: int) -> Block:
        """Its row with that number, counted from 0."""
        return Block(self.top + place, self.left, 1, self.width)

    def overlaps(self, other: Block) -> bool:
        """Whether they share a cell."""
        rows = self.top < other.bottom and other.top < self.bottom
        return rows and self.left < other.right and other.left < self.right


def parse_block(address: str) -> Block:
    """The rectangle behind an address such as `H2:V16` or `$A$1`. Raises ValueError with a sentence if it is none."""
    corners = [ADDRESS.fullmatch(part.strip()) for part in address.split(":")]
    if len(corners) > 2 or not all(corners):
        raise ValueError(f'"{address[:40]}" is no range of cells such as H2:V16.')
    places = [(int(corner[2]) - 1, _column(corner[1])) for corner in corners if corner]
    rows, columns = zip(*places, strict=True)
    if max(rows) >= MAX_ROWS or max(columns) >= MAX_COLUMNS:
        raise ValueError(f'"{address[:40]}" lies outside of a page, whose last cell is XFD1048576.')
    return Block(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)


def quoted_page(page: str) -> str:
    """A page's name as formulas write it."""
    return "'" + page.replace("'", "''") + "'"


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
