"""Looking back through a run: the document shows its numbers as they were, until somebody wants the present ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from psygnal import Signal

if TYPE_CHECKING:
    from cfstudio.learning.timeline import Frame, Timeline
    from cfstudio.models.factorization import Factorization
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import ModelState
    from cfstudio.workspace.training_control import TrainingControl


class TimelineView:
    """Puts a frame of the run's timeline in the place of the document's numbers; no edit, nothing is lost.

    Any edit, run or save brings the present numbers back first; `restore` makes the shown ones the document's, in one
    undo step.
    """

    changed = Signal()
    """Another moment is shown."""

    def __init__(self, workspace: Workspace, control: TrainingControl) -> None:
        self._workspace, self._control = workspace, control
        self._present: ModelState | None = None
        self.shown: Frame | None = None
        """The moment that is shown, None for the present."""
        workspace.opened.connect(self._forget)
        workspace.resized.connect(self._forget)
        workspace.about_to_change.connect(self.back)
        control.about_to_run.connect(self.back)

    @property
    def timeline(self) -> Timeline | None:
        """The timeline of the present or last run."""
        worker = self._control.worker
        return None if worker is None else worker.timeline

    @property
    def frames(self) -> tuple[Frame, ...]:
        """What can be shown: frames of the run whose curve the document has, while their shape is still its own."""
        worker, timeline = self._control.worker, self.timeline
        if worker is None or timeline is None or worker.history is not self._workspace.history:
            return ()
        frames = timeline.frames
        return frames if frames and _is_alike(frames[0].factors, self._workspace.factors) else ()

    @property
    def most_bytes(self) -> int:
        """Memory that the frames may take."""
        return self._control.timeline_bytes

    def show(self, frame: Frame) -> None:
        """Show the numbers of a moment; a run that is on pauses."""
        self._control.pause()
        if not _is_alike(frame.factors, self._workspace.factors):
            return
        if self._present is None:
            self._present = self._workspace.state
        self.shown = frame
        self._workspace.state = replace(self._present, factors=frame.factors)
        self._workspace.factors_overwritten()
        self.changed.emit()

    def back(self) -> None:
        """Show the present numbers again."""
        if self._present is None:
            return
        self._workspace.state = self._present
        self._present, self.shown = None, None
        self._workspace.factors_overwritten()
        self.changed.emit()

    def restore(self) -> None:
        """Make the shown numbers the document's; Undo brings the present ones back."""
        frame = self.shown
        if frame is None:
            return
        self.back()
        workspace = self._workspace
        state = replace(workspace.state, factors=frame.factors.copy())
        workspace.exchange_state(f"going back to step {frame.step:,}", state)

    def limit(self, most_bytes: int) -> None:
        """Keep the frames of this and the next runs within so much memory."""
        self._control.timeline_bytes = most_bytes
        if self.timeline is not None:
            self.timeline.limit(most_bytes)
        self.changed.emit()

    def _forget(self) -> None:
        self._present, self.shown = None, None
        self.changed.emit()


def _is_alike(one: Factorization, other: Factorization) -> bool:
    mine, theirs = ({name: array.shape for name, array in each.arrays().items()} for each in (one, other))
    return mine == theirs and (one.rating_range, one.global_mean) == (other.rating_range, other.global_mean)
