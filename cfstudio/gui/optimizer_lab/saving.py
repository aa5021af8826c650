"""Taking the sheet along: clipboard, CSV, a workbook with live formulas."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from cfstudio.exchange.lab_workbook import export_lab_csv, export_lab_workbook
from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import with_suffix
from cfstudio.optimizer_lab.text import rows_text
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.optimizer_lab.worksheet import Worksheet

CSV, WORKBOOK = "CSV files (*.csv)", "Excel workbooks (*.xlsx)"


class Saving(QObject):
    """Files are written in the background from a copy, so that the page may run on."""

    said = Signal(str)
    """What was done."""
    failed = Signal(str)
    """Why it was not, and what to do."""

    def __init__(self, session: LabSession, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window

    def copy(self) -> None:
        """Put titles and rows on the clipboard."""
        sheet = self._session.sheet
        QGuiApplication.clipboard().setText(rows_text(sheet, "\t", titles=True))
        self.said.emit(f"Copied {len(sheet.rows):,} rows with their titles.")

    def save_csv(self) -> None:
        """Ask for a file and write the rows."""
        self._ask(".csv", CSV, export_lab_csv)

    def export(self) -> None:
        """Ask for a file and write the epoch with live formulas."""
        self._ask(".xlsx", WORKBOOK, export_lab_workbook)

    def write(self, path: Path, write: Callable[[Worksheet, Path], str]) -> None:
        """Write a copy of the sheet in the background."""
        copy = self._session.sheet.copy()
        self.said.emit(f"Writing {path.name}…")
        done = partial(self._done, path)
        BackgroundTask(partial(write, copy, path), done, self._fail, self)

    def _ask(self, suffix: str, kind: str, write: Callable[[Worksheet, Path], str]) -> None:
        sheet = self._session.sheet
        suggested = f"{self._session.method}-epoch-{sheet.epoch}{suffix}"
        chosen, _ = QFileDialog.getSaveFileName(self._window, f"Save {suggested}", suggested, kind)
        path = with_suffix(self._window, chosen, suffix)
        if path is not None:
            self.write(path, write)

    def _done(self, path: Path, sentence: str) -> None:
        self.said.emit(f"Saved as {path.name}: {sentence}")

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, DataError):
            raise error
        self.failed.emit(str(error))
