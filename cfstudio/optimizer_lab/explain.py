"""What a cell holds: in words, as a spreadsheet writes it, and with the numbers put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.optimizer_lab.formula import PREVIOUS
from cfstudio.optimizer_lab.numbers import written
from cfstudio.optimizer_lab.places import SheetPlaces

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.columns import Column
    from cfstudio.optimizer_lab.worksheet import Worksheet


@dataclass(frozen=True)
class CellFormula:
    """One cell explained; `excel` and `numbers` are empty where the cell holds data or nothing."""

    address: str
    title: str
    words: str
    excel: str
    numbers: str
    value: float | None


@dataclass(frozen=True)
class ChainLink:
    """One factor of a chain rule: its name, what it is in general, and the number that it is here."""

    name: str
    formula: str
    value: float


def explain(worksheet: Worksheet, place: int, column: Column | str) -> CellFormula:
    """A cell of a row that was run, counted from 0; Excel's syntax is that of the exported page.

    Raises IndexError where no row was run, KeyError for a column that the page lacks.
    """
    page, places = worksheet.page, SheetPlaces(worksheet.page)
    if isinstance(column, str):
        column = {one.name: one for one in page.columns}[column]
    value = worksheet.cell(place, column.name)
    excel = places.formula(column, place) or ""
    words = column.words
    is_calculated = not (column.is_step or column.mean_of) or places.ends_batch(place)
    if not is_calculated:
        words = "Rows inside of a batch make no step: " + (
            "this stays what it was in the row above." if excel else "nothing is calculated here."
        )
    numbers = _with_numbers(worksheet, place, column) if excel and is_calculated else ""
    if numbers and value is not None:
        numbers = f"{numbers} = {written(value)}"
    return CellFormula(places.cell(column.name, place), column.title, words, excel, numbers, value)


def number_of(worksheet: Worksheet, place: int, name: str) -> float | None:
    """The number behind a name in a row's formulas: a cell of it or of the row above, a setting, a cell at the top."""
    page = worksheet.page
    if name.startswith(PREVIOUS):
        name = name.removeprefix(PREVIOUS)
        if place:
            return worksheet.cell(place - 1, name)
        return worksheet.top[name.removeprefix("new_")]
    if name in page.names:
        return worksheet.cell(place, name)
    return worksheet.top[name] if name in page.cells else float(getattr(page.settings, name))


def chain_rule(worksheet: Worksheet, place: int, weight: str = "a") -> tuple[list[ChainLink], str]:
    """How a row's squared error changes with a weight: the links of the chain rule, and their product as a sentence."""
    x, y, b, a = (float(worksheet.cell(place, name) or 0.0) for name in ("x", "y", "intercept", "slope"))
    error = a * x + b - y
    inner, inner_formula = (x, "x") if weight == "a" else (1.0, "1")
    links = [
        ChainLink("d err² / d err", "2 · err, with err = pred − y", 2 * error),
        ChainLink("d err / d pred", "1, for y does not move", 1.0),
        ChainLink(f"d pred / d{weight}", f"{inner_formula}, with pred = a · x + b", inner),
    ]
    product = " × ".join(written(link.value) for link in links)
    return links, (
        f"d err² / d{weight} = d err² / d err × d err / d pred × d pred / d{weight} = 2(a·x + b − y) × 1 × "
        f"{inner_formula} = {product} = {written(2 * error * inner)}"
    )


def _with_numbers(worksheet: Worksheet, place: int, column: Column) -> str:
    if column.formula is not None:
        return "= " + column.formula.with_numbers(lambda name: _held(number_of(worksheet, place, name)))
    assert column.mean_of is not None
    first = place - place % worksheet.page.settings.batch_size
    values = [_held(worksheet.cell(row, column.mean_of)) for row in range(first, place + 1)]
    shown = values if len(values) <= 4 else [*values[:2], "…", values[-1]]
    return f"= ({' + '.join(shown)}) / {len(values)}"


def _held(value: float | None) -> str:
    """A number inside of a formula: negative ones in parentheses, so that no two signs meet."""
    text = "" if value is None else written(value)
    return f"({text})" if text.startswith("−") else text
