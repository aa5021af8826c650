"""Says that an edit has paused or ended a training run: nothing stops silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import State, TrainingControl

ON: tuple[State, ...] = ("starting", "running", "paused")


class RunNotice(QObject):
    """Looks, after each edit, whether the run that was on before it still is."""

    said = Signal(str)

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace, self._control = workspace, control
        self._before: State = control.state
        """The run's state when the program was last at rest."""
        self._could_go_on = False
        self._has_edits = False
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._look)
        workspace.edits.changed.connect(self._note_edit)
        workspace.opened.connect(self._forget)
        control.state_changed.connect(self._note_state)

    def _note_edit(self) -> None:
        self._has_edits = True
        self._timer.start()

    def _note_state(self) -> None:
        self._timer.start()

    def _forget(self) -> None:
        """Whoever opens another document knows that the run was of the one before."""
        self._before, self._could_go_on, self._has_edits = "idle", False, False

    def _look(self) -> None:
        control, edits = self._control, self._workspace.edits
        before, could_go_on = self._before, self._could_go_on
        self._before, self._could_go_on = control.state, control.can_go_on
        has_edits, self._has_edits = self._has_edits, False
        is_of_run = edits.top is not None and edits.top is control.run_edit
        if not has_edits or is_of_run or before not in ON or control.is_active or control.state == "finished":
            return
        what = f"undid {edits.next_redo.label}" if edits.next_redo is not None else edits.top and edits.top.label
        if control.can_go_on:
            if before != "paused":
                self.said.emit(f"Training paused: {what}; Space goes on from these numbers.")
        elif before != "paused" or could_go_on:
            self.said.emit(f"Training stopped: {what}; Space starts a new run from here, Ctrl+Z takes it back.")
