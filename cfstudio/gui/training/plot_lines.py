"""The levels that a run is to beat: always the mean, user and item means, what others have published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cfstudio.gui.background_task import BackgroundTask
from cfstudio.gui.training.plot_marks import Line
from cfstudio.learning.baselines import Baselines, baselines, published_for

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray
    from cfstudio.workspace.document import Workspace

REST_MS = 300
"""Pause after an edited rating before the levels are taken anew: the edit itself must be seen at once."""
AT_ONCE = 300_000
"""Ratings up to which the means are taken without a wait that anybody notices."""


class PlotLines(QObject):
    """Computes the levels once for each split, in the background where there are many ratings."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._held_out: BoolArray | None = None
        self._task: BackgroundTask[Baselines | None] | None = None
        self.known: Baselines | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._take_edits)
        workspace.opened.connect(self._forget)
        workspace.resized.connect(self._forget)
        workspace.ratings_changed.connect(self._wait_for_rest)

    def refresh(self) -> None:
        """See to it that the levels are those of the present split; tells by `changed` when they are."""
        ratings, held_out = self._workspace.ratings, self._workspace.held_out
        if self._held_out is held_out or self._rest.isActive():
            return
        self._held_out = held_out
        if self._task is not None:
            self._task.cancel()
            self._task = None

        def compute() -> Baselines | None:
            try:
                return baselines(ratings, held_out)
            except ValueError:  # nothing to take a mean of
                return None

        if len(ratings.values) <= AT_ONCE:
            self._take(compute())
        else:
            self.known = None
            self._task = BackgroundTask(compute, self._take, self._take_error, self)

    def lines(self, *, means: bool, published: bool) -> list[Line]:
        """The levels to draw; always saying the mean is always among them."""
        lines = []
        if self.known is not None:
            lines.append(Line(self.known.global_mean, "mean", "Always saying the mean of the training ratings"))
            if means:
                source = "Mean + what the user gives more than others + what the item gets more than others"
                lines.append(Line(self.known.user_and_item, "user + item means", source))
        if published:
            lines += [
                Line(one.rmse, one.model, f"Published: {one.source}")
                for one in published_for(self._workspace.ratings)[:1]
            ]
        return lines

    def _take(self, known: Baselines | None) -> None:
        self._task, self.known = None, known
        self.changed.emit()

    def _take_error(self, error: Exception) -> None:
        raise error

    def _wait_for_rest(self) -> None:
        self._rest.start()

    def _take_edits(self) -> None:
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._held_out = None
        self._rest.stop()
