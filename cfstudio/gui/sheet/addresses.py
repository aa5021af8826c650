"""The sheet's cells as the spreadsheet they stand for: addresses, formulas in Excel's syntax, and the way back.

Addresses are those of the workbook that "Export workbook" writes for what the sheet shows, so that a formula read on
the screen is the one found in the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cfstudio.exchange.cell_names import Block, cell_name, column_name, parse_block
from cfstudio.exchange.crosstab_layout import CrosstabLayout
from cfstudio.exchange.formulas import prediction_formula
from cfstudio.gui.sheet.layers import Layer
from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

GridName = Literal["ratings", "user", "item"]


@dataclass(frozen=True)
class Place:
    """A cell of one of the sheet's grids; `part` says which of its numbers the address meant."""

    grid: GridName
    row: int
    column: int
    part: Literal["rating", "prediction", "error", "factor"]
    n_rows: int = 1
    n_columns: int = 1


class SheetAddresses:
    """Addresses for what the sheet shows now."""

    def __init__(self, workspace: Workspace, axes: SheetAxes) -> None:
        self._workspace, self._axes = workspace, axes

    @property
    def layout(self) -> CrosstabLayout:
        """Where everything stands on the page."""
        factors = self._workspace.factors
        return CrosstabLayout(
            len(self._axes.users),
            len(self._axes.items),
            factors.n_factors,
            factors.has_bias,
            bool(self._workspace.held_out.any()),
            factors.width("item"),
        )

    def of_cell(self, row: int, column: int, layer: Layer) -> str:
        """The address of a cell of the grid: of its rating, its prediction or its error."""
        block = self._blocks()[
            "rating" if layer is Layer.RATINGS else "error" if layer is Layer.ERROR else "prediction"
        ]
        return cell_name(block.top + row, block.left + column)

    def of_factor(self, side: Side, row: int, column: int) -> str:
        """The address of a factor or bias; the sheet shows the bias first, as the page does."""
        layout = self.layout
        if side == "user":
            return cell_name(layout.user_factors.top + row, column + 1 - layout.has_bias)
        return cell_name(layout.item_factors.top - layout.has_bias + row, layout.item_factors.left + column)

    @property
    def of_rmse(self) -> str:
        """The address of the RMSE cell."""
        return self.layout.objective.name

    def formula_of_cell(self, row: int, column: int, layer: Layer) -> str:
        """What the cell holds as Excel writes it: a number, or the formula of the prediction or the error."""
        at = self.layout
        rating = cell_name(at.ratings.top + row, at.ratings.left + column)
        if layer is Layer.RATINGS:
            value = self._rating(row, column)
            return "" if value is None else f"{value:g}"
        if layer is Layer.ERROR:
            predicted = cell_name(at.predictions.top + row, at.predictions.left + column)
            return f'=IF({rating}="",0,{predicted}-{rating})'
        if not self._workspace.factors.is_dot_product:
            of_user, of_item = self.precedents(row, column)
            label = self._workspace.ratings.item_label
            return f"net(user row {of_user.name}, {label} column {of_item.name})"
        return "=" + prediction_formula(at, self._workspace.factors, row).format(
            column_name(at.predictions.left + column)
        )

    @property
    def formula_of_rmse(self) -> str:
        """The objective as Excel writes it; with held-out cells, over the others."""
        at = self.layout
        ratings, predictions = at.ratings.name, at.predictions.name
        if at.marks is None:
            return f"=SQRT(SUMXMY2({ratings},{predictions})/COUNT({ratings}))"
        counted = f'({ratings}<>"")*({at.marks.name}<>1)'
        return f"=SQRT(SUMPRODUCT({counted}*({ratings}-{predictions})^2)/SUMPRODUCT({counted}))"

    def precedents(self, row: int, column: int) -> tuple[Block, Block]:
        """The user's row and the item's column that a prediction is made of, as ranges of the page."""
        at = self.layout
        left = at.user_factors.left - at.has_bias
        top = at.item_factors.top - at.has_bias
        of_user = Block(at.user_factors.top + row, left, 1, at.user_factors.width + at.has_bias)
        return of_user, Block(top, at.item_factors.left + column, at.item_factors.height + at.has_bias, 1)

    def locate(self, address: str) -> Place | None:
        """The cells behind an address such as H25, $H$25 or H25:J27, None if nothing of the sheet stands there.

        Raises ValueError if it is no address.
        """
        where = parse_block(address)
        for part, block in self._blocks().items():
            if where.overlaps(block):
                return Place("ratings", *_within(where, block), part, *_shared(where, block))
        at = self.layout
        users = Block(at.user_factors.top, at.user_factors.left - at.has_bias, at.n_users, at.n_factors + at.has_bias)
        n_rows = at.item_factors.height + at.has_bias
        items = Block(at.item_factors.top - at.has_bias, at.item_factors.left, n_rows, at.n_items)
        for grid, block in (("user", users), ("item", items)):
            if where.overlaps(block):
                name: GridName = "user" if grid == "user" else "item"
                return Place(name, *_within(where, block), "factor", *_shared(where, block))
        return None

    def value(self, address: str) -> float | None:
        """The number at an address, None where blank. Raises Refusal if nothing of the sheet stands there."""
        try:
            place = self.locate(address)
        except ValueError as error:
            raise Refusal(str(error)) from error
        if place is None:
            if address.replace("$", "").upper() == self.of_rmse:
                return self._workspace.score.train_rmse
            raise Refusal(f"{address.upper()} holds nothing that the sheet shows.")
        if place.grid != "ratings":
            return self._factor(place)
        if place.part == "rating":
            return self._rating(place.row, place.column)
        users, items = self._axes.users[[place.row]], self._axes.items[[place.column]]
        predicted = float(self._workspace.factors.predict(users, items)[0])
        rating = self._rating(place.row, place.column)
        if rating is None:
            return 0.0
        return predicted if place.part == "prediction" else predicted - rating

    def values(self, address: str) -> FloatArray:
        """The numbers of a range such as H2:V16, (n_rows, n_columns), NaN where blank.

        Raises Refusal if a part of it is not on the sheet, or if it reaches into several blocks.
        """
        try:
            where = parse_block(address)
            place = self.locate(address)
        except ValueError as error:
            raise Refusal(str(error)) from error
        if place is None or (place.n_rows, place.n_columns) != (where.height, where.width):
            raise Refusal(f"{address.upper()} is no range within the ratings, predictions, errors or factors.")
        rows, columns = slice(place.row, place.row + place.n_rows), slice(place.column, place.column + place.n_columns)
        if place.grid != "ratings":
            return self._factor_block(place.grid, rows, columns)
        users, items = self._axes.users[rows], self._axes.items[columns]
        ratings = self._workspace.ratings.block(users, items)
        if place.part == "rating":
            return ratings
        predicted = np.where(np.isnan(ratings), 0.0, self._workspace.factors.predict_block(users, items))
        return predicted if place.part == "prediction" else np.where(np.isnan(ratings), 0.0, predicted - ratings)

    def _blocks(self) -> dict[Literal["rating", "prediction", "error"], Block]:
        at = self.layout
        return {"rating": at.ratings, "prediction": at.predictions, "error": at.errors}

    def _rating(self, row: int, column: int) -> float | None:
        users, items = self._axes.users[[row]], self._axes.items[[column]]
        rating = float(self._workspace.ratings.values_at(np.asarray(users), np.asarray(items))[0])
        return None if math.isnan(rating) else rating

    def _factor_block(self, side: Side, rows: slice, columns: slice) -> FloatArray:
        """Factors and biases as they stand on the page: one row per user, one column per item."""
        factors = self._workspace.factors
        codes, numbers = (self._axes.users[rows], columns) if side == "user" else (self._axes.items[columns], rows)
        n_all = factors.n_factors + factors.has_bias
        stored = [(number - factors.has_bias) % n_all for number in range(numbers.start, numbers.stop)]
        block = np.array([self._workspace.factor_array(side, one)[codes] for one in stored], dtype=np.float64)
        return block.T if side == "user" else block

    def _factor(self, place: Place) -> float:
        factors = self._workspace.factors
        side: Side = "user" if place.grid == "user" else "item"
        code, number = (
            (self._axes.users[place.row], place.column)
            if side == "user"
            else (self._axes.items[place.column], place.row)
        )
        column = (number - 1) % (factors.n_factors + 1) if factors.has_bias else number
        return float(self._workspace.factor_array(side, column)[code])


def _within(where: Block, block: Block) -> tuple[int, int]:
    """Row and column, in a block, of the first cell that a range shares with it."""
    return max(where.top - block.top, 0), max(where.left - block.left, 0)


def _shared(where: Block, block: Block) -> tuple[int, int]:
    """How many rows and columns a range shares with a block."""
    n_rows = min(where.bottom, block.bottom) - max(where.top, block.top)
    return n_rows, min(where.right, block.right) - max(where.left, block.left)
