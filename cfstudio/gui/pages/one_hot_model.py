"""The matrix of factors with the one-hot row beside it, standing upright, and the products of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.explore.one_hot import partial_products
from cfstudio.gui.pages.columns import WHOLE_TEXT, Column, Part, color_spread, factor_block, plain_block
from cfstudio.gui.pages.embedding_model import EmbeddingModel, number_name

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from cfstudio.gui.pages.embedding_source import EmbeddingSource


class OneHotModel(EmbeddingModel):
    """Index, label, 0 or 1, factors and, when multiplying, what each row adds to the sum; biases are left out."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.place = 0
        self._multiplies = True
        self.n_done: int | None = None
        """Rows multiplied so far in a walk through them, None for all."""

    def show_way(self, *, multiplies: bool) -> None:
        """Show the products, or only the row that is looked up."""
        if multiplies != self._multiplies:
            self._multiplies = multiplies
            if self.source is not None:
                self.show_source(self.source)

    def _describe_columns(self, source: EmbeddingSource) -> tuple[Column, ...]:
        columns = [*self._lead_columns(source)]
        if self._multiplies:
            columns.append(Column("one-hot", "one-hot", "The one-hot row, standing upright beside the matrix", "0"))
        numbers = self._number_columns(source)[int(source.has_bias) :]
        columns += numbers
        if self._multiplies:
            tip = "The 0 or 1 of this row × its factor: what the row adds to the sum"
            columns += [
                Column("product", f"× {one.header}", tip, self.look.factor_sample, n) for n, one in enumerate(numbers)
            ]
        return tuple(columns)

    def parts(self, rows: slice) -> list[Part]:
        """All rows but the chosen one dimmed."""
        assert self.source is not None
        numbers = np.arange(rows.start, rows.stop)
        dimmed = numbers != self.place
        matrix = self.source.matrix()
        spread, first = color_spread(matrix), self.first_number
        parts = self._lead_parts(rows, dimmed)
        if self._multiplies:
            ones = (numbers == self.place).astype(np.float64)[:, None]
            parts.append(Part(first - 1, plain_block(WHOLE_TEXT.keys(ones), WHOLE_TEXT, dimmed[:, None])))
        parts.append(Part(first, factor_block(matrix[rows], spread, self.look.factor_text, dimmed)))
        if self._multiplies and len(matrix):
            products = partial_products(matrix, self.place, rows).astype(np.float64)
            if self.n_done is not None:
                # Not multiplied yet: not there yet.
                products[numbers >= self.n_done] = np.nan
            parts.append(Part(first + matrix.shape[1], factor_block(products, spread, self.look.factor_text, dimmed)))
        return parts

    def value(self, row: int, column: int) -> str | float | int | None:
        """The exact index, label, 0 or 1, factor or product."""
        assert self.source is not None
        what = self.columns[column]
        if what.kind == "one-hot":
            return int(row == self.place)
        if what.kind in ("number", "product"):
            rows = slice(row, row + 1)
            matrix = self.source.matrix()
            values = matrix[rows] if what.kind == "number" else partial_products(matrix, self.place, rows)
            return float(values[0, what.number - (self._n_biases if what.kind == "number" else 0)])
        return super().value(row, column)

    @property
    def _n_biases(self) -> int:
        return int(self.source is not None and self.source.has_bias)

    def describe(self, row: int, column: int) -> str:
        """Whose number it is; of a product, how it comes about."""
        assert self.source is not None
        what = self.columns[column]
        if what.kind != "product":
            return super().describe(row, column)
        factor = float(self.source.matrix()[row, what.number])
        name = number_name(what.header.removeprefix("× "))
        one = int(row == self.place)
        return f"{self.source.name(row)}, {name}: {one} × {factor:.6g} = {self.value(row, column):.6g}"
