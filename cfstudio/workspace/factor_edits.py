"""Edits of all factors at once: turned to principal components, or one of them dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.explore.principal import principal_rotation, rotated
from cfstudio.workspace.edits import Refusal

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray
    from cfstudio.workspace.document import Workspace


def rotate_to_components(workspace: Workspace, chosen: BoolArray | None = None) -> None:
    """Make the principal components of the chosen items (n_items,) bool the factors; no prediction changes.

    Raises Refusal with a sentence where there are no components.
    """
    workspace.about_to_change.emit()
    factors = _turned(workspace, chosen)
    workspace.exchange_state("rotation to components", replace(workspace.state, factors=factors))


def drop_factor(workspace: Workspace, number: int, chosen: BoolArray | None = None, *, of_components: bool) -> None:
    """Take factor `number` (from 0) out of the model, after a rotation if a principal component is meant.

    Raises Refusal with a sentence for the only factor.
    """
    workspace.about_to_change.emit()
    if workspace.factors.n_factors < 2:
        raise Refusal("This is the only factor; a model without factors knows biases at most, so it stays.")
    factors = _turned(workspace, chosen) if of_components else workspace.factors
    config = replace(workspace.config, n_factors=workspace.factors.n_factors - 1)
    state = replace(
        workspace.state,
        config=config,
        factors=_without(factors, number),
        start=_without(workspace.state.start, number),
    )
    workspace.exchange_state(f"dropping {'component' if of_components else 'factor'} {number + 1}", state)


def _turned(workspace: Workspace, chosen: BoolArray | None) -> Factorization:
    try:
        return rotated(workspace.factors, principal_rotation(workspace.factors.item_factors, chosen))
    except ValueError as error:
        raise Refusal(str(error)) from error


def _without(factors: Factorization, column: int) -> Factorization:
    def cut(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.ascontiguousarray(np.delete(matrix, column, axis=1))

    own = factors.copy()
    return replace(own, user_factors=cut(own.user_factors), item_factors=cut(own.item_factors))
