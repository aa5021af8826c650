"""How much memory the numbers of documents past take: undo steps and runs share arrays, and each counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

    from cfstudio.workspace.model_state import ModelState


def n_bytes_of(states: Iterable[ModelState], besides: Iterable[ModelState] = ()) -> int:
    """Bytes of all arrays of some states, without those that belong to others `besides`."""
    sizes = {id(array): array.nbytes for state in states for array in _arrays_of(state)}
    for state in besides:
        for array in _arrays_of(state):
            sizes.pop(id(array), None)
    return sum(sizes.values())


def _arrays_of(state: ModelState) -> Iterator[np.ndarray]:
    yield state.held_out
    yield from state.start.arrays().values()
    yield from state.factors.arrays().values()
    if state.posterior is not None:
        yield from state.posterior.tensors().values()
        yield from state.posterior.mean.arrays().values()
