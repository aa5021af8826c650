"""The long form as a Qt model: one row per rating, computed when it comes into view."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.explore.long_form import LongForm, LongRows, rows_between
from cfstudio.gui.pages.columns import Part, color_spread, factor_block, index_block, plain_block
from cfstudio.gui.pages.long_form_columns import has_results_first, long_form_columns
from cfstudio.gui.pages.painted_model import NO_PARENT, Index, PaintedModel
from cfstudio.gui.sheet.cells import RATING_TEXT, CellBlock, shade

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from cfstudio.ratings.table import FloatArray, IntArray
    from cfstudio.workspace.document import Workspace


class LongFormModel(PaintedModel):
    """The ratings between the shown users and items; an index is a row of the table of those that are shown."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._chosen: IntArray | None = None
        self._user_codes = self._item_codes = np.empty(0, dtype=np.int64)

    def show_between(self, user_codes: IntArray, item_codes: IntArray) -> None:
        """Show the ratings of some users and items, whose embedding tables hold these codes in rising order."""
        self.beginResetModel()
        self._user_codes, self._item_codes = user_codes, item_codes
        self._chosen = rows_between(self._workspace.ratings, user_codes, item_codes)
        self.columns = long_form_columns(self._workspace, self.look)
        self.endResetModel()

    def describe_columns(self) -> None:
        """Make the columns suit the look and the model as they are now."""
        self.beginResetModel()
        self.columns = long_form_columns(self._workspace, self.look)
        self.endResetModel()

    @property
    def form(self) -> LongForm:
        """The rows with the numbers as they are now."""
        workspace = self._workspace
        return LongForm(workspace.ratings, workspace.factors, workspace.held_out, self._chosen)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row per rating."""
        return 0 if parent.isValid() or not self.columns else len(self.form)

    def parts(self, rows: slice) -> list[Part]:
        """All columns of some rows."""
        found, scale = self.form[rows], self._workspace.ratings.scale
        blank = np.isnan(found.ratings)
        ratings = found.ratings[:, None]
        part_of = _Parts()
        part_of.texts([str(one) for one in self._workspace.ratings.user_ids[found.users]], blank)
        part_of.texts([str(one) for one in self._workspace.ratings.item_table.ids[found.items]], blank)
        part_of.texts([str(one) for one in self._workspace.ratings.item_table.titles[found.items]], blank)
        rated, shades = ~blank[:, None], shade(ratings, *self.look.rating_span(scale.low, scale.high))
        marked = (found.held_out & ~blank)[:, None]
        part_of.numbers(
            CellBlock(RATING_TEXT.keys(ratings), RATING_TEXT.text_of, shades, rated, marked=marked), "rating_ramp"
        )
        if self._workspace.held_out.any():
            part_of.texts([_name_of_part(held_out) for held_out in found.held_out], blank)
        add_in_order = [self._add_looked_up, self._add_results]
        for add in reversed(add_in_order) if has_results_first(self._workspace) else add_in_order:
            add(part_of, found)
        return part_of.parts

    def _add_results(self, part_of: _Parts, found: LongRows) -> None:
        scale, rated = self._workspace.ratings.scale, ~np.isnan(found.ratings)[:, None]
        predictions, errors = found.predictions[:, None], found.errors[:, None]
        text, span = self.look.fine_text, self.look.error_span
        shades = shade(predictions, *self.look.rating_span(scale.low, scale.high))
        shown = CellBlock(text.keys(predictions), text.text_of, shades, rated, muted=~rated)
        part_of.numbers(shown, "rating_ramp")
        shades = shade(errors, -span, span)
        part_of.numbers(CellBlock(text.keys(errors), text.text_of, shades, rated), "error_ramp")
        part_of.numbers(plain_block(text.keys(found.squared_errors[:, None]), text))

    def _add_looked_up(self, part_of: _Parts, found: LongRows) -> None:
        factors = self._workspace.factors
        for codes, all_codes, matrix, bias, values in (
            (found.users, self._user_codes, factors.user_factors, found.user_bias, found.user_factors),
            (found.items, self._item_codes, factors.item_factors, found.item_bias, found.item_factors),
        ):
            part_of.numbers(index_block(np.searchsorted(all_codes, codes)))
            numbers = values if bias is None else np.concatenate([bias[:, None], values], axis=1)
            part_of.numbers(factor_block(numbers, color_spread(matrix[all_codes[:1_000]]), self.look.factor_text))

    def cell_of(self, row: int) -> tuple[int, int]:
        """Codes of the user and the item of a row."""
        found = self.form[row : row + 1]
        return int(found.users[0]), int(found.items[0])

    def row_of(self, user: int | None, item: int | None) -> int | None:
        """The row of a cell, the first row of a whole user or item; None where there is none."""
        if user is None or item is None:
            return self.form.first_place_of(user, item)
        return self.form.place_of(user, item)

    def value(self, row: int, column: int) -> str | float | int | None:
        """What a cell holds, exactly."""
        what = self.columns[column]
        value: Any = _as_values(self._column(self.form[row : row + 1], what.kind, what.number))[0]
        return value  # type: ignore[no-any-return]

    def exact_rows(self, rows: Iterable[int]) -> list[list[object]]:
        """What some rows hold, for other programs; a run of rows is computed in one piece."""
        wanted = np.fromiter(rows, dtype=np.int64)
        lines: list[list[object]] = []
        for run in np.split(wanted, np.flatnonzero(np.diff(wanted) != 1) + 1):
            if len(run):
                columns = map(_as_values, self.arrays(slice(int(run[0]), int(run[-1]) + 1)))
                lines += [list(line) for line in zip(*columns, strict=True)]
        return lines

    def arrays(self, rows: slice) -> list[NDArray[Any]]:
        """What some rows hold, column by column; NaN where blank."""
        found = self.form[rows]
        return [self._column(found, column.kind, column.number) for column in self.columns]

    def _column(self, found: LongRows, kind: str, number: int) -> NDArray[Any]:
        ratings = self._workspace.ratings
        if kind == "user":
            return ratings.user_ids[found.users]
        if kind in ("item", "title"):
            return (ratings.item_table.ids if kind == "item" else ratings.item_table.titles)[found.items]
        if kind == "held out":
            return np.array([_name_of_part(one) for one in found.held_out], dtype=object)
        if kind.endswith("index"):
            of_user = kind == "user index"
            codes = found.users if of_user else found.items
            return np.searchsorted(self._user_codes if of_user else self._item_codes, codes) + 1
        if kind.endswith("factor"):
            return (found.user_factors if kind == "user factor" else found.item_factors)[:, number]
        numbers: dict[str, FloatArray | NDArray[Any] | None] = {
            "rating": found.ratings,
            "user bias": found.user_bias,
            "item bias": found.item_bias,
            "prediction": found.predictions,
            "error": found.errors,
            "squared error": found.squared_errors,
        }
        chosen = numbers[kind]
        assert chosen is not None
        return chosen

    def describe(self, row: int, column: int) -> str:
        """The row's user and title, and what the column says of it."""
        user, item = self.cell_of(row)
        ratings, what = self._workspace.ratings, self.columns[column]
        value = self.value(row, column)
        text = "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
        place = f"{ratings.user_name(user)}, {ratings.item_table.titles[item]}"
        return f"{place}: {what.name} {text}"

    def write(self, row: int, column: int, value: float | None) -> None:  # noqa: ARG002 - only one can be edited
        """Rate the row's cell, or blank it."""
        self._workspace.set_rating(*self.cell_of(row), value)


class _Parts:
    """Parts one after another, each beginning where the last one ends."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def texts(self, texts: list[str], muted: NDArray[np.bool_]) -> None:
        self.parts.append(Part(self._next, texts, muted=muted))

    def numbers(self, block: CellBlock, ramp: Any = "factor_ramp") -> None:  # noqa: ANN401 - a Ramp
        self.parts.append(Part(self._next, block, ramp))

    @property
    def _next(self) -> int:
        return self.parts[-1].first + self.parts[-1].n_columns if self.parts else 0


def _name_of_part(is_held_out: bool) -> str:
    return "held out" if is_held_out else ""


def _as_values(column: NDArray[Any]) -> list[object]:
    values: list[object] = column.tolist()
    if column.dtype.kind == "f":
        return [None if isinstance(one, float) and math.isnan(one) else one for one in values]
    return values
