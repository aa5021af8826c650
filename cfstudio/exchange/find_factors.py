"""Finding factor blocks and bias strips around a crosstab, and telling by the predictions which is which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.grid import NUMBER, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.exchange.find_crosstab import CrosstabShape
    from cfstudio.exchange.grid import Grid
    from cfstudio.ratings.table import FloatArray

CLOSE = 1e-6
"""Rating points by which predictions on the page may differ from those of the factors that were found."""

MOST_STRIPS = 12
"""Blocks per side that are tried in all combinations."""

LEAST_UNCONFIRMED = 2
"""Fewest factors that are believed without predictions on the page; a single row of numbers may be a count."""


@dataclass(frozen=True)
class FactorBlocks:
    """`user_factors` has one row per user, `item_factors` one column per item; biases are a column and a row.

    `predictions` is the block that these factors give, None if there is none on the page.
    """

    user_factors: Block
    item_factors: Block
    user_bias: Block | None
    item_bias: Block | None
    predictions: Block | None


def find_factors(grid: Grid, shape: CrosstabShape) -> FactorBlocks | None:
    """Factors for the crosstab `shape` of the page, None if there are none.

    Items' factors are rows of numbers in the columns of the crosstab; users' are columns of numbers in the rows of the
    crosstab or of predictions. A bias may be the first or last of such a block, or a strip of its own.
    """
    item_blocks = _item_blocks(grid, shape)
    bands = _bands(grid, item_blocks, shape)
    user_blocks = [block for band in bands for block in _user_blocks(grid, shape, band)]
    item_blocks = [part for block in item_blocks for part in _without_bands(block, bands)]
    item_sides = list(_sides(item_blocks[:MOST_STRIPS], is_row=True))
    user_sides = list(_sides(user_blocks[:MOST_STRIPS], is_row=False))
    numbers = _Predictions(grid, shape, bands)
    best: tuple[float, FactorBlocks] | None = None
    fallback: FactorBlocks | None = None
    for (item, item_bias), (user, user_bias) in product(item_sides, user_sides):
        if item.height != user.width or (item_bias is None) != (user_bias is None):
            continue
        distance, predictions = numbers.closest(user, item, user_bias, item_bias)
        blocks = FactorBlocks(user, item, user_bias, item_bias, predictions)
        if predictions is not None and distance <= CLOSE and (best is None or distance < best[0]):
            best = (distance, blocks)
        if fallback is None and item_bias is None and item.height >= LEAST_UNCONFIRMED:
            fallback = FactorBlocks(user, item, None, None, None)
    return best[1] if best is not None else fallback


class _Predictions:
    """Blocks that may be predictions, compared with what factors give."""

    def __init__(self, grid: Grid, shape: CrosstabShape, bands: list[int]) -> None:
        self._grid = grid
        cells = shape.ratings
        self._rated = np.isfinite(grid.numbers_in(cells))
        tops = [top for top in bands if top != cells.top]
        self._blocks = [Block(top, cells.left, cells.height, cells.width) for top in tops]
        self._shown = [grid.numbers_in(block) for block in self._blocks]

    def closest(
        self, user: Block, item: Block, user_bias: Block | None, item_bias: Block | None
    ) -> tuple[float, Block | None]:
        """The largest difference in a rated cell, and the block with the smallest one."""
        total = self._numbers(user) @ self._numbers(item)
        if user_bias is not None and item_bias is not None:
            total = total + self._numbers(user_bias) + self._numbers(item_bias)
        distances = [_largest(np.abs(shown - total)[self._rated]) for shown in self._shown]
        if not distances:
            return np.inf, None
        place = int(np.argmin(distances))
        return distances[place], self._blocks[place]

    def _numbers(self, block: Block) -> FloatArray:
        return self._grid.numbers_in(block)


def _largest(numbers: FloatArray) -> float:
    """The largest number; infinite if one is none."""
    largest = float(numbers.max())
    return np.inf if np.isnan(largest) else largest


def _item_blocks(grid: Grid, shape: CrosstabShape) -> list[Block]:
    """Rows of numbers in the columns of the crosstab, outside of it; ids repeated between two blocks part them."""
    cells, ids = shape.ratings, grid.values(shape.item_ids)
    filled = (grid.kinds[:, cells.left : cells.right] == NUMBER).all(axis=1)
    filled[shape.item_ids.top : cells.bottom] = False
    for row in np.flatnonzero(filled):
        if grid.values(Block(int(row), cells.left, 1, cells.width)) == ids:
            filled[row] = False
    return [Block(top, cells.left, bottom - top, cells.width) for top, bottom in runs(filled)]


def _bands(grid: Grid, item_blocks: list[Block], shape: CrosstabShape) -> list[int]:
    """First rows of what may be rows of users: the crosstab's, repeated ids', both ends of blocks high enough."""
    n, column, ids = shape.ratings.height, shape.user_ids.left, grid.values(shape.user_ids)
    tops = [shape.ratings.top]
    tops += [
        top
        for top in range(grid.height - n + 1)
        if grid.value(top, column) == ids[0] and grid.values(Block(top, column, n, 1)) == ids
    ]
    for block in item_blocks:
        if block.height >= n:
            tops += [block.bottom - n, block.top]
    return list(dict.fromkeys(tops))


def _user_blocks(grid: Grid, shape: CrosstabShape, top: int) -> list[Block]:
    """Columns of numbers in the rows of a band, outside of the items' columns; repeated ids part them."""
    cells, ids = shape.ratings, grid.values(shape.user_ids)
    filled = (grid.kinds[top : top + cells.height] == NUMBER).all(axis=0)
    filled[cells.left : cells.right] = False
    for column in np.flatnonzero(filled):
        if grid.values(Block(top, int(column), cells.height, 1)) == ids:
            filled[column] = False
    return [Block(top, left, cells.height, right - left) for left, right in runs(filled)]


def _without_bands(block: Block, bands: list[int]) -> Iterator[Block]:
    """A block as it is, and without the predictions that may lie at its end."""
    yield block
    for top in bands:
        if block.top < top < block.bottom:
            yield Block(block.top, block.left, top - block.top, block.width)


def _sides(blocks: list[Block], *, is_row: bool) -> Iterator[tuple[Block, Block | None]]:
    """All ways to see factors, and a bias or none, in the blocks of one side."""
    for block in blocks:
        yield block, None
        length = block.height if is_row else block.width
        if length > 1:
            for place in (0, length - 1):
                rest = 1 if place == 0 else 0
                yield _part(block, rest, length - 1, is_row=is_row), _part(block, place, 1, is_row=is_row)
        for other in blocks:
            if other != block and not other.overlaps(block) and (other.height if is_row else other.width) == 1:
                yield block, other


def _part(block: Block, start: int, length: int, *, is_row: bool) -> Block:
    if is_row:
        return Block(block.top + start, block.left, length, block.width)
    return Block(block.top, block.left + start, block.height, length)
