"""The factors of users or items as a Qt model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from cfstudio.gui.sheet.cells import DEEPEST_FACTOR, CellBlock, Ramp, shade
from cfstudio.gui.sheet.grid_models import NO_PARENT, NOT_BLANK, GridModel, Index
from cfstudio.models.net import NetFactorization
from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from cfstudio.gui.sheet.addresses import SheetAddresses
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import Side


class FactorsModel(GridModel):
    """The factors of users (one row each) or items (one column each), the bias first when the model has one."""

    def __init__(
        self,
        workspace: Workspace,
        axes: SheetAxes,
        addresses: SheetAddresses,
        look: SheetLook,
        side: Side,
        parent: QObject,
    ) -> None:
        super().__init__(workspace, axes, addresses, look, parent)
        self.side = side

    @property
    def n_numbers(self) -> int:
        """How many numbers one user or item has."""
        return self.workspace.factors.width(self.side) + self.workspace.factors.has_bias

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
        values = self._values(rows, columns)
        spread = DEEPEST_FACTOR * float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) or 1.0
        shades = shade(values, -spread, spread)
        shaded = np.isfinite(values) & self.look.uses_color
        text = self.look.factor_text
        return CellBlock(text.keys(values), text.text_of, shades, shaded=shaded)

    def numbers(self, rows: slice, columns: slice) -> FloatArray:
        """Factors and biases."""
        return self._values(rows, columns).astype(np.float64)

    def _values(self, rows: slice, columns: slice) -> Floats:
        codes, numbers = (self.axes.users[rows], columns) if self.side == "user" else (self.axes.items[columns], rows)
        values = np.stack([self._array(number)[codes] for number in range(*numbers.indices(self.n_numbers))], axis=1)
        return values if self.side == "user" else values.T

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
        """`bias`, `factor 3` or, of a net's features, `genres 2`, as headers and screen readers say it."""
        factors = self.workspace.factors
        if factors.has_bias and number == 0:
            return "bias"
        if isinstance(factors, NetFactorization):
            return factors.number_name(self.side, number)
        return f"factor {number + 1 - factors.has_bias}"

    def row_name(self, row: int) -> str:
        """A user, or the name of a number."""
        return self.user_name(row) if self.side == "user" else self.number_name(row)

    def column_name(self, column: int) -> str:
        """An item, or the name of a number."""
        return self.item_name(column) if self.side == "item" else self.number_name(column)

    def short_number_name(self, number: int) -> str:
        """`bias`, `f3` or, of a feature, its first letter and a number, where there is little room."""
        what, _, place = self.number_name(number).rpartition(" ")
        return f"{what[0]}{place}" if what else place

    def put_one(self, row: int, column: int, value: float | None) -> None:
        """Change the factor or bias."""
        if value is None:
            raise Refusal(NOT_BLANK)
        code, number = self._place(row, column)
        self.workspace.set_factor(self.side, code, self._factor_column(number), value)

    def stored(self, rows: slice, columns: slice) -> FloatArray:
        """Factors and biases, which is what the cells show."""
        return self.numbers(rows, columns)

    def put(self, rows: IntArray, columns: IntArray, values: FloatArray, label: str) -> None:
        """Change many factors and biases."""
        if np.isnan(values).any():
            raise Refusal(NOT_BLANK)
        places, numbers = (rows, columns) if self.side == "user" else (columns, rows)
        codes = (self.axes.users if self.side == "user" else self.axes.items)[places]
        factor_columns = np.array([self._factor_column(number) for number in range(self.n_numbers)])
        self.workspace.set_factors(self.side, codes, factor_columns[numbers], values, label)

    def refused_in(self, values: FloatArray) -> int:
        """The first blank, or the first number that is too large."""
        limit = np.finfo(self.workspace.factors.user_factors.dtype).max
        return int(np.argmax(~(np.abs(values) <= limit)))

    def filled(self, row: int | None, column: int | None) -> BoolArray:  # noqa: ARG002 - factors are never blank
        """All cells."""
        return np.ones(self.rowCount() if row is None else self.columnCount(), dtype=np.bool_)

    @property
    def noun(self) -> str:
        """Whose factors they are."""
        return f"{'user' if self.side == 'user' else self.workspace.ratings.item_label} factors"

    def address(self, row: int, column: int) -> str:
        """Where a spreadsheet has the number."""
        return self.addresses.of_factor(self.side, row, column)

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
