"""How a document's run begins, and whether a paused one can go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.learning.compiling import wait_until_compiled
from cfstudio.learning.live_settings import changed_settings, same_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.make_trainer import AnyTrainer
    from cfstudio.learning.run_state import RunState
    from cfstudio.learning.worker import TrainingWorker
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.model_state import ModelState


def trainer_maker(workspace: Workspace) -> Callable[[], AnyTrainer]:
    """What makes the trainer of the present document, in the worker's thread: it imports numba, perhaps torch."""
    ratings, held_out, start, config = workspace.ratings, workspace.held_out, workspace.factors, workspace.config
    unfinished, first = _fitting(workspace), workspace.state.start
    workspace.saved_run = None

    def make() -> AnyTrainer:
        wait_until_compiled(config)
        from cfstudio.learning.make_trainer import make_trainer, resumed_trainer

        if unfinished is None:
            return make_trainer(ratings, held_out, start.copy(), config)
        trainer = resumed_trainer(ratings, held_out, first, unfinished)
        trainer.change(config)
        return trainer

    return make


def _fitting(workspace: Workspace) -> RunState | None:
    """The run that was saved unfinished, while its numbers, curve and settings still are the document's."""
    unfinished = workspace.saved_run
    if unfinished is None or not same_run(unfinished.config, workspace.config):
        return None
    is_its_own = len(workspace.history) == len(unfinished.history) and workspace.factors.equals(unfinished.factors)
    return unfinished if is_its_own else None


def can_go_on(worker: TrainingWorker, rest: ModelState, state: ModelState) -> bool:
    """Whether a run that paused in state `rest` fits `state`: only settings that may change during a run differ."""
    if worker.state != "paused":
        return False
    if state is rest:
        return True
    is_same = state.factors is rest.factors and state.held_out is rest.held_out and state.history is rest.history
    try:
        changed_settings(rest.config, state.config)
    except ValueError:
        return False
    return is_same
