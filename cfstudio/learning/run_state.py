"""All that a run needs to go on later, or from an earlier step, as if it had never been interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    memory: dict[str, NDArray[Any]]
    """What the optimizer remembers, by `user_factors.momentum` and so on; of a sampler its present sample, where its
    random numbers are, and the sums over its samples."""
    history: History
    batch_error: float = 0.0
    """Sum of the squared errors of the batches since the last measurement."""
    batch_cells: int = 0
    """Cells in those batches."""
    best: Factorization | None = None
    """The numbers of the best held-out RMSE at an epoch's end, where they are kept."""

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays, about."""
        best = 0 if self.best is None else self.best.n_bytes
        return self.factors.n_bytes + best + sum(array.nbytes for array in self.memory.values())
