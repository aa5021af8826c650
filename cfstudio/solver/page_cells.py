"""From ranges on a spreadsheet's page to cells of the model, for parameters that are stored as addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cfstudio.ratings.errors import DataError
from cfstudio.solver.cells import BLOCKS, Cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray
    from cfstudio.solver.cells import BlockName


class Range(Protocol):
    """A rectangle of cells on a page, from 0."""

    @property
    def top(self) -> int:
        """Its first row."""

    @property
    def left(self) -> int:
        """Its first column."""

    @property
    def height(self) -> int:
        """Its rows."""

    @property
    def width(self) -> int:
        """Its columns."""

    @property
    def name(self) -> str:
        """Its address."""


@dataclass(frozen=True)
class PageCells:
    """Where a model stands on a page.

    `blocks` the ranges by the names of the model's blocks, users one below the other, items side by side; `users`,
    `items` the codes of those rows and columns.
    """

    model: Factorization
    blocks: Mapping[str, Range]
    users: IntArray
    items: IntArray

    def cells(self, ranges: Sequence[Range]) -> Cells:
        """The model's numbers in some ranges. Raises DataError if a range reaches outside of factors and biases."""
        masks: dict[BlockName, BoolArray] = {}
        for one in ranges:
            found = 0
            for name in BLOCKS:
                if name not in self.blocks:
                    continue
                rows, columns = _common(one, self.blocks[name])
                found += len(rows) * len(columns)
                if len(rows) and len(columns):
                    self._mark(masks, name, rows, columns)
            if found < one.height * one.width:
                raise DataError(f"{one.name} is not made of factors and biases only, so it cannot be what changes.")
        return Cells.chosen(self.model, masks)

    def pair_at(self, cell: Range) -> tuple[int, int] | None:
        """User and item (codes) whose prediction stands there: beside the user's factors and below the item's."""
        rows, _ = _common(cell, self.blocks["user_factors"])
        _, columns = _common(cell, self.blocks["item_factors"])
        if (len(rows), len(columns), cell.height, cell.width) != (1, 1, 1, 1):
            return None
        return int(self.users[rows[0]]), int(self.items[columns[0]])

    def _mark(self, masks: dict[BlockName, BoolArray], name: BlockName, rows: IntArray, columns: IntArray) -> None:
        array = getattr(self.model, name)
        mask = masks.setdefault(name, np.zeros(array.shape, dtype=np.bool_))
        owners = self.users[rows] if name.startswith("user") else self.items[columns]
        if name.endswith("bias"):
            mask[owners] = True
        else:
            factors = columns if name.startswith("user") else rows
            mask[np.ix_(owners, factors)] = True


def _common(one: Range, block: Range) -> tuple[IntArray, IntArray]:
    """Rows and columns of `block`, from 0, that `one` covers too."""
    rows = np.arange(max(one.top, block.top), min(one.top + one.height, block.top + block.height)) - block.top
    columns = np.arange(max(one.left, block.left), min(one.left + one.width, block.left + block.width)) - block.left
    return rows, columns
