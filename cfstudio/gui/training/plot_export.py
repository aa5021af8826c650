"""What can be taken along from the plot: its numbers, and its picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.training.measured import Measured
from cfstudio.gui.training.plot_picture import write_png, write_svg
from cfstudio.learning.history import ALL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cfstudio.gui.training.rmse_canvas import RmseCanvas
    from cfstudio.workspace.document import Workspace


class PlotExport(QMenu):
    """The menu that copies and saves; `prepare` takes the cursor away before a picture is taken."""

    def __init__(self, workspace: Workspace, canvas: RmseCanvas, prepare: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._canvas, self._prepare = workspace, canvas, prepare
        self.addAction("Copy the numbers", self.copy_data)
        self.addAction("Save the numbers as CSV…", self.save_csv)
        self.addSeparator()
        picture = "Save the picture as {}…"
        self.addAction(picture.format("PNG"), partial(self._save, "rmse.png", "PNG pictures (*.png)", self.write_png))
        self.addAction(picture.format("SVG"), partial(self._save, "rmse.svg", "SVG drawings (*.svg)", self.write_svg))

    def rows(self) -> list[list[object]]:
        """The whole history as a table, its header first."""
        rows: list[list[object]] = [list(ALL_COLUMNS)]
        rows.extend(list(row) for row in Measured.of(self._workspace.history).rows())
        return rows

    def copy_data(self) -> None:
        """Put the whole history on the clipboard as TSV."""
        copy_rows(self.rows())

    def save_csv(self) -> None:
        """Ask for a file and save the whole history."""
        self._save("rmse.csv", "CSV files (*.csv)", lambda path: write_csv(path, self.rows()))

    def write_png(self, path: Path) -> None:
        """Save the plot as a PNG picture, without the cursor. Raises OSError."""
        self._prepare()
        write_png(self._canvas, path)

    def write_svg(self, path: Path) -> None:
        """Save the plot as an SVG drawing, without the cursor. Raises OSError."""
        self._prepare()
        write_svg(self._canvas, path, f"RMSE, {self._workspace.ratings.name}")

    def _save(self, suggested: str, kind: str, write: Callable[[Path], None]) -> None:
        parent = self.parentWidget()
        assert parent is not None
        ask_and_save(parent, f"{self._workspace.ratings.name}-{suggested}", kind, write)
