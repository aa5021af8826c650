"""Taking numbers and pictures out of the window: clipboard text, CSV files, asking where to save."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def delimited(rows: Iterable[Sequence[object]], delimiter: str) -> str:
    """Rows as text, quoted where a field needs it; floats with six significant digits, None and NaN as nothing."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([_field(value) for value in row] for row in rows)
    return text.getvalue()


def copy_rows(rows: Iterable[Sequence[object]]) -> None:
    """Put rows on the clipboard as spreadsheets read them: a tab between two fields."""
    QGuiApplication.clipboard().setText(delimited(rows, "\t"))


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write rows as a CSV file. Raises OSError."""
    with atomic_write(path) as file:
        file.write(delimited(rows, ",").encode())


def ask_and_save(parent: QWidget, suggested: str, kind: str, write: Callable[[Path], None]) -> None:
    """Ask where to save and do it; a person is told why it failed. `kind` is a Qt file filter, "CSV files (*.csv)"."""
    chosen, _ = QFileDialog.getSaveFileName(parent, f"Save {suggested}", suggested, kind)
    path = with_suffix(parent, chosen, Path(suggested).suffix)
    if path is None:
        return
    try:
        write(path)
    except OSError as error:
        reason = error.strerror or str(error)
        QMessageBox.warning(parent, "Not saved", f"{path.name} could not be saved: {reason}. Choose another folder.")


def with_suffix(parent: QWidget, chosen: str, suffix: str) -> Path | None:
    """The file that a person has chosen, with its suffix; None if they chose none, or keep the one in its place.

    The file dialog asks before it replaces a file, but only for the name as it was typed.
    """
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() == suffix:
        return path
    path = path.with_name(path.name + suffix)
    button = QMessageBox.StandardButton
    question = f"{path.name} already exists. Replace it?"
    if path.exists() and QMessageBox.question(parent, "Replace?", question) != button.Yes:
        return None
    return path


def _field(value: object) -> object:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"  # noqa: PLR0124
    return "" if value is None else value
