"""The optimizers' rules written out on torch tensors, for all rows or those that a batch touched.

Kingma and Ba 2015 (Adam), Loshchilov and Hutter 2019 (AdamW), Duchi et al. 2011 (Adagrad), Tieleman and Hinton 2012
(RMSprop); momentum and Nesterov in the form of Sutskever et al. 2013, as `torch.optim` has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from cfstudio.learning.config import TrainingConfig


@torch.no_grad()
def stepped(
    g: Tensor, remembered: dict[str, Tensor], config: TrainingConfig, momentum: float, t: int
) -> tuple[Tensor, dict[str, Tensor]]:
    """What to take off the numbers at learning rate 1, and what the optimizer remembers after it.

    `g` the gradient, `remembered` tensors of its shape by the names of `REMEMBERED`; `t` counts steps from 1.
    """
    kind, memory, epsilon = config.optimizer, config.beta2, config.epsilon
    if kind == "sgd":
        return g, {}
    if kind in ("momentum", "nesterov"):
        mean = momentum * remembered["momentum"] + g
        return (mean if kind == "momentum" else g + momentum * mean), {"momentum": mean}
    if kind == "adagrad":
        squares = remembered["squares"] + g * g
        return g / (squares.sqrt() + epsilon), {"squares": squares}
    squares = memory * remembered["squares"] + (1.0 - memory) * g * g
    if kind == "rmsprop":
        return g / (squares.sqrt() + epsilon), {"squares": squares}
    mean = momentum * remembered["momentum"] + (1.0 - momentum) * g
    root = (squares / (1.0 - memory**t)).sqrt()
    return mean / (1.0 - momentum**t) / (root + epsilon), {"momentum": mean, "squares": squares}


@torch.no_grad()
def clipped(gradients: dict[str, Tensor], longest: float) -> dict[str, Tensor]:
    """Rows of gradients (n, …) shortened together to a length of at most `longest`; 0 leaves them alone."""
    if longest == 0.0:
        return gradients
    squared = [gradient.square().sum(dim=1, keepdim=True) for gradient in gradients.values()]
    length = torch.stack(squared).sum(dim=0).sqrt()  # (n, 1)
    factor = torch.clamp(longest / length, max=1.0)  # a row without a gradient: infinity, so 1
    return {name: gradient * factor for name, gradient in gradients.items()}
