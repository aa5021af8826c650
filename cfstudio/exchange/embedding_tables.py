"""The embedding tables beside the long form: one row of factors per user, one per item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.cell_xml import as_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.exchange.cell_xml import RowXml
    from cfstudio.exchange.crosstab_link import CrosstabLink
    from cfstudio.exchange.lookup_layout import LookupLayout
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.styles import Styles


class EmbeddingTables:
    """Cells of both tables; factors that the crosstab page shows are formulas that point there."""

    def __init__(self, layout: LookupLayout, link: CrosstabLink, part: DocumentPart, styles: Styles) -> None:
        self.layout, self.styles, self._link, self._ratings = layout, styles, link, part.ratings
        self._factors = {"user": part.factors.user_factors, "item": part.factors.item_factors}
        self._biases = {"user": part.factors.user_bias, "item": part.factors.item_bias}

    def numbers_of(self, side: str, code: int) -> tuple[list[float], float | None]:
        """Factors and bias of a user or an item."""
        bias = self._biases[side]
        return self._factors[side][code].tolist(), None if bias is None else float(bias[code])

    def paint(self, row: RowXml, place: int) -> None:
        """Add the cells that both tables have in a row, by its number within them."""
        at, link = self.layout, self._link
        if place < at.n_users:
            row.value(at.user_ids.left, as_cell(self._ratings.user_ids[place]), self.styles.id)
            self._row(row, at.user_factors.left, "user", place, link.user_factor, link.user_bias)
        if place < at.n_items:
            items = self._ratings.item_table
            row.value(at.item_ids.left, as_cell(items.ids[place]), self.styles.id)
            row.text(at.item_ids.right, str(items.titles[place]), self.styles.plain)
            self._row(row, at.item_factors.left, "item", place, link.item_factor, link.item_bias)

    def _row(
        self,
        row: RowXml,
        left: int,
        side: str,
        code: int,
        factor_cell: Callable[[int, int], str],
        bias_cell: Callable[[int], str],
    ) -> None:
        factors, bias = self.numbers_of(side, code)
        is_linked = bool(factor_cell(code, 0))
        if is_linked:
            for place, value in enumerate(factors):
                row.formula(left + place, factor_cell(code, place), value, self.styles.prediction)
        else:
            row.numbers(left, factors, self.styles.factor)
        if bias is None:
            return
        if is_linked:
            row.formula(left + len(factors), bias_cell(code), bias, self.styles.prediction)
        else:
            row.number(left + len(factors), bias, self.styles.bias)
