"""The cells of one rating in the long form."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import column_name
from cfstudio.exchange.cell_xml import as_cell, first_of_group
from cfstudio.exchange.formulas import rating_formula
from cfstudio.exchange.id_search import can_be_searched
from cfstudio.exchange.lookup_layout import HEAD_ROWS

if TYPE_CHECKING:
    from cfstudio.exchange.cell_xml import RowXml
    from cfstudio.exchange.crosstab_link import CrosstabLink
    from cfstudio.exchange.embedding_tables import EmbeddingTables
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.ratings.table import FloatArray


class RatingPainter:
    """Adds the cells of one rating; holds as lists what a million rows need one by one."""

    def __init__(
        self, tables: EmbeddingTables, link: CrosstabLink, part: DocumentPart, numbers: tuple[FloatArray, FloatArray]
    ) -> None:
        """`numbers`: predictions and errors of the listed ratings."""
        ratings, self._layout, self._style = part.ratings, tables.layout, tables.styles
        self._tables, self._link, self._model, n = tables, link, part.factors, tables.layout.n_ratings
        self._users, self._items = ratings.users[:n].tolist(), ratings.items[:n].tolist()
        self._values, self._held_out = ratings.values[:n].tolist(), part.held_out[:n].tolist()
        self._predictions, self._errors = (one.tolist() for one in numbers)
        self._user_ids = [as_cell(one) for one in ratings.user_ids.tolist()]
        self._item_ids = [as_cell(one) for one in ratings.item_table.ids.tolist()]
        self._searches_users, self._searches_items = can_be_searched(self._user_ids), can_be_searched(self._item_ids)
        self._p, self._e = column_name(self._layout.prediction), column_name(self._layout.prediction + 1)
        self._total = self._total_pattern()

    def __call__(self, row: RowXml, place: int) -> None:
        """Add the cells of the rating with that number."""
        at, style = self._layout, self._style
        user, item = self._users[place], self._items[place]
        row.value(0, self._user_ids[user], style.id)
        row.value(1, self._item_ids[item], style.id)
        self._rating(row, place, user, item)
        self._index(row, at.user_index, "MATCH($A#,user_ids,0)" if self._searches_users else "", place, user)
        if at.is_full:
            self._looked_up(row, at.user_index, "user", user)
        self._index(row, at.item_index, "MATCH($B#,item_ids,0)" if self._searches_items else "", place, item)
        if at.is_full:
            self._looked_up(row, at.item_index, "item", item)
        predicted, error = self._predictions[place], self._errors[place]
        self._formula(row, at.prediction, self._total, place, predicted, style.prediction)
        self._formula(row, at.prediction + 1, f'IF(C#="",0,{self._p}#-C#)', place, error, style.error)
        self._formula(row, at.prediction + 2, f"{self._e}#^2", place, error * error, style.error)

    def _formula(self, row: RowXml, column: int, pattern: str, place: int, value: float, style: int) -> None:
        """A formula with the row's number for "#"; where there are many, the first one serves all."""
        if place and not self._layout.is_full:
            row.like_first(column, column, value, style)
            return
        over = "" if self._layout.is_full else first_of_group(column, self._layout.column(column).name)
        row.formula(column, pattern.replace("#", str(HEAD_ROWS + place + 1)), value, style, over)

    def _rating(self, row: RowXml, place: int, user: int, item: int) -> None:
        value, is_held_out, style = self._values[place], self._held_out[place], self._style
        rating, mark = self._link.rating(user, item), self._link.mark(user, item)
        looks = style.held_out_rating if is_held_out else style.rating
        if rating:
            row.formula(2, f'IF({rating}="","",{rating})', "" if math.isnan(value) else value, looks)
        elif not math.isnan(value):
            row.number(2, value, looks)
        if self._layout.mark is None:
            return
        if mark:
            row.formula(self._layout.mark, f'IF({mark}=1,1,"")', 1.0 if is_held_out else "", style.mark)
        elif is_held_out:
            row.number(self._layout.mark, 1, style.mark)

    def _index(self, row: RowXml, column: int, pattern: str, place: int, code: int) -> None:
        if pattern:
            self._formula(row, column, pattern, place, float(code + 1), self._style.whole)
        else:
            row.number(column, code + 1, self._style.whole)

    def _looked_up(self, row: RowXml, index: int, side: str, code: int) -> None:
        factors, bias = self._tables.numbers_of(side, code)
        place = f"${row.name_of(index)}"
        for number, value in enumerate(factors, 1):
            row.formula(index + number, f"INDEX({side}_table,{place},{number})", value, self._style.prediction)
        if bias is not None:
            row.formula(index + len(factors) + 1, f"INDEX({side}_bias_table,{place})", bias, self._style.prediction)

    def _total_pattern(self) -> str:
        """The formula of a prediction with "#" for the row."""
        at = self._layout
        user, item = f"${column_name(at.user_index)}#", f"${column_name(at.item_index)}#"
        if at.is_full:
            sides = [
                f"{column_name(index + 1)}#:{column_name(index + at.n_factors)}#"
                for index in (at.user_index, at.item_index)
            ]
            biases = [f"{column_name(index + at.n_factors + 1)}#" for index in (at.user_index, at.item_index)]
        else:
            sides = [f"INDEX(user_table,{user},0)", f"INDEX(item_table,{item},0)"]
            biases = [f"INDEX(user_bias_table,{user})", f"INDEX(item_bias_table,{item})"]
        total = f"SUMPRODUCT({','.join(sides)})"
        total = "+".join([total, *biases]) if at.has_bias else total
        return f'IF(C#="",0,{rating_formula(total, self._model)})'
