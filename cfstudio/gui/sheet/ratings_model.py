"""The user × item grid as a Qt model: ratings, predictions or errors in the same cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from cfstudio.gui.sheet.cells import CellBlock, Ramp
from cfstudio.gui.sheet.grid_models import NO_PARENT, GridModel, Index
from cfstudio.gui.sheet.layers import Layer, block_of_layer, numbers_of_layer

if TYPE_CHECKING:
    from cfstudio.gui.sheet.addresses import SheetAddresses
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace


class RatingsModel(GridModel):
    """The user × item grid in one of its layers; editing changes the rating, whatever layer is shown."""

    def __init__(
        self, workspace: Workspace, axes: SheetAxes, addresses: SheetAddresses, look: SheetLook, parent: QObject
    ) -> None:
        super().__init__(workspace, axes, addresses, look, parent)
        self.layer = Layer.BOTH
        self.predicts_blanks = True

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row per user."""
        return 0 if parent.isValid() else len(self.axes.users)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """One column per item."""
        return 0 if parent.isValid() else len(self.axes.items)

    @property
    def ramp(self) -> Ramp:
        """Diverging for errors, sequential for rating points."""
        return "error_ramp" if self.layer in (Layer.ERROR, Layer.BOTH) else "rating_ramp"

    def block(self, rows: slice, columns: slice) -> CellBlock:
        """The cells of the present layer."""
        users, items = self.axes.users[rows], self.axes.items[columns]
        return block_of_layer(self.workspace, self.layer, users, items, self.look, predicts_blanks=self.predicts_blanks)

    def numbers(self, rows: slice, columns: slice) -> FloatArray:
        """Ratings, predictions or errors, whatever the layer shows; ratings where it shows both."""
        users, items = self.axes.users[rows], self.axes.items[columns]
        return numbers_of_layer(self.workspace, self.layer, users, items, predicts_blanks=self.predicts_blanks)

    def value(self, row: int, column: int) -> float | None:
        """The rating."""
        rating = float(self.workspace.ratings.block(self.axes.users[[row]], self.axes.items[[column]])[0, 0])
        return None if math.isnan(rating) else rating

    def prediction(self, row: int, column: int) -> float:
        """What the model predicts for a cell, in rating points."""
        return float(self.workspace.factors.predict(self.axes.users[[row]], self.axes.items[[column]])[0])

    def describe(self, row: int, column: int) -> str:
        """User, title, rating, prediction and which part of the split the cell belongs to."""
        rating, predicted = self.value(row, column), self.prediction(row, column)
        where = f"{self.user_name(row)}, {self.item_name(column)}: "
        if rating is None:
            return f"{where}not rated, predicted {predicted:.2f}"
        table_row = self.workspace.ratings.rows_at(self.axes.users[[row]], self.axes.items[[column]])[0]
        part = "held out" if self.workspace.held_out[table_row] else "training"
        return f"{where}rated {rating:g}, predicted {predicted:.2f}, error {predicted - rating:+.2f}, {part}"

    def blank(self, ranges: list[tuple[slice, slice]]) -> None:
        """Blank all ratings of some rectangles of rows and columns, in one edit."""
        ratings = self.workspace.ratings
        chosen = np.zeros(len(ratings.values), dtype=np.bool_)
        for rows, columns in ranges:
            is_row, is_column = np.zeros(ratings.n_users, np.bool_), np.zeros(ratings.n_items, np.bool_)
            is_row[self.axes.users[rows]] = True
            is_column[self.axes.items[columns]] = True
            chosen |= is_row[ratings.users] & is_column[ratings.items]
        chosen &= ratings.rated
        self.workspace.set_ratings(ratings.users[chosen].astype(np.int64), ratings.items[chosen].astype(np.int64), None)

    def put_one(self, row: int, column: int, value: float | None) -> None:
        """Rate the cell, or blank it."""
        self.workspace.set_rating(int(self.axes.users[row]), int(self.axes.items[column]), value)

    def stored(self, rows: slice, columns: slice) -> FloatArray:
        """The ratings."""
        return self.workspace.ratings.block(self.axes.users[rows], self.axes.items[columns])

    def put(self, rows: IntArray, columns: IntArray, values: FloatArray, label: str) -> None:
        """Rate many cells."""
        self.workspace.set_ratings(self.axes.users[rows], self.axes.items[columns], values, label)

    def refused_in(self, values: FloatArray) -> int:
        """The first number that lies outside the scale."""
        scale = self.workspace.ratings.scale
        return int(np.argmax((values < scale.low) | (values > scale.high)))

    def filled(self, row: int | None, column: int | None) -> BoolArray:
        """Which cells of a row or column are rated."""
        ratings = self.workspace.ratings
        if row is not None:
            rows = ratings.rows_of_user(int(self.axes.users[row]))
            places, n = self.axes.column_of_item[ratings.items[rows]], len(self.axes.items)
        else:
            assert column is not None
            rows = ratings.rows_of_item(int(self.axes.items[column]))
            places, n = self.axes.row_of_user[ratings.users[rows]], len(self.axes.users)
        is_filled = np.zeros(n, dtype=np.bool_)
        is_filled[places[(places >= 0) & ~np.isnan(ratings.values[rows])]] = True
        return is_filled

    @property
    def noun(self) -> str:
        """Ratings, whatever the layer shows: it is they that can be changed."""
        return "ratings"

    def address(self, row: int, column: int) -> str:
        """Where a spreadsheet has the number that the layer shows."""
        return self.addresses.of_cell(row, column, self.layer)
