"""Rectangles of cells in a grid."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CellRange:
    """Rows `top` to `bottom` and columns `left` to `right`, all included, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def n_rows(self) -> int:
        """Its height."""
        return self.bottom - self.top + 1

    @property
    def n_columns(self) -> int:
        """Its width."""
        return self.right - self.left + 1

    @property
    def n_cells(self) -> int:
        """How many cells it has."""
        return self.n_rows * self.n_columns

    @property
    def rows(self) -> slice:
        """Its rows, for models."""
        return slice(self.top, self.bottom + 1)

    @property
    def columns(self) -> slice:
        """Its columns, for models."""
        return slice(self.left, self.right + 1)

    def contains(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def around(self, other: CellRange) -> CellRange:
        """The smallest range that holds both."""
        return CellRange(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )
