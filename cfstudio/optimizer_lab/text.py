"""The rows of a page as text, to copy and to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.worksheet import Worksheet


def rows_text(worksheet: Worksheet, separator: str = ",", *, titles: bool = False) -> str:
    """The rows run so far as lines with every digit, below a line of column names, or titles as on screen.

    A number that grew beyond all bounds is written inf or nan, what a row does not have is left blank. Spreadsheets
    take a tab as separator from the clipboard.
    """
    columns = worksheet.page.columns
    head = separator.join(column.title if titles else column.name for column in columns)
    lines = [separator.join("" if value is None else repr(value) for value in row) for row in worksheet.rows]
    return "\n".join([head, *lines]) + "\n"
