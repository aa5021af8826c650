"""Blocks of cells as spreadsheets exchange them through the clipboard: tab-separated text, and HTML with exact numbers.

Excel reads `x:num`, LibreOffice `sdval` and Google Sheets `data-sheets-value`: with them a number arrives whole, and in
whatever way the other program's language writes decimals.
"""

from __future__ import annotations

import csv
import html
import json
import math
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = float | str | None
"""A number, a text, or nothing."""

FORMULA_STARTS = ("=", "+", "-", "@")
MOST_HTML = 50_000_000
"""Characters of HTML that are looked at; a spreadsheet of a million cells has fewer."""


def as_tsv(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as text with a tab between two cells; numbers in full, texts such that none becomes a formula."""
    return "\n".join("\t".join(_plain(cell) for cell in row) for row in rows)


def as_html(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as an HTML table that spreadsheets take numbers from exactly and texts as texts."""
    body = "".join(f"<tr>{''.join(_tagged(cell) for cell in row)}</tr>" for row in rows)
    return f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table>{body}</table></body></html>'


def read_block(text: str, html_text: str = "") -> list[list[str]]:
    """The cells of what was copied elsewhere, as texts, all rows equally long; from the HTML where it has a table."""
    rows = _rows_of_html(html_text) if "<td" in html_text.lower() else []
    rows = rows or _rows_of_text(text)
    width = max((len(row) for row in rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _plain(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0")
    text = " ".join(cell.split())
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _tagged(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "<td></td>"
    if isinstance(cell, float):
        number = repr(cell)
        sheets = html.escape(json.dumps({"1": 3, "3": cell}, separators=(",", ":")))
        return f'<td x:num="{number}" sdval="{number}" data-sheets-value="{sheets}">{_plain(cell)}</td>'
    return f"<td x:str>{html.escape(' '.join(cell.split()))}</td>"


def _rows_of_text(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if not lines.strip():
        return []
    rows = csv.reader(lines.split("\n"), delimiter=_delimiter(lines))
    return [[cell.strip() for cell in row] for row in rows]


def _delimiter(text: str) -> str:
    """Tab before semicolon before comma; a comma between two digits alone in its line is a decimal sign."""
    for one in ("\t", ";"):
        if one in text:
            return one
    lines = [line for line in text.split("\n") if line.strip()]
    are_numbers = all(re.fullmatch(r"\s*[-+−]?\d*,?\d+\s*%?", line) for line in lines)
    return "\t" if are_numbers else ","


def _rows_of_html(html_text: str) -> list[list[str]]:
    parser = _TableParser()
    parser.feed(html_text[:MOST_HTML])
    return parser.rows


class _TableParser(HTMLParser):
    """Collects the cells of all tables, exact numbers before what is shown of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._text: list[str] | None = None
        self._exact: str | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._close()
            if not self.rows:
                self.rows.append([])
            values = {name: value or "" for name, value in attrs}
            self._text, self._exact = [], _exact_number(values)
            self._span = min(int(values["colspan"]), 1_000) if values.get("colspan", "").isdecimal() else 1
        elif tag == "br" and self._text is not None:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _close(self) -> None:
        if self._text is None:
            return
        shown = " ".join("".join(self._text).split())
        self.rows[-1] += [shown if self._exact is None else self._exact, *[""] * (self._span - 1)]
        self._text = None


def _exact_number(attributes: dict[str, str]) -> str | None:
    for name in ("x:num", "sdval"):
        if attributes.get(name):
            return attributes[name]
    try:
        value = json.loads(attributes.get("data-sheets-value", "null"))
    except ValueError:
        return None
    number = value.get("3") if isinstance(value, dict) else None
    return repr(number) if isinstance(number, (int, float)) and not isinstance(number, bool) else None
