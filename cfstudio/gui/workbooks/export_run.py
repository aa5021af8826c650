"""One export of a workbook: the copy of the document that it writes, and what the two threads tell each other."""

from __future__ import annotations

import copy
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cfstudio.exchange.part import DocumentPart
    from cfstudio.ratings.table import IntArray
    from cfstudio.solver.problem import Problem
    from cfstudio.workspace.document import Workspace


class ExportRun:
    """`write` is called in a thread of its own, all else on the GUI thread."""

    def __init__(
        self, workspace: Workspace, users: IntArray, items: IntArray, path: Path, solver: Problem | None = None
    ) -> None:
        self.path = path
        self.progress = (0, 1)
        """Rows written and rows in all; replaced as a whole by the writing thread."""
        self._document = _copied(workspace)
        self._solver = solver
        self._users, self._items = users.copy(), items.copy()
        self._is_cancelled = threading.Event()
        self._has_ended = threading.Event()

    def write(self) -> str | None:
        """Write the file; a sentence about it, None after `cancel`. Raises DataError with a sentence."""
        from cfstudio.exchange.part import ExportCancelled
        from cfstudio.exchange.workbook import export_workbook

        try:
            return export_workbook(
                self._document,
                self.path,
                users=self._users,
                items=self._items,
                progress=self._note,
                is_cancelled=self._is_cancelled.is_set,
                solver=self._solver,
            )
        except ExportCancelled:
            return None
        finally:
            self._has_ended.set()

    def cancel(self) -> None:
        """Ask it to end; no file will be written."""
        self._is_cancelled.set()

    def wait(self, seconds: float) -> None:
        """Wait for the thread to end, so that no unfinished file stays behind."""
        self._has_ended.wait(seconds)

    def _note(self, done: int, total: int) -> None:
        self.progress = (done, total)


def _copied(workspace: Workspace) -> DocumentPart:
    """The document's numbers in arrays of their own, so that edits meanwhile do no harm."""
    from cfstudio.exchange.part import DocumentPart

    # New ratings are appended to arrays that replace the old ones; only values are written in place.
    ratings = copy.copy(workspace.ratings)
    ratings.values = workspace.ratings.values.copy()
    return DocumentPart(ratings, workspace.held_out.copy(), workspace.factors.copy())
