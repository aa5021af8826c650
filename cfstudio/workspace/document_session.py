"""The open document as a session to save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.workspace.presets import starting_factors
from cfstudio.workspace.session import Session

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.workspace.document import Workspace


def session_of_document(workspace: Workspace, view: dict[str, Any]) -> Session:
    """All of the document and, in `view`, how the window shows it; the start only where the seed does not give it."""
    state = workspace.state
    fresh = starting_factors(workspace.ratings, state.config, state.held_out)
    return Session(
        ratings=workspace.ratings,
        held_out=workspace.held_out,
        factorization=workspace.factors,
        config=workspace.config,
        history=workspace.history,
        view={**view, **workspace.shown.to_view(workspace.ratings)},
        start=None if _same(state.start, fresh) else state.start,
    )


def _same(one: Factorization, other: Factorization) -> bool:
    names = ("user_factors", "item_factors", "user_bias", "item_bias")
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return all(a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs)
