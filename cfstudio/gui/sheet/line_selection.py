"""Selecting many whole rows or columns of the sheet at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.workspace.model_state import Side

Flag = QItemSelectionModel.SelectionFlag
MOST_PARTS = 2_000
"""Separate rectangles that the selection may consist of; Qt searches all of them for every cell that it asks about."""


def select_lines(sheet: Sheet, side: Side, codes: list[int]) -> int:
    """Select the whole rows or columns of these users or items and show the first; returns how many are shown.

    Hidden ones are left out, and those beyond the first two thousand separate places.
    """
    axes, view = sheet.axes, sheet.ratings_view
    places = (axes.row_of_user if side == "user" else axes.column_of_item)[np.asarray(codes, dtype=np.int64)]
    places = np.unique(places[places >= 0])
    if not len(places) or not len(axes.users) or not len(axes.items):
        return 0
    breaks = np.flatnonzero(np.diff(places) > 1)
    firsts, lasts = np.append(places[:1], places[breaks + 1]), np.append(places[breaks], places[-1:])
    model, selection = view.model(), QItemSelection()
    n_rows, n_columns = model.rowCount(), model.columnCount()
    for first, last in zip(firsts[:MOST_PARTS].tolist(), lasts[:MOST_PARTS].tolist(), strict=True):
        corners = ((first, 0), (last, n_columns - 1)) if side == "user" else ((0, first), (n_rows - 1, last))
        selection.select(model.index(*corners[0]), model.index(*corners[1]))
    row, column = (
        (int(places[0]), max(view.columnAt(1), 0)) if side == "user" else (max(view.rowAt(1), 0), int(places[0]))
    )
    view.selectionModel().setCurrentIndex(model.index(row, column), Flag.NoUpdate)
    view.selectionModel().select(selection, Flag.ClearAndSelect)
    view.scrollTo(model.index(row, column))
    return len(places)


def several_lines(sheet: Sheet) -> tuple[Side, list[int]] | None:
    """Side and codes, where the selection consists of two or more whole rows or columns, but not of all."""
    view, axes = sheet.ratings_view, sheet.axes
    parts = view.selected_ranges()
    n_rows, n_columns = len(axes.users), len(axes.items)
    if parts and all(part.n_rows == n_rows and part.n_columns < n_columns for part in parts):
        places = sorted({place for part in parts for place in range(part.left, part.right + 1)})
        side: Side = "item"
    elif parts and all(part.n_columns == n_columns and part.n_rows < n_rows for part in parts):
        places = sorted({place for part in parts for place in range(part.top, part.bottom + 1)})
        side = "user"
    else:
        return None
    codes = (axes.items if side == "item" else axes.users)[places].tolist()
    return (side, codes) if len(codes) > 1 else None
