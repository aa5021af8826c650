"""The open document as a session to save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.session import Session

if TYPE_CHECKING:
    from cfstudio.learning.run_state import RunState
    from cfstudio.workspace.document import Workspace


def session_of_document(workspace: Workspace, view: dict[str, Any], unfinished: RunState | None = None) -> Session:
    """All of the document and, in `view`, how the window shows it; the start only where the seed does not give it.

    `unfinished` is the paused run that the document's numbers are of.
    """
    state = workspace.state
    fresh = starting_factors(workspace.ratings, state.config, state.held_out)
    return Session(
        ratings=workspace.ratings,
        held_out=workspace.held_out,
        factorization=workspace.factors,
        config=workspace.config,
        history=workspace.history,
        view={**view, **workspace.shown.to_view(workspace.ratings)},
        unfinished=unfinished,
        runs=list(workspace.runs.runs),
        start=None if state.start.equals(fresh) else state.start,
    )
