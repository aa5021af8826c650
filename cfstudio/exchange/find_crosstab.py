"""Finding a crosstab by its shape: ids along the first row and column, numbers or blanks inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.grid import BLANK, NUMBER, TEXT, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cfstudio.exchange.grid import Grid
    from cfstudio.ratings.table import FloatArray

LARGEST_PAGE = 4_000_000
"""Cells of a page that is searched; larger ones are long lists."""

MOST_LOOKED_AT = 100_000_000
"""Cells looked at until the search of a page ends: a second."""

LEAST_RATINGS = 3
LEAST_SIDE = 2

MOST_HEAD_ROWS = 3
"""Ids, titles and genres may stand above one another."""

TOTALS = {"grand total", "total", "totals", "sum", "total result", "count", "average", "mean"}
"""What pivot tables call their last row and column."""

MOST_STEPS = 41
"""Different values of a rating scale: 0 to 10 by quarters."""


@dataclass(frozen=True)
class CrosstabShape:
    """Blocks of a crosstab on one page; `titles` None where ids are all there is.

    `likeness` 2 if the numbers look like ratings (few values, on a scale with steps), 1 if they might be, 0 if they
    are too large; among equals the crosstab with most numbers is the likeliest.
    """

    ratings: Block
    user_ids: Block
    item_ids: Block
    titles: Block | None
    likeness: int
    n_ratings: int

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts the likeliest last."""
        return self.likeness, self.n_ratings


def find_crosstabs(grid: Grid) -> list[CrosstabShape]:
    """All crosstabs of a page, the likeliest first."""
    if grid.height * grid.width > LARGEST_PAGE or grid.height < LEAST_SIDE + 1:
        return []
    found: list[CrosstabShape] = []
    n_left = MOST_LOOKED_AT
    for cells in _rectangles(grid):
        if _is_inside(found, cells.top - 1, cells.left):
            continue
        n_left -= cells.height * cells.width
        if n_left < 0:
            break
        shape = _shape(grid, cells)
        if shape is not None:
            found.append(shape)
    return sorted(found, key=lambda one: one.rank, reverse=True)


def _rectangles(grid: Grid) -> Iterator[Block]:
    """Where a crosstab's numbers may stand: under a run of filled cells, right of a run of different ones."""
    kinds, filled_below, ids_from = grid.kinds, _filled_below(grid.kinds), _IdsFrom(grid)
    for row in range(grid.height - LEAST_SIDE):
        for first, last in runs(kinds[row] != BLANK):
            # The corner may be blank or hold a word.
            for ids in (first - 1, first):
                if (
                    ids < 0
                    or last - ids <= LEAST_SIDE
                    or (kinds[row + 1, ids + 1 : ids + 1 + LEAST_SIDE] == TEXT).any()
                ):
                    continue
                height = int(filled_below[row + 1, ids])
                if height >= LEAST_SIDE and ids_from(ids, row + 1 + height) <= row + 1:
                    yield Block(row + 1, ids + 1, height, last - ids - 1)


class _IdsFrom:
    """From which row on all cells of a column down to an end are different; looked up once per column and end.

    Without it a long list would be searched for equal ids from every one of its rows.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._known: dict[tuple[int, int], int] = {}

    def __call__(self, column: int, end: int) -> int:
        if (column, end) not in self._known:
            seen: set[int | float | str | None] = set()
            row = end
            while row > 0 and (value := self._grid.value(row - 1, column)) is not None and value not in seen:
                seen.add(value)
                row -= 1
            self._known[column, end] = row
        return self._known[column, end]


def _shape(grid: Grid, cells: Block) -> CrosstabShape | None:
    """The crosstab whose numbers begin at the first cell of `cells`, None if there is none."""
    cells = _without_totals(grid, _without_texts(grid, cells))
    if cells.height < LEAST_SIDE or cells.width < LEAST_SIDE:
        return None
    user_ids = Block(cells.top, cells.left - 1, cells.height, 1)
    heads = [Block(row, cells.left, 1, cells.width) for row in range(cells.top - 1, cells.top - 1 - MOST_HEAD_ROWS, -1)]
    heads = [head for head in heads if head.top >= 0]
    item_ids = next((head for head in heads if _are_ids(grid, head, NUMBER)), None)
    item_ids = item_ids or next((head for head in heads if _are_ids(grid, head, TEXT)), None)
    # A row of numbers further up belongs to something else unless texts fill the rows between.
    if item_ids is None or any(not _all(grid, head, TEXT) for head in heads if head.top > item_ids.top):
        return None
    if not (_are_ids(grid, user_ids, NUMBER) or _are_ids(grid, user_ids, TEXT)):
        return None
    numbers = grid.numbers_in(cells)
    values = numbers[np.isfinite(numbers)]
    if len(values) < LEAST_RATINGS:
        return None
    return CrosstabShape(cells, user_ids, item_ids, _titles(grid, item_ids, heads), _likeness(values), len(values))


def _without_texts(grid: Grid, cells: Block) -> Block:
    """The columns before the first one with a text in it."""
    kinds = grid.kinds[cells.top : cells.bottom, cells.left : cells.right]
    with_text = np.flatnonzero((kinds == TEXT).any(axis=0))
    return Block(cells.top, cells.left, cells.height, int(with_text[0]) if len(with_text) else cells.width)


def _without_totals(grid: Grid, cells: Block) -> Block:
    last_row = grid.value(cells.bottom - 1, cells.left - 1)
    last_column = grid.value(cells.top - 1, cells.right - 1)
    height = cells.height - (isinstance(last_row, str) and last_row.strip().casefold() in TOTALS)
    width = cells.width - (isinstance(last_column, str) and last_column.strip().casefold() in TOTALS)
    return Block(cells.top, cells.left, height, width)


def _titles(grid: Grid, item_ids: Block, heads: list[Block]) -> Block | None:
    """Texts in the columns of the items: beside the ids, else the first such row of the page."""
    others = [head for head in heads if head != item_ids]
    if _all(grid, item_ids, NUMBER):
        columns = grid.kinds[:, item_ids.left : item_ids.right]
        rows = np.flatnonzero((columns == TEXT).all(axis=1))
        others += [Block(int(row), item_ids.left, 1, item_ids.width) for row in rows]
        texts = [head for head in others if _all(grid, head, TEXT)]
        # Genres repeat, titles hardly ever do.
        return next((head for head in texts if _are_ids(grid, head, TEXT)), texts[0] if texts else None)
    return None


def _are_ids(grid: Grid, strip: Block, kind: int) -> bool:
    """Whether all cells of a strip are different ids: whole numbers, or with `TEXT` texts."""
    if kind == NUMBER:
        if not _all(grid, strip, NUMBER):
            return False
        numbers = grid.numbers_in(strip)
        return bool(np.all(numbers == np.rint(numbers))) and len(np.unique(numbers)) == numbers.size
    values = grid.values(strip)
    return any(isinstance(one, str) for one in values) and None not in values and len(set(values)) == len(values)


def _all(grid: Grid, block: Block, kind: int) -> bool:
    return bool((grid.kinds[block.top : block.bottom, block.left : block.right] == kind).all())


def _likeness(values: FloatArray) -> int:
    quarters, tenths = values * 4, values * 10
    is_stepped = np.allclose(quarters, np.rint(quarters)) or np.allclose(tenths, np.rint(tenths))
    if is_stepped and np.abs(values).max() <= 100 and len(np.unique(values)) <= MOST_STEPS:
        return 2
    return int(np.abs(values).max() <= 1000)


def _filled_below(kinds: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(height, width) how many cells from here down are filled without a gap."""
    filled = np.zeros(kinds.shape, dtype=np.int64)
    below = np.zeros(kinds.shape[1], dtype=np.int64)
    for row in range(kinds.shape[0] - 1, -1, -1):
        below = np.where(kinds[row] != BLANK, below + 1, 0)
        filled[row] = below
    return filled


def _is_inside(found: list[CrosstabShape], row: int, column: int) -> bool:
    """Whether a place belongs to a crosstab that was found further up."""
    return any(
        one.ratings.top <= row < one.ratings.bottom and one.ratings.left <= column < one.ratings.right for one in found
    )
