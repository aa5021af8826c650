"""A page that lists ratings row by row under a header, as files of text do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.exchange.grid import text_of
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.assemble import assemble
from cfstudio.ratings.files.columns import find_layout
from cfstudio.ratings.files.dialect import Dialect
from cfstudio.ratings.files.rows import read_rows
from cfstudio.ratings.files.text import RowError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cfstudio.exchange.grid import Grid
    from cfstudio.ratings.table import Ratings

CELLS = Dialect(delimiter="", has_header=True)
"""Cells hold numbers as numbers; texts that mean one have a decimal point."""


def listed_ratings(grid: Grid, path: Path, columns: Mapping[str, str] | None = None) -> Ratings | None:
    """The ratings that a page of the workbook `path` lists; None if its first row names no user, item and rating.

    `columns` says what the columns are called, by role. Raises DataError with the row or column that cannot be used.
    """
    names = [text_of(grid.value(0, column)) for column in range(grid.width)]
    try:
        layout = find_layout(names, columns, str(path))
    except DataError:
        if columns:
            raise
        return None
    try:
        observed = read_rows(_rows(grid), layout, CELLS)
    except RowError as error:
        raise DataError(f"{path}, row {error.line}, {error.reason}.") from error
    if not len(observed.values):
        raise DataError(f"{path} has columns but no ratings; export it anew.")
    return assemble(observed, None, path.stem)


def _rows(grid: Grid) -> Iterator[tuple[int, list[str]]]:
    """Row number as a spreadsheet shows it, and texts of the cells; blank rows are passed over."""
    for row in range(1, grid.height):
        texts = [text_of(grid.value(row, column)) for column in range(grid.width)]
        if any(texts):
            yield row + 1, texts
