"""One step of the dot product, with or without biases, as some eighty operations on tensors of fixed shapes.

The gradient is that of `kernels`, in closed form. Nothing in a step waits for the host or depends on a number that the
host would have to read, so that a graph may replay it: what differs from step to step is in `DeviceStep.plan`, the
batch is a slice of the cells' order, and how often a row occurs in it changes no shape (see `device_rows`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cfstudio.learning.device_plan import StepPlan
from cfstudio.learning.device_rows import DeviceRows, moved_rows
from cfstudio.learning.engine import REMEMBERED

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.device_cells import DeviceCells
    from cfstudio.learning.device_plan import StepNumbers
    from cfstudio.learning.device_rules import Rule
    from cfstudio.models.factorization import Factorization

SQUARED_ERROR, CELLS, STEPS = range(3)


class DeviceStep:
    """The numbers of a model on a device, and the operations that move them.

    `progress` (3,) float64, float32 where the device has no other: sum of the squared errors of all batches since it
    was zeroed, each from before its step, in squared rating points; their cells; steps up to which the sum is finite.
    """

    def __init__(self, factors: Factorization, config: TrainingConfig, batch_size: int, device: torch.device) -> None:
        self._k, self._has_bias = factors.n_factors, factors.has_bias
        low, high = factors.rating_range or (0.0, 0.0)
        self._low, self._span, self._mean = low, high - low, factors.global_mean
        self._batch_size = batch_size
        n_columns = self._k + (2 if self._has_bias else 0)
        n_blocks = 1 + len(REMEMBERED[config.optimizer])
        sizes = (len(factors.user_factors), len(factors.item_factors))
        self.users, self.items = (DeviceRows(n_rows, n_columns, n_blocks, device) for n_rows in sizes)
        self._user_side, self._item_side = (
            moved_rows(rows, batch_size, moves_untouched=config.moves_untouched) for rows in (self.users, self.items)
        )
        self.plan = StepPlan(device)
        self.progress = torch.zeros(3, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)
        self._places = torch.arange(batch_size, device=device)
        self._factor_columns = self._columns(range(self._k), device)
        self._bias_columns = {place: self._columns([place], device) for place in self._constants}

    @property
    def user_bias_column(self) -> int:
        """Where a user's bias stands in a user's row, and a constant 1 in an item's."""
        return self._k

    @property
    def item_bias_column(self) -> int:
        """The other way round."""
        return self._k + 1

    @property
    def _constants(self) -> tuple[int, int]:
        return (self.user_bias_column, self.item_bias_column) if self._has_bias else (-1, -1)

    def run(self, cells: DeviceCells, rule: Rule) -> None:
        """The next step of the plan; `cells` in batches of the step's size."""
        numbers = self.plan.numbers()
        slopes, user_rows, item_rows = self._compared(cells, numbers)
        user_bias, item_bias = self._constants
        sides = (
            (self._user_side, item_rows, user_bias, item_bias),
            (self._item_side, user_rows, item_bias, user_bias),
        )
        for side, others, _, fixed in sides:
            side.sum_gradient(slopes * others, fixed)
        for side, _, bias, _ in sides:
            side.move(rule, self._decays(bias, numbers), numbers)
        self.plan.go_on(self._batch_size)

    def gradient_squared(self) -> Tensor:
        """() squared length of the last step's gradient, before clipping and without decay."""
        sums = [side.gradient.square().sum() for side in (self._user_side, self._item_side)]
        return torch.stack(sums).sum()

    def predicted(self, user_rows: Tensor, item_rows: Tensor) -> Tensor:
        """(n,) rating points from rows (n, width) of both sides."""
        total = self._total(user_rows, item_rows)
        return self._low + self._span * total.sigmoid() if self._span > 0 else total

    def _compared(self, cells: DeviceCells, numbers: StepNumbers) -> tuple[Tensor, Tensor, Tensor]:
        """Slopes of the loss (b, 1) by the batch's sums of products, and the rows (b, width) of both sides."""
        places = cells.order.index_select(0, self._places + self.plan.begin)
        users = cells.users.index_select(0, places).long()
        items = cells.items.index_select(0, places).long()
        user_rows, item_rows = self._user_side.fetched(users), self._item_side.fetched(items)
        total = self._total(user_rows, item_rows)
        is_somebodys = places != cells.n
        slope: Tensor
        if self._span > 0:
            squashed = total.sigmoid()
            error = (self._low + self._span * squashed - cells.ratings.index_select(0, places)) * is_somebodys
            slope = error * squashed * (1.0 - squashed) * (numbers.scale * self._span)
        else:
            error = (total - cells.ratings.index_select(0, places)) * is_somebodys
            slope = error * numbers.scale
        self._count(error, numbers)
        return slope[:, None], user_rows, item_rows

    def _count(self, error: Tensor, numbers: StepNumbers) -> None:
        progress = self.progress
        progress[SQUARED_ERROR : SQUARED_ERROR + 1].add_(error.square().sum())
        progress[CELLS : CELLS + 1].add_(numbers.size)
        # once it is not finite the sum stays so, and the count tells at which step that began
        progress[STEPS : STEPS + 1].add_(progress[SQUARED_ERROR : SQUARED_ERROR + 1].isfinite())

    def _total(self, user_rows: Tensor, item_rows: Tensor) -> Tensor:
        return (user_rows * item_rows).sum(dim=1) + self._mean

    def _decays(self, bias: int, numbers: StepNumbers) -> Tensor:
        """(width,) decay of each column of one side."""
        decays = self._factor_columns * numbers.decay
        return decays if bias < 0 else torch.addcmul(decays, self._bias_columns[bias], numbers.bias_decay)

    def _columns(self, places: range | list[int], device: torch.device) -> Tensor:
        """(width,) 1 at these columns, 0 elsewhere."""
        marks = torch.zeros(self.users.width, device=device)
        for place in places:
            if place >= 0:
                marks[place] = 1.0
        return marks
