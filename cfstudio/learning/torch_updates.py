"""The optimizers' rules of `torch_rules` in place: few operations, for steps that are short beside their overhead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.learning.engine import is_l2

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig


def decayed(config: TrainingConfig, numbers: Tensor, gradient: Tensor, rate: float, decay: float | Tensor) -> Tensor:
    """Weight decay, one for all numbers or one for each: shrinks them, or comes back as the gradient's part."""
    if isinstance(decay, float) and not decay:
        return gradient
    if is_l2(config):
        return gradient + decay * numbers
    numbers.mul_(1.0 - rate * decay)
    return gradient


def update(
    config: TrainingConfig,
    numbers: Tensor,
    gradient: Tensor,
    memory: tuple[Tensor, ...],
    rate: float,
    momentum: float,
    step: int,
) -> None:
    """One step on `numbers` and on what is remembered of them, in place, as `torch.optim` defines it.

    `memory` are the tensors that `engine.REMEMBERED` names; `step` counts the run's from 1; `momentum` is Adam's first
    beta.
    """
    match config.optimizer:
        case "sgd":
            numbers.sub_(gradient, alpha=rate)
        case "momentum" | "nesterov":
            (velocity,) = memory
            velocity.mul_(momentum).add_(gradient)
            ahead = gradient.add(velocity, alpha=momentum) if config.optimizer == "nesterov" else velocity
            numbers.sub_(ahead, alpha=rate)
        case "adagrad" | "rmsprop":
            (squares,) = memory
            if config.optimizer == "rmsprop":
                squares.mul_(config.beta2)
            squares.addcmul_(gradient, gradient, value=1.0 if config.optimizer == "adagrad" else 1.0 - config.beta2)
            numbers.addcdiv_(gradient, squares.sqrt().add_(config.epsilon), value=-rate)
        case _:
            mean, squares = memory
            mean.lerp_(gradient, 1.0 - momentum)
            squares.mul_(config.beta2).addcmul_(gradient, gradient, value=1.0 - config.beta2)
            # mean / (√squares / c + ε), both freed of their bias, with c multiplied out
            c = math.sqrt(1.0 - config.beta2**step)
            root = squares.sqrt().add_(config.epsilon * c)
            numbers.addcdiv_(mean, root, value=-rate * c / (1.0 - momentum**step))
