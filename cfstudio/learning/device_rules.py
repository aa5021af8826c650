"""The optimizers' rules of `torch_rules` for steps that a graph replays: every number that changes is a tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cfstudio.learning.engine import is_l2

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.device_plan import StepNumbers


@dataclass(frozen=True)
class Rule:
    """What of the settings is fixed in a captured step; the rest is read from the step's numbers."""

    optimizer: str
    beta2: float
    is_l2: bool
    decays: bool
    clips: bool

    @classmethod
    def of(cls, config: TrainingConfig) -> Rule:
        """The rule of some settings; two settings with the same rule share a captured step."""
        decays = config.weight_decay > 0.0 or config.bias_decay > 0.0
        return cls(config.optimizer, config.beta2, is_l2(config), decays, config.clip > 0.0)

    def move(
        self,
        rows: Tensor,
        remembered: tuple[Tensor, ...],
        gradient: Tensor,
        decays: Tensor,
        numbers: StepNumbers,
        touched: Tensor | None,
    ) -> None:
        """One step on `rows` (n, width) and what is `remembered` of them, in place; `gradient` is left as it is.

        `decays` (width,) is the decay of each column. `touched` (n, 1) is 1 for the rows to move and 0 for the others,
        whose gradient is 0; None moves all.
        """
        if self.clips:
            length = gradient.square().sum(dim=1, keepdim=True).sqrt()
            # a row without a gradient: infinity, so 1
            gradient = gradient * (numbers.clip / length).clamp(max=1.0)
        if self.decays and self.is_l2:
            gradient = torch.addcmul(gradient, rows, decays)
            if touched is not None:
                gradient.mul_(touched)
        taken = self._taken(remembered, gradient, numbers, touched)
        if self.decays and not self.is_l2:
            taken.addcmul_(rows, decays)
        if touched is None:
            rows.sub_(taken)
        else:
            rows.addcmul_(taken, touched, value=-1.0)

    def _taken(self, remembered: tuple[Tensor, ...], g: Tensor, numbers: StepNumbers, touched: Tensor | None) -> Tensor:
        """What to take off the rows, before decay beside the step: a new tensor."""
        match self.optimizer:
            case "sgd":
                return g * numbers.rate
            case "momentum" | "nesterov":
                (velocity,) = remembered
                velocity.mul_(_kept(numbers.momentum, touched)).add_(g)
                if self.optimizer == "momentum":
                    return velocity * numbers.rate
                return torch.addcmul(g, velocity, numbers.momentum).mul_(numbers.rate)
            case "adagrad" | "rmsprop":
                (squares,) = remembered
                if self.optimizer == "rmsprop":
                    self._averaged(squares, g, touched)
                else:
                    squares.addcmul_(g, g)
                root = torch.sqrt(squares).add_(numbers.epsilon)
                return torch.div(g, root, out=root).mul_(numbers.rate)
            case _:
                mean, squares = remembered
                fresh = 1.0 - numbers.momentum
                mean.lerp_(g, fresh if touched is None else fresh * touched)
                self._averaged(squares, g, touched)
                root = torch.sqrt(squares).add_(numbers.epsilon)
                return torch.div(mean, root, out=root).mul_(numbers.rate)

    def _averaged(self, squares: Tensor, g: Tensor, touched: Tensor | None) -> None:
        if touched is None:
            squares.mul_(self.beta2)
        else:
            squares.mul_(1.0 - (1.0 - self.beta2) * touched)
        squares.addcmul_(g, g, value=1.0 - self.beta2)


def _kept(part: Tensor, touched: Tensor | None) -> Tensor:
    """`part` for the rows to move, exactly 1 for the others."""
    return part if touched is None else 1.0 - (1.0 - part) * touched
