"""The settings that steer a step, as both compiled kernels take them: `kernels.RULE` and `feature_types.RULE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import bias_decay, is_l2

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig

    Rule = tuple[int, bool, bool, np.float32, np.float32, np.float32, float, np.float32]

NUMBERED = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
"""Optimizers by the number that they have in the kernels; AdamW's steps are Adam's, its decay is decoupled."""


def kernel_rule(config: TrainingConfig) -> Rule:
    """Optimizer, whether untouched rows move, whether decay is L2, both decays, longest gradient, β₂, ε."""
    name = "adam" if config.optimizer == "adamw" else config.optimizer
    return (
        NUMBERED.index(name),
        config.moves_untouched,
        is_l2(config),
        np.float32(config.weight_decay),
        np.float32(bias_decay(config)),
        np.float32(config.clip),
        config.beta2,
        np.float32(config.epsilon),
    )
