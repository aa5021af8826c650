"""The sheet's three tables as Qt models: what a cell holds, says and accepts."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cfstudio.gui.sheet.cells import FACTOR_TEXT, NO_TEXT, CellBlock, Ramp, shade
from cfstudio.gui.sheet.layers import Layer, block_of_layer
from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()

DEEPEST_FACTOR = 2.5
"""Root mean squares at which a factor's color is deepest."""


class GridModel(QAbstractTableModel):
    """What the three grids share: editable numbers that can be painted block by block."""

    refused = Signal(str)
    """An edit was refused, with the reason."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.axes = axes

    @abstractmethod
    def block(self, rows: slice, columns: slice) -> CellBlock:
        """Many cells at once, for painting."""

    @abstractmethod
    def value(self, row: int, column: int) -> float | None:
        """The number in a cell, None where blank."""

    @abstractmethod
    def describe(self, row: int, column: int) -> str:
        """A cell in words, for tooltips and screen readers."""

    @abstractmethod
    def write(self, row: int, column: int, value: float | None) -> None:
        """Put a number into a cell; raises Refusal with a sentence when it is not taken."""

    @property
    @abstractmethod
    def ramp(self) -> Ramp:
        """Name of the theme's color ramp that the shades of `block` index."""

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Qt's access to one cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.EditRole:
            return self.value(row, column)
        if role == Role.DisplayRole:
            block = self.block(slice(row, row + 1), slice(column, column + 1))
            key = int(block.keys[0, 0])
            return "" if key == NO_TEXT else block.text_of(key)
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return self.describe(row, column)
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Take an edit: a number, text that spells one, or nothing to blank the cell."""
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            self.write(index.row(), index.column(), parse_number(value))
        except Refusal as error:
            self.refused.emit(str(error))
            return False
        self.dataChanged.emit(index, index)
        return True

    def blank(self, ranges: list[tuple[slice, slice]]) -> None:  # noqa: ARG002 - for grids whose cells may be blank
        """Blank all cells of some rectangles of rows and columns, in one edit; factors refuse."""
        self.refused.emit("A factor cannot be blank; type a number, 0 for none.")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What a row or column is called, for copies and screen readers; `NamedHeader` paints it."""
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self.row_name(section) if orientation is Qt.Orientation.Vertical else self.column_name(section)
        return None

    def row_name(self, row: int) -> str:
        """Whose row it is."""
        return self.user_name(row)

    def column_name(self, column: int) -> str:
        """Whose column it is."""
        return self.item_name(column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected and edited."""
        flag = Qt.ItemFlag
        return flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsEditable if index.isValid() else flag.NoItemFlags

    def user_name(self, row: int) -> str:
        """`User 15` for the user in a row."""
        return self.workspace.ratings.user_name(self.axes.users[row])

    def item_name(self, column: int) -> str:
        """The title of the item in a column."""
        return str(self.workspace.ratings.item_table.titles[self.axes.items[column]])


class RatingsModel(GridModel):
    """The user × item grid in one of its layers; editing changes the rating, whatever layer is shown."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, parent: QObject) -> None:
        super().__init__(workspace, axes, parent)
        self.layer = Layer.RATINGS
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
        return block_of_layer(self.workspace, self.layer, users, items, predicts_blanks=self.predicts_blanks)

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

    def write(self, row: int, column: int, value: float | None) -> None:
        """Rate the cell, or blank it."""
        self.workspace.set_rating(int(self.axes.users[row]), int(self.axes.items[column]), value)


class FactorsModel(GridModel):
    """The factors of users (one row each) or items (one column each), the bias first when the model has one."""

    def __init__(self, workspace: Workspace, axes: SheetAxes, side: Side, parent: QObject) -> None:
        super().__init__(workspace, axes, parent)
        self.side = side

    @property
    def n_numbers(self) -> int:
        """How many numbers one user or item has."""
        return self.workspace.factors.n_factors + self.workspace.factors.has_bias

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Users, or numbers per item."""
        if parent.isValid():
            return 0
        return len(self.axes.users) if self.side == "user" else self.n_numbers

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """Items, or numbers per user."""
        if parent.isValid():
            return 0
        return len(self.axes.items) if self.side == "item" else self.n_numbers

    @property
    def ramp(self) -> Ramp:
        """Factors have a sign."""
        return "factor_ramp"

    def block(self, rows: slice, columns: slice) -> CellBlock:
        """Factors, colored against their own spread in the block."""
        codes, numbers = (self.axes.users[rows], columns) if self.side == "user" else (self.axes.items[columns], rows)
        values = np.stack([self._array(number)[codes] for number in range(*numbers.indices(self.n_numbers))], axis=1)
        spread = DEEPEST_FACTOR * float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) or 1.0
        values = values if self.side == "user" else values.T
        shades = shade(values, -spread, spread)
        return CellBlock(FACTOR_TEXT.keys(values), FACTOR_TEXT.text_of, shades, shaded=np.isfinite(values))

    def value(self, row: int, column: int) -> float | None:
        """The factor or bias."""
        code, number = self._place(row, column)
        return float(self._array(number)[code])

    def describe(self, row: int, column: int) -> str:
        """Whose number it is, which one, and its value."""
        _, number = self._place(row, column)
        owner = self.user_name(row) if self.side == "user" else self.item_name(column)
        return f"{owner}, {self.number_name(number)}: {self.value(row, column):.6g}"

    def number_name(self, number: int) -> str:
        """`bias` or `factor 3`, as headers and screen readers say it."""
        if self.workspace.factors.has_bias and number == 0:
            return "bias"
        return f"factor {number + 1 - self.workspace.factors.has_bias}"

    def row_name(self, row: int) -> str:
        """A user, or the name of a number."""
        return self.user_name(row) if self.side == "user" else self.number_name(row)

    def column_name(self, column: int) -> str:
        """An item, or the name of a number."""
        return self.item_name(column) if self.side == "item" else self.number_name(column)

    def short_number_name(self, number: int) -> str:
        """`bias` or `f3`, where there is little room."""
        return self.number_name(number).replace("factor ", "f")

    def write(self, row: int, column: int, value: float | None) -> None:
        """Change the factor or bias."""
        if value is None:
            raise Refusal("A factor cannot be blank; type a number, 0 for none.")
        code, number = self._place(row, column)
        self.workspace.set_factor(self.side, code, self._factor_column(number), value)

    def _place(self, row: int, column: int) -> tuple[int, int]:
        if self.side == "user":
            return int(self.axes.users[row]), column
        return int(self.axes.items[column]), row

    def _factor_column(self, number: int) -> int:
        """The document counts factors first and the bias last; the sheet shows the bias first."""
        factors = self.workspace.factors
        return (number - 1) % (factors.n_factors + 1) if factors.has_bias else number

    def _array(self, number: int) -> np.ndarray[Any, Any]:
        return self.workspace.factor_array(self.side, self._factor_column(number))


def parse_number(value: object) -> float | None:
    """Read what somebody typed: a number with a point or a comma; nothing means blank. Raises Refusal."""
    if value is None or isinstance(value, (int, float)):
        number = None if value is None else float(value)
    else:
        text = str(value).strip().replace("−", "-")
        if not text:
            return None
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise Refusal(f"“{text}” is no number; type one such as 4 or 3.5.") from None
    if number is not None and not math.isfinite(number):
        raise Refusal("The number must be finite.")
    return number
