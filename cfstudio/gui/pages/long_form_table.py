"""The table of the long form: copies its rows exactly and writes them all to a file, piece by piece."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from cfstudio.exchange.tables import harmless
from cfstudio.gui.pages.painted_table import PaintedTable
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cfstudio.gui.pages.long_form_model import LongFormModel

MOST_CELLS = 1_000_000
"""Cells that are put on the clipboard at once."""
ROWS_AT_ONCE = 8_192
"""Rows written between two looks at the Cancel button."""


class SavingCancelled(Exception):  # noqa: N818 - nothing went wrong: somebody pressed Cancel
    """Somebody does not want the file any more; the old one, if there was one, is as it was."""


class LongFormTable(PaintedTable):
    """The table named `lookupTable`."""

    said = Signal(str)

    def __init__(self, model: LongFormModel, parent: QWidget | None = None) -> None:
        super().__init__("ratings-long-form.csv", model, parent)
        self.setObjectName("lookupTable")
        self.setAccessibleName("Long form: one row per rating")
        self.setAccessibleDescription("Up and down go from rating to rating; F2 in the rating column changes it.")
        self._long_form = model

    def copy_selected(self) -> None:
        """Copy the selected rows, all where none is selected, and say what was done."""
        selected = self.selectionModel().selectedRows()
        n_rows = len(selected) or self._long_form.rowCount()
        if n_rows * self._long_form.columnCount() > MOST_CELLS:
            self.said.emit(f"{n_rows:,} rows are too many for the clipboard; save them as CSV instead.")
            return
        super().copy_selected()
        self.said.emit(f"Copied {n_rows:,} rows with their header.")

    def copy_all(self) -> None:
        """Copy every row, whatever is selected."""
        self.clearSelection()
        self.copy_selected()

    def save_csv(self) -> None:
        """Ask for a file and save every row; says so when somebody cancels."""
        try:
            super().save_csv()
        except SavingCancelled:
            self.said.emit("Saving was cancelled; nothing was written.")

    def _write(self, path: Path) -> None:
        """Write every row. Raises OSError, SavingCancelled."""
        n_rows = self._long_form.rowCount()
        progress = QProgressDialog(f"Writing {n_rows:,} rows…", "Cancel", 0, n_rows, self)
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        try:
            with atomic_write(path) as file:
                self._write_pieces(file, n_rows, progress)
        finally:
            progress.close()
            progress.deleteLater()
        self.said.emit(f"Saved {n_rows:,} rows as {path.name}.")

    def _write_pieces(self, file: IO[bytes], n_rows: int, progress: QProgressDialog) -> None:
        from pyarrow import csv, table

        names = [column.name for column in self._long_form.columns]
        writer = None
        for start in range(0, max(n_rows, 1), ROWS_AT_ONCE):
            progress.setValue(start)
            if progress.wasCanceled():
                raise SavingCancelled
            columns = self._long_form.arrays(slice(start, min(start + ROWS_AT_ONCE, n_rows)))
            piece = table([_as_arrow(values) for values in columns], names=names)
            if writer is None:
                writer = csv.CSVWriter(file, piece.schema)
            writer.write_table(piece)
        if writer is not None:
            writer.close()


def _as_arrow(values: NDArray[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """A column of a file: blank instead of NaN, all digits, text that is never a formula."""
    from pyarrow import array, string

    if values.dtype.kind in "OU":
        return array([harmless(str(one)).encode("utf-8", "replace").decode() for one in values.tolist()], string())
    # Single precision is written as what it is, to the last digit, as everywhere else.
    return array(values.astype(np.float64) if values.dtype.kind == "f" else values, from_pandas=True)
