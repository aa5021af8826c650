"""The page with the crosstab: `IF(rating = "", 0, MMULT(user row, movie column))`, plus biases where there are any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cfstudio.exchange.cell_names import Block, cell_name, column_name
from cfstudio.exchange.cell_xml import RowXml, as_cell, first_of_group
from cfstudio.exchange.crosstab_numbers import CrosstabNumbers
from cfstudio.exchange.formulas import parameters_of, prediction_formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cfstudio.exchange.crosstab_layout import CrosstabLayout
    from cfstudio.exchange.part import DocumentPart, Watch
    from cfstudio.exchange.styles import Styles
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import IntArray

    Painter = Callable[[RowXml, int], None]
    """Adds the cells of one row of a block, by its number within the block."""

TITLE_HEIGHT = 110.0

MOST_SPELLED = 2500
"""Cells whose formulas are each written out; in a larger crosstab the first one serves all."""

PREDICTIONS, ERRORS = 0, 1
"""Groups of cells with one formula."""


@dataclass(frozen=True)
class CrosstabPage:
    """A page's cells; `model` is the document's, or the same without its biases."""

    layout: CrosstabLayout
    part: DocumentPart
    model: Factorization
    users: IntArray
    items: IntArray
    styles: Styles
    numbers: CrosstabNumbers = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", CrosstabNumbers.of(self.part, self.model, self.users, self.items))

    def rows(self, watch: Watch) -> Iterator[str]:
        """The rows as XML, top to bottom."""
        painters = sorted(self._painters(), key=lambda one: (one[0].left, one[0].top))
        titles = self.layout.titles.top
        for number in range(self.layout.height):
            row = RowXml(number)
            for block, paint in painters:
                if block.top <= number < block.bottom:
                    paint(row, number - block.top)
            yield row.xml(TITLE_HEIGHT if number == titles else None)
            watch.advance()

    @property
    def _is_large(self) -> bool:
        return self.layout.n_users * self.layout.n_items > MOST_SPELLED

    def _painters(self) -> list[tuple[Block, Painter]]:
        at, style = self.layout, self.styles
        ratings, predictions, errors = self.numbers.ratings, self.numbers.predictions, self.numbers.errors
        painters: list[tuple[Block, Painter]] = [
            (at.item_ids, self._item_ids),
            (at.lower_item_ids, self._item_ids),
            (at.user_ids, self._user_ids),
            (at.lower_user_ids, self._user_ids),
            (at.titles, self._titles),
            (at.ratings, lambda row, place: self._rating_cells(row, ratings[place].tolist(), place)),
            (at.item_factors, self._item_factors),
            (at.user_factors, self._user_factors),
            (at.predictions, lambda row, place: self._prediction_cells(row, predictions[place].tolist(), place)),
            (at.errors, lambda row, place: self._error_cells(row, errors[place].tolist(), place)),
            *self._headings(),
            *self._rmse_cells(),
        ]
        for place, (name, value) in enumerate(parameters_of(self.model)):
            top = at.parameters.top + place
            painters.append((Block(top, 0, 1, 1), _text(name, 0, style.label)))
            painters.append((Block(top, 1, 1, 1), _number(value, 1, style.factor)))
        if at.item_bias is not None and at.user_bias is not None:
            painters += [(at.item_bias, self._item_bias), (at.user_bias, self._user_bias)]
        if at.marks is not None:
            painters.append((at.marks, self._mark_cells))
        return painters

    def _headings(self) -> Iterator[tuple[Block, Painter]]:
        at, label, ids = self.layout, self.part.ratings.item_label, self.layout.user_ids.left
        texts = {
            (at.titles.top, ids): (f"{label} factors", self.styles.label),
            (at.lower_item_ids.top, 1): ("user factors", self.styles.heading),
            (at.errors.top - 1, ids): ("prediction − rating", self.styles.label),
        }
        if at.item_bias is not None:
            texts[at.item_bias.top, ids] = (f"{label} bias", self.styles.label)
            texts[at.lower_item_ids.top, 0] = ("user bias", self.styles.label)
        if at.marks is not None:
            texts[at.marks.top - 1, ids] = ("1 = held out", self.styles.label)
        for (row, column), (text, style) in texts.items():
            yield Block(row, column, 1, 1), _text(text, column, style)

    def _rmse_cells(self) -> Iterator[tuple[Block, Painter]]:
        at, held_out = self.layout, self.numbers.held_out
        cells = [(at.rmse, "RMSE", "SQRT(SUMXMY2(ratings,predictions)/COUNT(ratings))", self.numbers.rmse())]
        if at.marks is not None:
            for block, name, test, chosen in (
                (at.train_rmse, "RMSE of training cells", "held_out<>1", ~held_out),
                (at.valid_rmse, "RMSE of held-out cells", "held_out=1", held_out),
            ):
                counted = f'(ratings<>"")*({test})'
                formula = f"SQRT(SUMPRODUCT({counted}*(ratings-predictions)^2)/SUMPRODUCT({counted}))"
                cells.append((block, name, formula, self.numbers.rmse(chosen)))
        for block, name, formula, value in cells:
            yield Block(block.top, block.left - 1, 1, 1), _text(name, block.left - 1, self.styles.label)
            yield block, _formula(formula, value, block.left, self.styles.objective)

    def _item_ids(self, row: RowXml, _place: int) -> None:
        for column, one in enumerate(self.part.ratings.item_table.ids[self.items].tolist(), self.layout.ratings.left):
            row.value(column, as_cell(one), self.styles.id)

    def _user_ids(self, row: RowXml, place: int) -> None:
        one = self.part.ratings.user_ids[self.users[place]]
        row.value(self.layout.user_ids.left, as_cell(one), self.styles.id)

    def _titles(self, row: RowXml, _place: int) -> None:
        for column, title in enumerate(self.part.ratings.item_table.titles[self.items], self.layout.ratings.left):
            row.text(column, str(title), self.styles.title)

    def _item_factors(self, row: RowXml, place: int) -> None:
        values = self.model.item_factors[self.items, place].tolist()
        row.numbers(self.layout.ratings.left, values, self.styles.factor)

    def _user_factors(self, row: RowXml, place: int) -> None:
        row.numbers(1, self.model.user_factors[self.users[place]].tolist(), self.styles.factor)

    def _item_bias(self, row: RowXml, _place: int) -> None:
        assert self.model.item_bias is not None
        row.numbers(self.layout.ratings.left, self.model.item_bias[self.items].tolist(), self.styles.bias)

    def _user_bias(self, row: RowXml, place: int) -> None:
        assert self.model.user_bias is not None
        row.number(0, float(self.model.user_bias[self.users[place]]), self.styles.bias)

    def _rating_cells(self, row: RowXml, values: list[float], place: int) -> None:
        held_out = self.numbers.held_out[place].tolist()
        for column, (value, is_held_out) in enumerate(zip(values, held_out, strict=True), self.layout.ratings.left):
            style = self.styles.held_out_rating if is_held_out else self.styles.rating
            if value == value:  # noqa: PLR0124 - blank is NaN
                row.number(column, value, style)
            elif is_held_out:
                row.blank(column, style)

    def _prediction_cells(self, row: RowXml, values: list[float], place: int) -> None:
        at = self.layout
        pattern = prediction_formula(at, self.model, place)
        held_out = self.numbers.held_out[place].tolist()
        for column, (value, is_held_out) in enumerate(zip(values, held_out, strict=True), at.predictions.left):
            style = self.styles.held_out_prediction if is_held_out else self.styles.prediction
            if self._is_large and (place or column > at.predictions.left):
                row.like_first(column, PREDICTIONS, value, style)
            else:
                over = first_of_group(PREDICTIONS, at.predictions.name) if self._is_large else ""
                row.formula(column, pattern.format(column_name(column)), value, style, over)

    def _error_cells(self, row: RowXml, values: list[float], place: int) -> None:
        at = self.layout
        held_out = self.numbers.held_out[place].tolist()
        for column, (value, is_held_out) in enumerate(zip(values, held_out, strict=True), at.errors.left):
            style = self.styles.held_out_error if is_held_out else self.styles.error
            if self._is_large and (place or column > at.errors.left):
                row.like_first(column, ERRORS, value, style)
                continue
            rating, predicted = cell_name(at.ratings.top + place, column), cell_name(at.predictions.top + place, column)
            over = first_of_group(ERRORS, at.errors.name) if self._is_large else ""
            row.formula(column, f'IF({rating}="",0,{predicted}-{rating})', value, style, over)

    def _mark_cells(self, row: RowXml, place: int) -> None:
        for column, is_held_out in enumerate(self.numbers.held_out[place].tolist(), self.layout.ratings.left):
            if is_held_out:
                row.number(column, 1, self.styles.mark)
            else:
                row.blank(column, self.styles.mark)


def _text(text: str, column: int, style: int) -> Painter:
    return lambda row, _place: row.text(column, text, style)


def _number(value: float, column: int, style: int) -> Painter:
    return lambda row, _place: row.number(column, value, style)


def _formula(formula: str, value: float, column: int, style: int) -> Painter:
    return lambda row, _place: row.formula(column, formula, value, style)
