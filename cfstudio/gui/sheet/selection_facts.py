"""What the status bar says of the selected cells: how many, sum, mean, smallest, largest, and how wrong they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.gui.sheet.layers import Layer

if TYPE_CHECKING:
    from cfstudio.gui.sheet.cell_range import CellRange
    from cfstudio.gui.sheet.grid_view import GridView
    from cfstudio.gui.sheet.ratings_model import RatingsModel
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.ratings.table import FloatArray, IntArray

MOST_NUMBERS = 500_000
"""Numbers that are worth the milliseconds; of more only the cells are counted."""


@dataclass(frozen=True)
class SelectionFacts:
    """Of the numbers in `n_cells` selected cells, in the unit of the cells; `rmse` in rating points, NaN if none."""

    n_cells: int
    count: int
    sum: float
    mean: float
    low: float
    high: float
    rmse: float = math.nan

    @classmethod
    def of(cls, sheet: Sheet) -> SelectionFacts:
        """Of what is selected in the grid that was used last."""
        grid = sheet.last_grid
        ranges = grid.selected_ranges()
        n_cells = sum(one.n_cells for one in ranges)
        rmse = math.nan
        if grid is sheet.ratings_view:
            rows = _rated_rows(sheet.ratings_model, ranges)
            rmse = _rmse(sheet, rows)
            if sheet.layer in (Layer.RATINGS, Layer.BOTH):
                return cls._over(n_cells, sheet.workspace.ratings.values[rows], rmse)
        if n_cells > MOST_NUMBERS:
            return cls(n_cells, 0, math.nan, math.nan, math.nan, math.nan, rmse)
        return cls._over(n_cells, _numbers(grid, ranges), rmse)

    @classmethod
    def _over(cls, n_cells: int, numbers: FloatArray, rmse: float) -> SelectionFacts:
        if not len(numbers):
            return cls(n_cells, 0, math.nan, math.nan, math.nan, math.nan, rmse)
        total = float(numbers.sum())
        return cls(n_cells, len(numbers), total, total / len(numbers), float(numbers.min()), float(numbers.max()), rmse)

    def __str__(self) -> str:
        """As the status bar says it; nothing for a single cell, which the formula bar explains."""
        if self.n_cells < 2:
            return ""
        if not self.count:
            return f"{self.n_cells:,} cells selected"
        parts = [
            f"count {self.count:,}",
            f"sum {self.sum:,.6g}",
            f"mean {self.mean:.4g}",
            f"min {self.low:.4g}",
            f"max {self.high:.4g}",
        ]
        if math.isfinite(self.rmse):
            parts.append(f"RMSE {self.rmse:.4g}")
        return " · ".join(parts).replace("-", "−")


def _rated_rows(model: RatingsModel, ranges: list[CellRange]) -> IntArray:
    """Rows of the ratings table that hold a rating in the selected cells; never cell by cell."""
    ratings, axes = model.workspace.ratings, model.axes
    places = axes.row_of_user[ratings.users], axes.column_of_item[ratings.items]
    chosen = np.zeros(len(ratings.values), dtype=np.bool_)
    for one in ranges:
        in_rows = (places[0] >= one.top) & (places[0] <= one.bottom)
        chosen |= in_rows & (places[1] >= one.left) & (places[1] <= one.right)
    return np.flatnonzero(chosen & ratings.rated)


def _rmse(sheet: Sheet, rows: IntArray) -> float:
    if not len(rows) or len(rows) > MOST_NUMBERS:
        return math.nan
    ratings = sheet.workspace.ratings
    errors = sheet.workspace.factors.predict(ratings.users[rows], ratings.items[rows]) - ratings.values[rows]
    with np.errstate(over="ignore"):
        return math.sqrt(float(np.mean(np.square(errors))))


def _numbers(grid: GridView, ranges: list[CellRange]) -> FloatArray:
    blocks = [grid.grid_model.numbers(one.rows, one.columns).ravel() for one in ranges]
    numbers = np.concatenate(blocks) if blocks else np.empty(0)
    return numbers[np.isfinite(numbers)]
