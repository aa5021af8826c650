"""One rating per user and item: where a file has several, the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.ratings.table import BoolArray, IntArray


def latest_rows(
    users: NDArray[np.int32], items: NDArray[np.int32], n_items: int, timestamps: IntArray | None
) -> BoolArray | None:
    """(n_rows,) True for the rows to keep, None if all are.

    The last by time wins; the later row where times are equal or there are none.
    """
    cells = users.astype(np.int64) * n_items + items
    if not _has_repeats(cells):
        return None
    # lexsort is stable, so equal times stay in the order of the rows.
    order = np.argsort(cells, kind="stable") if timestamps is None else np.lexsort((timestamps, cells))
    in_order = cells[order]
    is_last = np.append(in_order[1:] != in_order[:-1], True)
    keep = np.zeros(len(cells), dtype=np.bool_)
    keep[order[is_last]] = True
    return keep


def _has_repeats(cells: NDArray[Any]) -> bool:
    ordered = np.sort(cells)
    return bool((ordered[1:] == ordered[:-1]).any())
