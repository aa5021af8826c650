"""The numbers that differ from step to step, on the device: a captured step reads its own row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from cfstudio.learning.device_uploads import put
from cfstudio.learning.engine import bias_decay, is_l2

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig

PLANNED_STEPS = 64
"""Steps whose numbers are uploaded at once: long beside an upload, short beside a person's patience."""


class StepNumbers(NamedTuple):
    """What one step needs besides its cells: (1,) float32 tensors on the device."""

    rate: Tensor
    """Learning rate; for Adam times √(1 − β₂ᵗ) / (1 − β₁ᵗ)."""
    momentum: Tensor
    epsilon: Tensor
    """For Adam times √(1 − β₂ᵗ), so that both means need no correction of their own."""
    decay: Tensor
    """Of factors: learning rate × decay where it is decoupled, decay where it is L2."""
    bias_decay: Tensor
    clip: Tensor
    scale: Tensor
    """2 / cells of the batch."""
    size: Tensor
    """Cells of the batch; exact, for a batch has at most a million."""


class StepPlan:
    """A table (`PLANNED_STEPS`, 8) float32 and where in it, and in the cells, the next step is.

    A row is uploaded before its step, never while an earlier one waits for it: uploads and steps are in one stream.
    """

    def __init__(self, device: torch.device) -> None:
        self._table = torch.zeros((PLANNED_STEPS, len(StepNumbers._fields)), dtype=torch.float32, device=device)
        self._row = torch.zeros(1, dtype=torch.int64, device=device)
        self.begin = torch.zeros(1, dtype=torch.int64, device=device)
        """(1,) place of the step's first cell in their order."""

    def upload(self, rows: NDArray[np.float32], begin: int) -> None:
        """Plan the next steps, at most `PLANNED_STEPS`, which begin with the cell at place `begin`."""
        put(self._table[: len(rows)], rows)
        self._row.zero_()
        self.begin.fill_(begin)

    def numbers(self) -> StepNumbers:
        """Those of the present step."""
        row = self._table.index_select(0, self._row)
        return StepNumbers(*row.unbind(dim=1))

    def go_on(self, n_cells: int) -> None:
        """Point to the next step, so many places further; a part of the step itself."""
        self._row.add_(1)
        self.begin.add_(n_cells)


def planned(
    config: TrainingConfig,
    rates: NDArray[np.float32],
    momenta: NDArray[np.float32],
    sizes: NDArray[np.int64],
    steps_before: int,
) -> NDArray[np.float32]:
    """Rows (n, 8) of steps with these learning rates, momenta and cells; `steps_before` counts the whole run's."""
    rate, momentum = rates.astype(np.float64), momenta.astype(np.float64)
    step = np.arange(steps_before + 1, steps_before + 1 + len(rates), dtype=np.float64)
    root = np.ones(len(rates))
    moved = rate
    if config.optimizer in ("adam", "adamw"):
        root = np.sqrt(1.0 - config.beta2**step)
        moved = rate * root / (1.0 - momentum**step)
    beside = np.ones(len(rates)) if is_l2(config) else rate
    columns = StepNumbers._fields
    numbers = {
        "rate": moved,
        "momentum": momentum,
        "epsilon": config.epsilon * root,
        "decay": config.weight_decay * beside,
        "bias_decay": bias_decay(config) * beside,
        "clip": np.full(len(rates), config.clip),
        "scale": 2.0 / sizes,
        "size": sizes,
    }
    return np.column_stack([numbers[name] for name in columns]).astype(np.float32)
