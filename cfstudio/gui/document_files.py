"""Opening and saving the document: dialogs, dropped files, and what is said when it fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cfstudio.exchange.workbook_name import is_workbook
from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.exports import with_suffix
from cfstudio.gui.freed_memory import return_freed_memory
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import Ratings
from cfstudio.workspace.session_name import SUFFIX, is_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.edits import Edit
    from cfstudio.workspace.session import Session
    from cfstudio.workspace.training_control import TrainingControl

OPEN_FILTER = (
    "Ratings, sessions, workbooks "
    "(*.cfstudio *.zip *.csv *.tsv *.dat *.data *.base *.train *.test *.parquet *.gz *.xlsx *.xlsm);;"
    "All files (*)"
)
SESSION_FILTER = "CF Studio session (*.cfstudio)"


class DocumentFiles(QObject):
    """Reads and writes the workspace's document; reading happens in the background and loses nothing when it fails."""

    busy_changed = Signal(str)
    """What is being read, empty when nothing is."""
    said = Signal(str)
    """Something the user should know, for the status bar."""
    path_changed = Signal()
    session_opened = Signal(object)
    """A session is the document now; the `dict` says how a window showed it."""
    workbook_opened = Signal(object)
    """A workbook is the document now; the `FoundCrosstab` is what was understood of it."""

    def __init__(self, workspace: Workspace, control: TrainingControl, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._control, self._window = workspace, control, window
        self._task: BackgroundTask[Ratings | Session | FoundCrosstab] | None = None
        self.session_path: Path | None = None
        self._top_at_start: Edit | None = None
        self.view: Callable[[], dict[str, Any]] = dict
        """How the window shows the document, for the session."""
        self.tell_failure: Callable[[str], None] = self._show_failure
        """How a person learns, in one sentence, what could not be opened or saved: by a dialog."""
        self.review: Callable[[FoundCrosstab, Callable[[FoundCrosstab], None]], None] = self._show_import
        """How a person looks at what was understood of a workbook, mends it and opens it: by a dialog.

        Where nobody can answer, `lambda found, open_it: open_it(found)` opens it as it was understood.
        """

    @property
    def is_busy(self) -> bool:
        """Whether something is being read."""
        return self._task is not None

    def open(self, source: str) -> None:
        """Open a known data set, a ratings file, a session or a workbook, by name or path."""
        self.cancel()
        self._top_at_start = self._workspace.edits.top
        self.busy_changed.emit(f"Reading {Path(source).name}…")
        self._task = BackgroundTask(
            lambda: _read(source), lambda result: self._show(source, result), self._tell_error, self
        )

    def cancel(self) -> None:
        """Take no notice of what is being read."""
        if self._task is not None:
            self._task.cancel()
            self._end_task()

    def ask_open(self) -> None:
        """Let the user choose a file."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open ratings or a session", "", OPEN_FILTER)
        if path:
            self.open_chosen(path)

    def open_chosen(self, path: str) -> None:
        """Open a file that a person has chosen; they are asked before unsaved changes would be lost."""
        # A workbook is looked at first, and what is open stays if it is not what was meant.
        if is_workbook(path) or self.may_discard():
            self.open(path)

    def save(self) -> bool:
        """Save to the session's file, asking for one the first time; returns whether it was saved."""
        if self.session_path is None:
            return self.ask_save_as()
        return self.save_to(self.session_path)

    def ask_save_as(self) -> bool:
        """Let the user choose where to save."""
        suggestion = self.session_path or Path(self._workspace.ratings.name).with_suffix(SUFFIX)
        path, _ = QFileDialog.getSaveFileName(self._window, "Save the session", str(suggestion), SESSION_FILTER)
        chosen = with_suffix(self._window, path, SUFFIX)
        return chosen is not None and self.save_to(chosen)

    def save_to(self, path: Path) -> bool:
        """Write the session; a run in progress is paused first, so that all of its numbers are there.

        One that has not begun yet begins afterwards.
        """
        from cfstudio.workspace.document_session import session_of_document
        from cfstudio.workspace.session import save_session

        self._control.make_way()
        workspace = self._workspace
        # What the Solver still shows becomes part of the document, or is not in it.
        workspace.about_to_change.emit()
        session = session_of_document(workspace, self.view(), self._control.unfinished())
        try:
            save_session(session, path)
        except (DataError, OSError) as error:
            self._tell_error(error)
            return False
        self.session_path = path
        workspace.edits.mark_saved()
        self.path_changed.emit()
        self.said.emit(f"Saved {path.name}.")
        return True

    def may_discard(self) -> bool:
        """Ask before unsaved changes would be lost; returns whether to go on."""
        if not self._workspace.edits.is_modified:
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            "Unsaved changes",
            f"Save the changes to {self._workspace.ratings.name} first?",
            button.Save | button.Discard | button.Cancel,
        )
        return self.save() if answer == button.Save else answer == button.Discard

    def accepts(self, event: QDragEnterEvent) -> None:
        """Take a dragged file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Open the first dropped file."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_chosen(paths[0])

    def _show(self, source: str, opened: Ratings | Session | FoundCrosstab) -> None:
        self._end_task()
        if is_workbook(source) and not isinstance(opened, Ratings):
            self.review(cast("FoundCrosstab", opened), self._open_found)
            return
        is_unasked = is_workbook(source) or self._workspace.edits.top is not self._top_at_start
        if is_unasked and not self.may_discard():
            # Something was edited while this was being read.
            return
        if isinstance(opened, Ratings):
            self._workspace.open_ratings(opened)
            self.session_path = None
        else:
            session = cast("Session", opened)
            self._workspace.open_session(session)
            self.session_path = Path(source)
            self.session_opened.emit(session.view)
        self.path_changed.emit()
        if isinstance(opened, Ratings) and opened.notes:
            # Last: the window forgets what was said of the document before.
            self.said.emit(" ".join(opened.notes))
        return_freed_memory()

    def _show_import(self, found: FoundCrosstab, open_it: Callable[[FoundCrosstab], None]) -> None:
        from cfstudio.gui.workbooks.import_dialog import ImportDialog

        dialog = ImportDialog(found, self._window)
        dialog.chosen.connect(open_it)
        dialog.open()

    def _open_found(self, found: FoundCrosstab) -> None:
        """Make a workbook the document, unless unsaved changes are to be kept."""
        from cfstudio.exchange.workbook_session import session_of

        if not self.may_discard():
            return
        try:
            session = session_of(found)
        except DataError as error:
            self.tell_failure(str(error))
            return
        self._workspace.open_session(session)
        self.session_path = None
        self.path_changed.emit()
        self.said.emit(f"Opened {found.ranges['ratings']} on page {found.page} of {found.name}.")
        self.workbook_opened.emit(found)
        return_freed_memory()

    def _tell_error(self, error: Exception) -> None:
        self._end_task()
        if not isinstance(error, (DataError, OSError)):
            raise error
        self.tell_failure(str(error))

    def _show_failure(self, sentence: str) -> None:
        QMessageBox.warning(self._window, "CF Studio", sentence)

    def _end_task(self) -> None:
        self._task = None
        self.busy_changed.emit("")


def _read(source: str) -> Ratings | Session | FoundCrosstab:
    if is_session(source) or is_workbook(source):
        # Their libraries take time and memory that a window on plain ratings does not need.
        from cfstudio.exchange.open_any import open_document

        return open_document(source)
    return open_ratings(source)
