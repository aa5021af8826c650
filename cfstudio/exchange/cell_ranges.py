"""Cells of a model as ranges of a page that shows some of its users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.ratings.table import BoolArray, IntArray
    from cfstudio.solver.cells import BlockName, Cells


def ranges_of(cells: Cells, at: CrosstabLayout, users: IntArray, items: IntArray) -> tuple[list[Block], int]:
    """The ranges of some cells, and how many of them the page does not show; `users`, `items` the codes it shows."""
    blocks: list[Block] = []
    n_shown = 0
    for name in cells.blocks:
        mask, corner = _as_shown(cells, name, at, users, items)
        n_shown += int(mask.sum())
        blocks.extend(_rectangles(mask, corner))
    return blocks, cells.n - n_shown


def _as_shown(
    cells: Cells, name: BlockName, at: CrosstabLayout, users: IntArray, items: IntArray
) -> tuple[BoolArray, Block]:
    """A block's chosen cells as the page shows them, and where its first cell stands."""
    codes = users if name.startswith("user") else items
    mask = cells.mask(name)[codes].reshape(len(codes), -1)
    block: Block | None = getattr(at, name)
    assert block is not None
    return (mask if name.startswith("user") else mask.T), block


def _rectangles(mask: BoolArray, corner: Block) -> Iterator[Block]:
    """The chosen cells as rectangles: rows that are chosen alike, and in them the runs of columns."""
    if not mask.size:
        return
    is_new = np.ones(len(mask), dtype=np.bool_)
    is_new[1:] = (mask[1:] != mask[:-1]).any(axis=1)
    starts = np.flatnonzero(is_new).tolist()
    for first, end in zip(starts, [*starts[1:], len(mask)], strict=True):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], mask[first].astype(np.int8), [0])))).tolist()
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            yield Block(corner.top + first, corner.left + left, end - first, right - left)
