"""The settings of a training run: one typed object that window, command line and code share."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from cfstudio.learning.setting import check_value, setting
from cfstudio.models.net import hidden_sizes
from cfstudio.models.registry import KINDS, NAMES, names_fitted_by

ModelName = str
"""A name of `models.registry`."""
OptimizerName = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
DecayKind = Literal["decoupled", "l2"]
ScheduleName = Literal["constant", "one-cycle", "cosine", "sgdr"]
SplitName = Literal["random", "last", "users", "folds", "file"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]

OPTIMIZERS: tuple[OptimizerName, ...] = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
BY_GRADIENT = {"model": names_fitted_by("rows", "net")}
BY_ROWS = {"model": names_fitted_by("rows")}
NET = {"model": names_fitted_by("net")}
WITH_BIAS = {"model": tuple(kind.name for kind in KINDS if kind.has_bias and kind.engine == "rows")}
WITH_FEATURES = {"model": tuple(kind.name for kind in KINDS if kind.takes_features)}


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is built and fitted. Every field says in one sentence what it is and what its extremes do."""

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
    epochs: int = setting(
        5, "Epochs", "Passes over the training ratings.", minimum=1, maximum=100_000, group="Schedule"
    )
    schedule: ScheduleName = setting(
        "one-cycle",
        "Schedule",
        "One-cycle warms up and anneals; cosine only anneals; SGDR restarts; constant leaves the learning rate alone.",
        choices=("constant", "one-cycle", "cosine", "sgdr"),
        group="Schedule",
        only=BY_GRADIENT,
    )
    cycle_len: float = setting(
        1.0,
        "Cycle length",
        "Epochs of the first cycle before the learning rate restarts.",
        minimum=0.01,
        maximum=10_000.0,
        group="Schedule",
        only={**BY_GRADIENT, "schedule": ("sgdr",)},
    )
    cycle_mult: float = setting(
        2.0,
        "Cycle factor",
        "How many times as long each next cycle is; 1 keeps them alike.",
        minimum=1.0,
        maximum=10.0,
        group="Schedule",
        only={**BY_GRADIENT, "schedule": ("sgdr",)},
    )
    minutes: float = setting(
        0.0, "Minutes", "Training time after which the run ends; 0 sets no limit.",
        minimum=0.0, maximum=100_000.0, group="Schedule", live=True,
    )  # fmt: skip
    patience: int = setting(
        0,
        "Patience",
        "Epochs without a better held-out RMSE after which the run ends; 0 goes on.",
        minimum=0,
        maximum=100_000,
        group="Schedule",
        live=True,
    )
    target_rmse: float = setting(
        0.0,
        "Target RMSE",
        "The run ends once the held-out RMSE (the training RMSE where nothing is held out) is this low; 0 goes on.",
        minimum=0.0,
        maximum=1e6,
        group="Schedule",
        live=True,
    )
    keeps_best: bool = setting(
        False,
        "Keep best",
        "On: a finished run leaves the numbers of its best held-out RMSE at an epoch's end; off: its last ones.",
        group="Schedule",
        only=BY_GRADIENT,
    )
    split: SplitName = setting(
        "random",
        "Split",
        "Random cells; the last ones of each user by time; all cells of some users; one of some folds; or a file's.",
        choices=("random", "last", "users", "folds", "file"),
        group="Held out",
    )
    valid_fraction: float = setting(
        0.2,
        "Held out",
        "Part of the rated cells, or of the users, that training never sees.",
        minimum=0.0,
        maximum=0.9,
        group="Held out",
        only={"split": ("random", "users")},
    )
    valid_file: str = setting(
        "",
        "Held-out file",
        "Name of the file whose ratings are held out.",
        group="Held out",
        only={"split": ("file",)},
        names_file=True,
    )
    last_n: int = setting(
        5,
        "Last ratings",
        "Latest ratings of each user that are held out; a user's only rating stays.",
        minimum=1,
        maximum=10_000,
        group="Held out",
        only={"split": ("last",)},
    )
    n_folds: int = setting(
        5, "Folds", "Parts of equal size that the rated cells are dealt into.",
        minimum=2, maximum=100, group="Held out", only={"split": ("folds",)},
    )  # fmt: skip
    fold: int = setting(
        1,
        "Fold held out",
        "Which of the folds is held out, counted from 1.",
        minimum=1,
        maximum=100,
        group="Held out",
        only={"split": ("folds",)},
    )
    split_seed: int = setting(
        42,
        "Split seed",
        "The same split seed holds out the same cells.",
        minimum=0,
        maximum=2**31 - 1,
        group="Held out",
        only={"split": ("random", "users", "folds")},
    )
    seed: int = setting(
        42, "Seed", "The same seed gives the same start and batches.", minimum=0, maximum=2**31 - 1, group="Run"
    )
    device: DeviceName = setting(
        "auto",
        "Device",
        "Where training runs; auto takes CUDA, then MPS, then the CPU.",
        choices=("auto", "cpu", "cuda", "mps"),
        group="Run",
        only=BY_GRADIENT,
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            check_value(one, value)
            if isinstance(value, float) and type(one.default) is int:
                object.__setattr__(self, one.name, int(value))
        hidden_sizes(self.hidden)
        if self.split == "folds" and self.fold > self.n_folds:
            raise ValueError(
                f"Fold held out must be between 1 and {self.n_folds}, the number of folds, not {self.fold}."
            )


def check_setting(name: str, value: object) -> None:
    """Raise ValueError with a sentence that names the setting, the value and what is allowed."""
    check_value(next(one for one in fields(TrainingConfig) if one.name == name), value)
