"""Between the sheet and the Solver: which cells are selected, and the addresses of the cells that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block
from cfstudio.exchange.cell_ranges import ranges_of
from cfstudio.gui.sheet.layers import Layer
from cfstudio.solver.cells import Cells
from cfstudio.solver.objective import NEEDS_ITEM, NEEDS_USER, Objective

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.ratings.table import BoolArray
    from cfstudio.solver.cells import BlockName
    from cfstudio.solver.objective import ObjectiveKind

MOST_RANGES = 4
"""Ranges that are spelled out; a scattered choice of cells would fill the window."""


class SheetCells:
    """What the Solver needs to know of one sheet, as it is shown now."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def addresses(self, cells: Cells) -> str:
        """The ranges of some cells as a person reads them: "H21:V25, B27:F41"; hidden cells only counted."""
        at, axes = self._sheet.addresses.layout, self._sheet.axes
        blocks, n_hidden = ranges_of(cells, at, axes.users, axes.items)
        ranges = [block.name for block in blocks[:MOST_RANGES]]
        if len(blocks) > MOST_RANGES:
            ranges.append(f"{len(blocks) - MOST_RANGES:,} ranges more")
        if n_hidden:
            ranges.append(f"{n_hidden:,} hidden cells")
        return ", ".join(ranges)

    def objective_address(self, objective: Objective) -> str:
        """Where a formula cell stands, or which ratings it is calculated from."""
        at, axes = self._sheet.addresses.layout, self._sheet.axes
        if objective.kind == "rmse":
            return at.objective.name
        if objective.kind in ("sse", "mae"):
            return f"of {at.ratings.name}"
        row = -1 if objective.user is None else int(axes.row_of_user[objective.user])
        column = -1 if objective.item is None else int(axes.column_of_item[objective.item])
        if (objective.kind in NEEDS_USER and row < 0) or (objective.kind in NEEDS_ITEM and column < 0):
            return "hidden"
        if objective.kind == "user_rmse":
            return f"of {at.ratings.row(row).name}"
        if objective.kind == "item_rmse":
            return f"of {Block(at.ratings.top, at.ratings.left + column, at.n_users, 1).name}"
        layer = Layer.ERROR if objective.kind == "cell_error" else Layer.PREDICTIONS
        return self._sheet.addresses.of_cell(row, column, layer)

    def selected_cells(self) -> Cells | None:
        """The factors and biases that are selected in the grid used last, None where it is that of the ratings."""
        sheet, grid = self._sheet, self._sheet.last_grid
        if grid is sheet.ratings_view:
            return None
        factors = sheet.workspace.factors
        is_user = grid is sheet.user_view
        codes = sheet.axes.users if is_user else sheet.axes.items
        numbers = np.zeros((grid.grid_model.rowCount(), grid.grid_model.columnCount()), dtype=np.bool_)
        for part in grid.selected_ranges():
            numbers[part.rows, part.columns] = True
        chosen = numbers if is_user else numbers.T
        matrix = factors.user_factors if is_user else factors.item_factors
        masks: dict[BlockName, BoolArray] = {}
        factor_mask = np.zeros(matrix.shape, dtype=np.bool_)
        # The sheet shows the bias before the factors.
        factor_mask[codes] = chosen[:, int(factors.has_bias) :]
        masks["user_factors" if is_user else "item_factors"] = factor_mask
        if factors.has_bias:
            bias_mask = np.zeros(len(matrix), dtype=np.bool_)
            bias_mask[codes] = chosen[:, 0]
            masks["user_bias" if is_user else "item_bias"] = bias_mask
        return Cells.chosen(factors, masks)

    def selected_objective(self, kind: ObjectiveKind, *, may_change: bool) -> Objective:
        """The formula cell of a kind that the selection means; `may_change` takes the kind that suits the selection."""
        selection = self._sheet.workspace.selection
        if may_change and selection.user is not None and selection.item is not None:
            is_cell = kind in ("cell_error", "cell_prediction")
            shows_errors = self._sheet.layer is Layer.ERROR
            kind = kind if is_cell else "cell_error" if shows_errors else "cell_prediction"
        elif may_change and selection.user is not None:
            kind = "user_rmse"
        elif may_change and selection.item is not None:
            kind = "item_rmse"
        user = selection.user if kind in NEEDS_USER else None
        item = selection.item if kind in NEEDS_ITEM else None
        return Objective(kind, user, item)
