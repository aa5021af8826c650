"""A look-up is a multiplication with a one-hot row: both ways side by side, with what each costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.exchange.cell_names import Block, fixed_name
from cfstudio.exchange.cell_xml import RowXml, array_over, as_cell
from cfstudio.exchange.id_search import can_be_searched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.styles import Styles
    from cfstudio.ratings.table import FloatArray, IntArray

MOST_EXAMPLES = 10
"""Rows per side: enough to see the pattern."""

FIRST_ONE = 3
"""Column of the first place of the one-hot row; the id, its number and a gap stand before it.

The gap keeps the block from looking like a crosstab of ratings to whoever searches for one.
"""


@dataclass(frozen=True)
class Side:
    """Users or items of the crosstab: `ids` as they stand in cells, `factors` (n, n_factors)."""

    name: str
    ids: list[int | str]
    id_block: Block
    matrix: str
    factors: FloatArray
    factor_cells: Block
    is_upright: bool
    """Whether each one's factors are a row of `factor_cells`, not a column."""


@dataclass(frozen=True)
class OneHotPage:
    """The cells of the page: a block of examples for the users, one for the items, of crosstab page `crosstab_name`."""

    crosstab: CrosstabLayout
    crosstab_name: str
    part: DocumentPart
    users: IntArray
    items: IntArray
    styles: Styles

    @property
    def height(self) -> int:
        """Rows of the page."""
        return 1 + sum(4 + self._n_examples(side) for side in self._sides())

    @property
    def width(self) -> int:
        """Columns of the page."""
        return FIRST_ONE + max(len(self.users), len(self.items)) + 2 * self.crosstab.n_factors + 4

    def rows(self) -> Iterator[str]:
        """The rows as XML, top to bottom."""
        first = RowXml(0)
        first.text(
            0,
            "A one-hot row has a 1 in one place and 0 elsewhere. Multiplied with the matrix of all factors it gives "
            "the row of that place: the same as looking it up.",
            self.styles.note,
        )
        yield first.xml()
        top = 2
        for side in self._sides():
            yield from self._block(side, top)
            top += 4 + self._n_examples(side)

    def _sides(self) -> tuple[Side, Side]:
        ratings, model, at = self.part.ratings, self.part.factors, self.crosstab
        page = self.crosstab_name
        return (
            Side(
                "user",
                [as_cell(one) for one in ratings.user_ids[self.users].tolist()],
                at.user_ids,
                at.user_factors.on(page),
                model.user_factors[self.users].astype(np.float64),
                at.user_factors,
                is_upright=True,
            ),
            Side(
                ratings.item_label,
                [as_cell(one) for one in ratings.item_table.ids[self.items].tolist()],
                at.item_ids,
                f"TRANSPOSE({at.item_factors.on(page)})",
                model.item_factors[self.items].astype(np.float64),
                at.item_factors,
                is_upright=False,
            ),
        )

    @staticmethod
    def _n_examples(side: Side) -> int:
        return min(len(side.ids), MOST_EXAMPLES)

    def _block(self, side: Side, top: int) -> Iterator[str]:
        n, n_factors, style = len(side.ids), self.crosstab.n_factors, self.styles
        product = FIRST_ONE + n + 1
        looked_up = product + n_factors + 1
        cost = RowXml(top)
        cost.text(0, f"one-hot row × {side.name} matrix", style.heading)
        cost.text(
            product,
            "multiplications by one-hot, by look-up:",
            style.label,
        )
        ones = Block(top + 2, FIRST_ONE, 1, n)
        counted = product + n_factors
        cost.formula(counted, f"COLUMNS({ones.name})*{n_factors}", float(n * n_factors), style.whole)
        cost.number(counted + 1, 0, style.whole)
        yield cost.xml()
        head = RowXml(top + 1)
        head.text(0, side.name, style.heading)
        head.text(1, f"{side.name} number", style.heading)
        for place in range(n):
            head.number(FIRST_ONE + place, place + 1, style.id)
        head.text(product, "one-hot × matrix", style.heading)
        head.text(looked_up, "looked up", style.heading)
        head.text(looked_up + n_factors, "same?", style.heading)
        yield head.xml()
        searched = can_be_searched(side.ids)
        for place in range(self._n_examples(side)):
            yield self._example(side, place, top + 2 + place, searched=searched)

    def _example(self, side: Side, place: int, number: int, *, searched: bool) -> str:
        n, n_factors, style, row = len(side.ids), self.crosstab.n_factors, self.styles, RowXml(number)
        row.value(0, side.ids[place], style.id)
        index, head = f"$B{number + 1}", number - place
        if searched:
            row.formula(1, f"MATCH($A{number + 1},{side.id_block.on(self.crosstab_name)},0)", place + 1, style.whole)
        else:
            row.number(1, place + 1, style.whole)
        for one in range(n):
            column = FIRST_ONE + one
            name = fixed_name(head - 1, column).replace("$", "", 1)
            row.formula(column, f"IF({name}={index},1,0)", float(one == place), style.whole)
        ones, product = Block(number, FIRST_ONE, 1, n), FIRST_ONE + n + 1
        vector = side.factors[place].tolist()
        over = Block(number, product, 1, n_factors)
        row.formula(product, f"MMULT({ones.name},{side.matrix})", vector[0], style.prediction, array_over(over.name))
        for column, value in enumerate(vector[1:], product + 1):
            row.number(column, value, style.prediction)
        looked_up = over.right + 1
        cells = side.factor_cells.on(self.crosstab_name)
        for factor, value in enumerate(vector):
            at = f"{index},{factor + 1}" if side.is_upright else f"{factor + 1},{index}"
            row.formula(looked_up + factor, f"INDEX({cells},{at})", value, style.prediction)
        same = Block(number, looked_up, 1, n_factors)
        row.formula(looked_up + n_factors, f"SUMXMY2({over.name},{same.name})=0", True, style.plain)
        return row.xml()
