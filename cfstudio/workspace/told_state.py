"""What people are told of the last run, which need not be the run of what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import State, TrainingControl


def told_state(workspace: Workspace, control: TrainingControl) -> State:
    """State of the present or last run as far as it is that of the document's numbers.

    "idle" where the document's curve is not the run's, as after another model was chosen; "stopped" where the run
    paused but cannot go on, as after a rating was edited.
    """
    worker, state = control.worker, control.state
    if worker is None or worker.history is None or control.is_active or control.can_go_on:
        return state
    if worker.history is not workspace.history:
        return "idle"
    return "stopped" if state == "paused" else state
