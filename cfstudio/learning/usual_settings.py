"""What suits an optimizer that is not Adam, whose rates are the defaults."""

from __future__ import annotations

from cfstudio.learning.options import OptimizerName

USUAL: dict[OptimizerName, dict[str, float]] = {
    "sgd": {"learning_rate": 2.0, "weight_decay": 0.001, "bias_decay": -1.0},
    "momentum": {"learning_rate": 0.2, "weight_decay": 0.002, "bias_decay": -1.0},
    "nesterov": {"learning_rate": 0.2, "weight_decay": 0.002, "bias_decay": -1.0},
    "adagrad": {"learning_rate": 0.05, "weight_decay": 0.01, "bias_decay": -1.0},
    "rmsprop": {"learning_rate": 0.005, "weight_decay": 0.1, "bias_decay": -1.0},
    "adam": {"learning_rate": 0.005, "weight_decay": 0.6, "bias_decay": 0.0},
    "adamw": {"learning_rate": 0.005, "weight_decay": 0.6, "bias_decay": 0.0},
}
"""Best of a few tried with one-cycle, 5 epochs of 64 ratings a step, sigmoid and decoupled decay on
ml-latest-small-2016, by the error on a tenth of the training part."""
