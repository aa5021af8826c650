"""Choosing a file of held-out ratings: asked for by a dialog, read in the background, one undo step."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cfstudio.exchange.read_held_out import read_held_out_file
from cfstudio.gui.background_task import BackgroundTask
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.held_out_file import HeldOutFile

TITLE = "Ratings to hold out, as u1.test beside u1.base"
FILTER = "Ratings (*.csv *.tsv *.dat *.data *.test *.parquet *.gz *.zip *.xlsx *.xlsm *.cfstudio);;All files (*)"


class HeldOutFileChoice(QObject):
    """Makes a file's ratings the held-out cells of the document."""

    busy_changed = Signal(str)
    """What is being read, empty when nothing is."""
    said = Signal(str)
    """What was held out."""
    refused = Signal(str)
    """Why a file could not be taken."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace, self._parent = workspace, parent
        self._task: BackgroundTask[HeldOutFile] | None = None
        self._name = ""
        workspace.opened.connect(self.cancel)
        for changed in (workspace.resized, workspace.ratings_changed):
            changed.connect(self._give_up)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read."""
        return self._task is not None

    def choose(self) -> None:
        """Let a person choose a file; without one everything stays."""
        path, _ = QFileDialog.getOpenFileName(self._parent.window(), TITLE, "", FILTER)
        if path:
            self.read(path)

    def read(self, path: str) -> None:
        """Read a file and hold its ratings out."""
        self.cancel()
        self._name = Path(path).name
        # The table's own arrays are read in the thread; what is edited meanwhile ends the reading.
        ratings = copy(self._workspace.ratings)
        self.busy_changed.emit(f"Reading {self._name}…")
        self._task = BackgroundTask(lambda: read_held_out_file(path, ratings), self._take, self._tell_error, self)

    def cancel(self) -> None:
        """Take no notice of what is being read."""
        if self._task is not None:
            self._task.cancel()
            self._end_task()

    def _give_up(self) -> None:
        if self._task is not None:
            self.cancel()
            self.refused.emit(f"Ratings were changed while {self._name} was being read; choose it again.")

    def _take(self, file: HeldOutFile) -> None:
        self._end_task()
        try:
            self._workspace.exchange_contents(f"holding out {file.name}", file.of)
        except ValueError as error:
            self.refused.emit(str(error))
        else:
            # Last: the window forgets what was said of the document before.
            self.said.emit(f"{file.sentence} Ctrl+Z takes it back.")

    def _tell_error(self, error: Exception) -> None:
        self._end_task()
        if not isinstance(error, (DataError, OSError, ValueError)):
            raise error
        self.refused.emit(str(error))

    def _end_task(self) -> None:
        self._task = None
        self.busy_changed.emit("")
