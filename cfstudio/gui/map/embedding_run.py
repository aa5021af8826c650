"""A t-SNE or UMAP on its way, seen from the window: places as they come, progress, cancel."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cfstudio.gui.collection import hold_collection, release_collection

if TYPE_CHECKING:
    from cfstudio.explore.embedding import EmbeddingSettings
    from cfstudio.explore.embedding_process import EmbeddingProcess, Frame
    from cfstudio.models.factorization import Floats
    from cfstudio.ratings.table import IntArray

POLL_MS = 50


class EmbeddingRun(QObject):
    """At most one process at a time."""

    moved = Signal(object)
    """A `Frame` with new places."""
    ended = Signal(str)
    """What went wrong in one sentence, nothing if nothing did."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: EmbeddingProcess | None = None
        self.codes: IntArray | None = None
        self.settings: EmbeddingSettings | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        # The panel may be gone while its process still works.
        parent.destroyed.connect(lambda _object=None, run=self.__dict__: _end(run))

    @property
    def is_running(self) -> bool:
        """Whether places are still to come."""
        return self._process is not None

    @property
    def n_iterations(self) -> int:
        """How many it does, 0 where nobody knows."""
        settings = self.settings
        return settings.iterations if settings is not None and settings.method == "tsne" else 0

    def start(self, rows: Floats, codes: IntArray, settings: EmbeddingSettings) -> None:
        """Begin a map of some rows, whose codes are kept for whoever shows it."""
        from cfstudio.explore.embedding_process import EmbeddingProcess

        self.cancel()
        self.codes, self.settings = codes, settings
        hold_collection()
        self._process = EmbeddingProcess(rows, settings)
        self._timer.start()

    def cancel(self) -> None:
        """End it; what has arrived stays shown."""
        self._timer.stop()
        _end(self.__dict__)

    def _poll(self) -> None:
        process = self._process
        if process is None:
            return
        is_running = process.is_running
        frame: Frame | None = process.take()
        # Automatic collection is off while its threads live.
        gc.collect(0)
        if frame is not None:
            self.moved.emit(frame)
        if not is_running and self._process is process:
            self.cancel()
            self.ended.emit(process.error or "")


def _end(run: dict[str, object]) -> None:
    process = run.get("_process")
    if process is not None:
        run["_process"] = None
        process.cancel()  # type: ignore[attr-defined]
        release_collection()
