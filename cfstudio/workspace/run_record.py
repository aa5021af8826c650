"""What a run is within its document: an undo step, a row in the list of runs, the state it came to rest with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cfstudio.learning.snapshot import Snapshot
from cfstudio.workspace.going_on import can_go_on

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.posterior import Posterior
    from cfstudio.learning.run_state import RunState
    from cfstudio.learning.worker import TrainingWorker
    from cfstudio.models.factorization import Factorization
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.document_edits import StateEdit
    from cfstudio.workspace.edits import Edit
    from cfstudio.workspace.model_state import ModelState


class RunRecord:
    """Written by the training control as the run begins, moves and rests."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before: ModelState | None = None
        self._rest_state: ModelState | None = None
        self._edit: StateEdit | None = None
        self._number: int | None = None
        self._ratings_edited = False
        self._settings: TrainingConfig | None = None
        self._saved_run: RunState | None = None
        workspace.ratings_changed.connect(self._note_edited_ratings)

    @property
    def is_undo_step(self) -> bool:
        """Whether the run has become an undo step."""
        return self._edit is not None

    @property
    def edit(self) -> Edit | None:
        """The undo step that the run has become."""
        return self._edit

    def begin(self) -> None:
        """Another run begins from the document's numbers."""
        self._begin_undo_step()
        self._ratings_edited, self._number = False, None
        self._saved_run = self._workspace.saved_run

    def _begin_undo_step(self) -> None:
        """Keep the present state for undo and go on with a copy that the run may write into."""
        workspace = self._workspace
        self._before, self._edit = workspace.state, None
        workspace.state = replace(workspace.state, factors=workspace.factors.copy())

    def can_go_on(self, worker: TrainingWorker) -> bool:
        """Whether a paused run's data and settings still are the document's."""
        rest = self._rest_state
        return rest is not None and not self._ratings_edited and can_go_on(worker, rest, self._workspace.state)

    def go_on(self, worker: TrainingWorker) -> bool:
        """Prepare a paused run to go on; returns whether it can: its data and settings still are the document's.

        Raises ValueError with a sentence when the document's numbers are none that a run can go on from.
        """
        workspace, rest = self._workspace, self._rest_state
        if rest is None or not self.can_go_on(worker):
            return False
        if workspace.config != rest.config:
            worker.change(workspace.config)
        if workspace.edits.has_changed_numbers_since(self._edit):
            # Factors or settings were edited meanwhile: the run goes on, as an undo step of its own.
            worker.replace_factors(workspace.factors)
            self._begin_undo_step()
        elif self._edit is None:
            # It was put back without a step; what was before must not be written into.
            self._begin_undo_step()
        return True

    def owns_numbers(self) -> bool:
        """Whether the document's numbers are those that the run came to rest with."""
        is_edited = self._ratings_edited or self._workspace.edits.has_changed_numbers_since(self._edit)
        return self._workspace.state is self._rest_state and not is_edited

    def rest(self) -> None:
        """The present state is the one that the run has come to rest with."""
        self._rest_state = self._workspace.state

    def put_back(self) -> None:
        """Put back what was before a run that has not become an undo step."""
        workspace = self._workspace
        if self._before is not None and self._edit is None:
            self._settings = workspace.config
            workspace.put_state(self._before)
            workspace.saved_run = self._saved_run

    def keep_settings(self) -> None:
        """Make an edit of what somebody changed of the settings of a run that was put back."""
        settings, self._settings = self._settings, None
        if settings is not None and settings != self._workspace.config:
            self._workspace.configure(settings)

    def forget(self) -> None:
        """The run is over, or its document."""
        self._before, self._edit = None, None

    def keep(self, worker: TrainingWorker, trained: Factorization, posterior: Posterior | None) -> None:
        """Take over what a resting worker has learned; the run becomes an undo step, or stays the one it is."""
        workspace = self._workspace
        self.adopt_history(worker)
        Snapshot.of(trained).write_into(workspace.factors)
        workspace.state = replace(workspace.state, posterior=posterior)
        if self._edit is None and self._before is not None:
            self._edit = workspace.record_run("training run", self._before)
        else:
            if self._edit is not None:
                self._edit.after = workspace.state
            workspace.edits.touch()
        workspace.factors_overwritten()
        if self._number is not None:
            workspace.runs.keep(self._number, workspace.state, workspace.ratings)

    def adopt_history(self, worker: TrainingWorker) -> None:
        """Make the run's curve the document's; with its first step the run gets its row in the list."""
        workspace = self._workspace
        if worker.history is None:
            return
        if workspace.history is not worker.history:
            workspace.state = replace(workspace.state, history=worker.history)
        if self._number is None and worker.steps_done:
            self._number = workspace.runs.begin(workspace.config, worker.history)

    def _note_edited_ratings(self) -> None:
        self._ratings_edited = True
        self._workspace.saved_run = self._saved_run = None
