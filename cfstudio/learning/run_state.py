"""All that a run needs to go on later, or from an earlier step, as if it had never been interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.history import History
    from cfstudio.models.factorization import Factorization


@dataclass(frozen=True)
class RunState:
    """A run between two steps. The order of the cells is not in it: seed and step give it."""

    step: int
    seconds: float
    """Of training, without pauses and evaluations."""
    config: TrainingConfig
    """The settings in force, live changes included."""
    factors: Factorization
    memory: dict[str, NDArray[np.float32]]
    """What the optimizer remembers, by `user_factors.momentum` and so on."""
    history: History
    batch_error: float
    """Sum of the squared errors of the batches since the last measurement."""
    batch_cells: int
    """Cells in those batches."""
    best: Factorization | None = None
    """The numbers of the best held-out RMSE at an epoch's end, where they are kept."""
