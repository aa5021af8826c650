"""A page as a rectangle of cells: numbers, texts, blanks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.exchange.cell_names import Block, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cfstudio.ratings.table import FloatArray

BLANK, NUMBER, TEXT = 0, 1, 2


class Grid:
    """Cells by 0-based row and column from A1 on. Dates, times and truth values count as texts, errors as blanks."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows
        self.height = len(rows)
        self.width = max((len(row) for row in rows), default=0)

    def value(self, row: int, column: int) -> int | float | str | None:
        """A number, a text, or None for a blank or a place outside."""
        if not (0 <= row < self.height and 0 <= column < len(self._rows[row])):
            return None
        value = self._rows[row][column]
        if isinstance(value, str):
            return value if value.strip() else None
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        return str(value)

    def values(self, block: Block) -> list[int | float | str | None]:
        """The values of a block, row by row."""
        return [
            self.value(row, column)
            for row in range(block.top, block.bottom)
            for column in range(block.left, block.right)
        ]

    def numbers_in(self, block: Block) -> FloatArray:
        """The numbers of a block, (height, width) float64, NaN where there is none."""
        values = [float(one) if isinstance(one, (int, float)) else np.nan for one in self.values(block)]
        return np.array(values, dtype=np.float64).reshape(block.height, block.width)

    def text_in(self, block: Block) -> str | None:
        """The address of the first cell of a block that holds a text, None if none does."""
        for place, value in enumerate(self.values(block)):
            if isinstance(value, str):
                return cell_name(block.top + place // block.width, block.left + place % block.width)
        return None

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """(height, width) `BLANK`, `NUMBER` or `TEXT`."""
        kinds = np.zeros((self.height, self.width), dtype=np.uint8)
        for number, row in enumerate(self._rows):
            kinds[number, : len(row)] = [_kind(value) for value in row]
        return kinds

    @cached_property
    def numbers(self) -> FloatArray:
        """(height, width) float64, NaN where a cell holds no number."""
        return self.numbers_in(Block(0, 0, self.height, self.width)) if self.height else np.zeros((0, 0))


def text_of(value: float | str | None) -> str:
    """A cell as text; whole numbers without ".0"."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First place and end of each run of True in (n,) flags."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _kind(value: Any) -> int:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, str):
        return TEXT if value and value.strip() else BLANK
    return NUMBER if isinstance(value, (int, float)) and not isinstance(value, bool) else TEXT
