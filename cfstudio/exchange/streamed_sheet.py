"""A worksheet whose rows are written one by one while the file is saved, and never lie in memory all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

if TYPE_CHECKING:
    from collections.abc import Iterable


class StreamedSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types that mypy would read
    """An XlsxWriter worksheet that takes its rows as XML; panes, notes, colors and widths are set as usual."""

    def stream(self, rows: Iterable[str], height: int, width: int) -> None:
        """Take `rows`, XML from top to bottom, when the workbook is closed; they span height × width cells from A1."""
        self._rows = rows
        self._size = (height, width)

    def _write_dimension(self) -> None:
        self.dim_rowmin, self.dim_colmin = 0, 0
        self.dim_rowmax, self.dim_colmax = self._size[0] - 1, self._size[1] - 1
        super()._write_dimension()

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        for row in self._rows:
            self.fh.write(row)
        self._xml_end_tag("sheetData")
