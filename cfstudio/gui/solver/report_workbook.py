"""The Solver's reports as an Excel workbook, one page each, named as Excel names them."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cfstudio.solver.reports import ReportTable

MOST_ROWS = 1_048_576
TITLE_COLUMN_WIDTH = 42


def write_reports(path: Path, reports: Mapping[str, Sequence[ReportTable]]) -> None:
    """Write a page "Answer Report 1" and so on for each report. Raises OSError; also if a page has too many rows."""
    # Only here: the window starts faster without it.
    from xlsxwriter import Workbook

    if any(sum(len(table.rows) + 3 for table in tables) > MOST_ROWS for tables in reports.values()):
        raise OSError(f"a page of a workbook holds {MOST_ROWS:,} rows, and the report has more; save it as CSV")
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        for name, tables in reports.items():
            page = book.add_worksheet(f"{name} Report 1")
            page.set_column(0, 0, TITLE_COLUMN_WIDTH)
            page.set_column(1, 6, TITLE_COLUMN_WIDTH / 2.5)
            row = 0
            for table in tables:
                if not table.rows:
                    continue
                page.write_string(row, 0, table.title, bold)
                for column, title in enumerate(table.columns):
                    page.write_string(row + 1, column, title, bold)
                for place, line in enumerate(table.rows, start=row + 2):
                    for column, value in enumerate(line):
                        if isinstance(value, str):
                            page.write_string(place, column, value)
                        elif value is not None and math.isfinite(value):
                            page.write_number(place, column, value)
                row += len(table.rows) + 3
    with atomic_write(path) as file:
        file.write(content.getvalue())
