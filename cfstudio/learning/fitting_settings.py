"""The settings of the model and of the steps that fit it."""

from __future__ import annotations

from dataclasses import dataclass

from cfstudio.learning.options import (
    BY_GRADIENT,
    BY_ROWS,
    NET,
    OPTIMIZERS,
    WITH_BIAS,
    WITH_FEATURES,
    DecayKind,
    ModelName,
    OptimizerName,
)
from cfstudio.learning.setting import setting
from cfstudio.models.registry import KINDS, NAMES


@dataclass(frozen=True)
class FittingSettings:
    """What is fitted and how a step moves it; the first part of `TrainingConfig`, whose fields these are."""

    model: ModelName = setting(
        "dot-bias",
        "Model",
        f"{'; '.join(kind.help for kind in KINDS)}.".capitalize(),
        choices=NAMES,
        group="Model",
    )
    sigmoid: bool = setting(
        True,
        "Sigmoid range",
        "Squash predictions onto the rating range; off: the plain sum with the global mean.",
        group="Model",
        only=BY_GRADIENT,
    )
    n_factors: int = setting(
        50,
        "Factors",
        "Numbers per user and per item; few underfit, many memorize.",
        minimum=1,
        maximum=512,
        group="Model",
    )
    n_item_factors: int = setting(
        0,
        "Item embedding",
        "Numbers per item where the net's two embeddings differ in size; 0 takes as many as per user.",
        minimum=0,
        maximum=512,
        group="Model",
        only=NET,
    )
    hidden: str = setting(
        "100",
        "Hidden sizes",
        "Widths of the net's hidden layers from the input on, as “100” or “100, 50”; wide ones memorize.",
        group="Model",
        only=NET,
    )
    embedding_dropout: float = setting(
        0.05,
        "Embedding dropout",
        "Part of the looked-up numbers zeroed at random in each training step; 0 keeps all.",
        minimum=0.0,
        maximum=0.9,
        group="Model",
        only=NET,
    )
    hidden_dropout: float = setting(
        0.15,
        "Hidden dropout",
        "Part of the hidden activations zeroed at random in each training step; 0 keeps all.",
        minimum=0.0,
        maximum=0.9,
        group="Model",
        only=NET,
    )
    features: str = setting(
        "",
        "Item and user columns",
        "Columns that become embeddings and biases of their own, as “genres” or “genres, year”; “all” takes every one "
        "(and for the Bayesian model “sets”, who rated what); empty uses ids alone.",
        group="Model",
        only=WITH_FEATURES,
    )
    optimizer: OptimizerName = setting(
        "adam",
        "Optimizer",
        "SGD takes the plain gradient; momentum and Nesterov add inertia; the others adapt the step of each number.",
        choices=OPTIMIZERS,
        group="Optimizer",
        only=BY_GRADIENT,
    )
    learning_rate: float = setting(
        5e-3,
        "Learning rate",
        "Size of a step; too small crawls, too large diverges.",
        minimum=1e-6,
        maximum=100.0,
        group="Optimizer",
        only=BY_GRADIENT,
        live=True,
    )
    momentum: float = setting(
        0.9,
        "Momentum",
        "Part of the last step or gradient average kept (Adam's first beta); 0 forgets at once, near 1 overshoots; "
        "one-cycle swings 0.05 around it.",
        minimum=0.0,
        maximum=0.999,
        group="Optimizer",
        only={**BY_GRADIENT, "optimizer": ("momentum", "nesterov", "adam", "adamw")},
    )
    beta2: float = setting(
        0.99,
        "Memory of squares",
        "Part of the mean squared gradient kept (Adam's second beta); small ones follow the latest gradients.",
        minimum=0.0,
        maximum=0.99999,
        group="Optimizer",
        only={**BY_GRADIENT, "optimizer": ("rmsprop", "adam", "adamw")},
    )
    epsilon: float = setting(
        1e-5,
        "Epsilon",
        "Added to the root of the squared gradients that a step is divided by; large ones tame numbers seen rarely.",
        minimum=1e-12,
        maximum=1.0,
        group="Optimizer",
        only={**BY_GRADIENT, "optimizer": ("adagrad", "rmsprop", "adam", "adamw")},
    )
    weight_decay: float = setting(
        0.6,
        "Weight decay",
        "How strongly factors shrink in each step; 0 lets the model memorize.",
        minimum=0.0,
        maximum=10.0,
        group="Optimizer",
        only=BY_GRADIENT,
        live=True,
    )
    bias_decay: float = setting(
        0.0,
        "Decay of biases",
        "Weight decay of the biases: 0 lets them say what is usual; −1 takes that of the factors.",
        minimum=-1.0,
        maximum=10.0,
        group="Optimizer",
        only=WITH_BIAS,
        live=True,
    )
    net_decay: float = setting(
        -1.0,
        "Decay of the net",
        "Weight decay of the net's layers; −1 takes that of the embeddings.",
        minimum=-1.0,
        maximum=10.0,
        group="Optimizer",
        only=NET,
        live=True,
    )
    decay_kind: DecayKind = setting(
        "decoupled",
        "Kind of decay",
        "Decoupled: learning rate × decay × number is taken off beside the step (AdamW always); "
        "L2: decay × number joins the gradient and passes through the optimizer.",
        choices=("decoupled", "l2"),
        group="Optimizer",
        only={**BY_GRADIENT, "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")},
    )
    moves_untouched: bool = setting(
        False,
        "Move untouched rows",
        "On: rows absent from a batch decay and coast too, as torch's dense optimizers do, at several times the time.",
        group="Optimizer",
        only=BY_ROWS,
    )
    clip: float = setting(
        0.0,
        "Gradient clipping",
        "Longest gradient of one user or item in a batch, factors and bias together and decay not counted; longer ones "
        "are shortened to it; 0 never clips.",
        minimum=0.0,
        maximum=1e6,
        group="Optimizer",
        only=BY_GRADIENT,
        live=True,
    )
    batch_size: int = setting(
        64,
        "Batch size",
        "Ratings per step; 1 is online learning, 0 takes all ratings at once.",
        minimum=0,
        maximum=1_000_000,
        group="Optimizer",
        only=BY_GRADIENT,
    )
