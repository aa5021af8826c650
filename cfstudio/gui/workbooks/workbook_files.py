"""Workbooks out and in, as the window does it: dialogs, the export's thread, and what is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import with_suffix
from cfstudio.gui.workbooks.export_run import ExportRun
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.document_files import DocumentFiles
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.workbooks.export_dialog import ExportDialog
    from cfstudio.ratings.table import IntArray
    from cfstudio.solver.problem import Problem
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

SUFFIX = ".xlsx"
EXPORT_FILTER = "Excel workbook (*.xlsx)"
IMPORT_FILTER = "Excel workbooks (*.xlsx *.xlsm);;All files (*)"

POLL_MS = 50
"""Between two looks at how far the export is."""
END_SECONDS = 2.0
"""Longest wait for a cancelled export when the window closes; it looks every few milliseconds."""


class WorkbookFiles(QObject):
    """Exports in the background, one workbook at a time; imports through `DocumentFiles`, which reads and asks."""

    said = Signal(str)
    """Something the user should know, for the status bar."""
    busy_changed = Signal(str)
    """What is being exported, empty when nothing is."""
    progressed = Signal(int, int)
    """Rows written and rows in all."""

    def __init__(
        self, workspace: Workspace, control: TrainingControl, axes: SheetAxes, files: DocumentFiles, window: QWidget
    ) -> None:
        super().__init__(window)
        self._workspace, self._control, self._axes = workspace, control, axes
        self._files, self._window = files, window
        self.solver: Callable[[], Problem | None] = lambda: None
        """What the Solver is asked of the document, None where nobody has asked for anything."""
        self._run: ExportRun | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tell_progress)

    @property
    def is_busy(self) -> bool:
        """Whether a workbook is being exported."""
        return self._run is not None

    def ask_import(self) -> None:
        """Let the user choose a workbook."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Import a workbook", "", IMPORT_FILTER)
        if path:
            self.import_file(path)

    def import_file(self, path: str) -> None:
        """Read a workbook, show what was understood, and make it the document if a person agrees."""
        self._files.open_chosen(path)

    def ask_export(self) -> None:
        """Show what a workbook will hold, then ask for its name and write it."""
        if self._run is not None:
            self.said.emit(f"{self._run.path.name} is still being exported; wait for it or cancel it.")
            return
        from cfstudio.gui.workbooks.export_dialog import ExportDialog

        workspace, axes = self._workspace, self._axes
        dialog = ExportDialog(workspace.ratings, workspace.factors, axes.users, axes.items, self._window)
        dialog.accepted.connect(lambda: self._ask_name(dialog))
        dialog.open()

    def _ask_name(self, dialog: ExportDialog) -> None:
        users, items = dialog.crosstab()
        folder = self._files.session_path.parent if self._files.session_path is not None else Path()
        # A data set may be called anything; what would be a folder in a path is none.
        name = self._workspace.ratings.name.replace("/", "-").replace("\\", "-")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Export workbook", str(folder / f"{name}{SUFFIX}"), EXPORT_FILTER
        )
        path = with_suffix(self._window, chosen, SUFFIX)
        if path is not None:
            self.export_to(path, users, items)

    def export_to(self, path: Path, users: IntArray, items: IntArray) -> None:
        """Write a workbook whose crosstab shows `users` × `items` (codes); a run in progress is paused first."""
        self._control.pause()
        self._workspace.about_to_change.emit()
        run = self._run = ExportRun(self._workspace, users, items, path, self.solver())
        BackgroundTask(run.write, self._tell_end, self._tell_error, self)
        self.busy_changed.emit(f"Exporting {path.name}…")
        self._timer.start(POLL_MS)

    def cancel(self) -> None:
        """Stop the export; no file is written, and the one in its place stays."""
        if self._run is not None:
            self._run.cancel()
            self.busy_changed.emit(f"Stopping the export of {self._run.path.name}…")

    def close(self) -> None:
        """Stop the export and wait for its thread: the window is closing."""
        if self._run is not None:
            self._run.cancel()
            self._run.wait(END_SECONDS)

    def _tell_progress(self) -> None:
        if self._run is not None:
            self.progressed.emit(*self._run.progress)

    def _tell_end(self, summary: str | None) -> None:
        name = self._end()
        self.said.emit(
            f"The export of {name} was stopped; nothing was written."
            if summary is None
            else f"{summary} Saved to {name}."
        )

    def _tell_error(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, (DataError, OSError)):
            raise error
        self._files.tell_failure(str(error))

    def _end(self) -> str:
        """Back to rest; the name of the file."""
        assert self._run is not None
        self._tell_progress()
        name, self._run = self._run.path.name, None
        self._timer.stop()
        self.busy_changed.emit("")
        return name
