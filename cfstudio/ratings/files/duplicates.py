"""One rating per user and item: where a file has several, the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    order = np.argsort(cells, kind="stable")
    is_repeat = cells[order[1:]] == cells[order[:-1]]
    if not is_repeat.any():
        return None
    # Repeats are few, so that only they are sorted again, by time.
    repeated = order[np.append(is_repeat, False) | np.insert(is_repeat, 0, False)]
    if timestamps is not None:
        # lexsort is stable: equal times stay in the order of the rows.
        repeated = repeated[np.lexsort((repeated, timestamps[repeated], cells[repeated]))]
    is_last = np.append(cells[repeated[1:]] != cells[repeated[:-1]], True)
    keep = np.ones(len(cells), dtype=np.bool_)
    keep[repeated[~is_last]] = False
    return keep
