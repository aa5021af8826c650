"""Ratings row by row: ids of any kind, titles in the same table, and the exact line of whatever is wrong."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.ratings.files.ids import as_ids
from cfstudio.ratings.files.observed import Coded, ItemDetails, Observed
from cfstudio.ratings.files.text import RowError
from cfstudio.ratings.files.times import TimeColumn
from cfstudio.ratings.files.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.ratings.files.columns import Layout
    from cfstudio.ratings.files.dialect import Dialect


def read_rows(rows: Iterable[tuple[int, list[str]]], layout: Layout, dialect: Dialect) -> Observed:
    """Read (line number, fields) pairs. Raises RowError for the first row that cannot be used."""
    users, items, values, times = Coder("user"), Coder("item"), array("d"), TimeColumn()
    details: list[ItemDetails] = []
    n_fields = len(layout.names)
    for line, row in rows:
        if len(row) != n_fields:
            raise RowError(line, _wrong_count(len(row), layout))
        users.add(row[layout.user], line)
        is_new = items.add(row[layout.item], line)
        if is_new and layout.has_details:
            details.append(_details(row, layout))
        try:
            values.append(dialect.number(row[layout.rating]))
        except ValueError:
            raise RowError(line, _no_number(row[layout.rating], layout)) from None
        if layout.time is not None:
            times.add(row[layout.time], line)
    observed = Observed(
        users=users.coded(),
        items=items.coded(),
        values=np.array(values),
        timestamps=None if layout.time is None else times.seconds(),
        item_label=layout.item_label,
        details=details if layout.has_details else None,
    )
    if times.unreadable is not None:
        observed.notes.append(_unreadable_time(*times.unreadable, layout))
    return observed


class Coder:
    """Gives each id a code in order of first appearance."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._code_of: dict[str, int] = {}
        self._codes = array("i")

    def add(self, text: str, line: int) -> bool:
        """Code one more id; returns whether it is new. Raises RowError if it is blank."""
        text = text.strip()
        if not text:
            raise RowError(line, f"has no {self._role}; fill it in or delete the line")
        n_known = len(self._code_of)
        code = self._code_of.setdefault(text, n_known)
        self._codes.append(code)
        return code == n_known

    def coded(self) -> Coded:
        """All ids added so far."""
        return Coded(np.array(self._codes, dtype=np.int32), as_ids(list(self._code_of)))


def _details(row: list[str], layout: Layout) -> ItemDetails:
    title, genres, year = (
        "" if place is None else row[place].strip() for place in (layout.title, layout.genres, layout.year)
    )
    return ItemDetails(title, genres, as_year(year))


def as_year(text: str) -> int:
    """A year of four digits, 0 for anything else; "1995.0" is how a column with gaps is often written."""
    digits = text.removesuffix(".0")
    return int(digits) if len(digits) == 4 and digits.isascii() and digits.isdigit() else 0


def _wrong_count(n_fields: int, layout: Layout) -> str:
    wanted = len(layout.names)
    reason = "correct it" if n_fields < wanted else "put quotation marks around a field that holds the delimiter"
    return f"has {n_fields} field{'s' * (n_fields != 1)} where {wanted} are expected; {reason}"


def _no_number(text: str, layout: Layout) -> str:
    column = f"the column {quoted(layout.names[layout.rating])}"
    if not text.strip():
        return f"has no rating in {column}; fill it in or delete the line"
    return f"has {quoted(text)} in {column}, which is no rating; write a number or delete the line"


def _unreadable_time(line: int, text: str, layout: Layout) -> str:
    assert layout.time is not None
    column = quoted(layout.names[layout.time])
    if layout.is_time_given:
        raise RowError(
            line, f"has {quoted(text)} in the column {column}, which is no time; write seconds since 1970 or 2015-03-09"
        )
    return f"Times are left out, because line {line} has {quoted(text)} in the column {column}."
