"""When a rating was given: seconds since 1970, whole or not, in milliseconds or as ISO 8601 dates."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cfstudio.ratings.table import IntArray

MILLISECONDS_FROM = 100_000_000_000
"""In seconds this is the year 5138, in milliseconds 1973."""


def parse_time(text: str) -> int:
    """Seconds since 1970 of a number or an ISO 8601 date, UTC if it names no zone. Raises ValueError for others."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return int(_finite(text))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _finite(text: str) -> float:
    number = float(text)
    if not np.isfinite(number):
        raise ValueError(text)
    return number


class TimeColumn:
    """Collects the times of a file row by row, until one cannot be read."""

    def __init__(self) -> None:
        self._seconds = array("q")
        self.unreadable: tuple[int, str] | None = None
        """Row number and text of the first time that could not be read."""

    def add(self, text: str, row: int) -> None:
        """Read one time; after the first unreadable one the rest is passed over."""
        if self.unreadable is None:
            try:
                self._seconds.append(parse_time(text))
            except (ValueError, OverflowError):
                self.unreadable = (row, text)

    def seconds(self) -> IntArray | None:
        """(n_rows,) int64, None if one was unreadable."""
        return None if self.unreadable else np.array(self._seconds, dtype=np.int64)


def in_seconds(times: IntArray) -> tuple[IntArray, str]:
    """Times that can only be milliseconds as seconds, and a sentence that says so, empty if nothing was changed."""
    if len(times) and np.median(times) > MILLISECONDS_FROM:
        return times // 1000, "Times are in milliseconds and were turned into seconds."
    return times, ""
