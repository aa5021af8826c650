"""The settings of a training run: one typed object that window, command line and code share."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

ModelName = Literal["dot", "dot-bias"]
OptimizerName = Literal["sgd", "adam"]
ScheduleName = Literal["constant", "one-cycle"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]


def _setting(default: Any, label: str, help: str, **limits: Any) -> Any:  # noqa: A002, ANN401
    return field(default=default, metadata={"label": label, "help": help, **limits})


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is built and fitted. Every field says in one sentence what it is and what its extremes do."""

    model: ModelName = _setting(
        "dot-bias", "Model", "Dot product alone, or with one bias per user and per item.", choices=("dot", "dot-bias")
    )
    sigmoid: bool = _setting(
        True, "Sigmoid range", "Squash predictions onto the rating range; off: the plain sum with the global mean."
    )
    n_factors: int = _setting(
        50, "Factors", "Numbers per user and per item; few underfit, many memorize.", minimum=1, maximum=512
    )
    optimizer: OptimizerName = _setting(
        "adam",
        "Optimizer",
        "Adam adapts the step of each number; SGD takes the plain gradient.",
        choices=("sgd", "adam"),
    )
    learning_rate: float = _setting(
        5e-3, "Learning rate", "Size of a step; too small crawls, too large diverges.", minimum=1e-6, maximum=100.0
    )
    weight_decay: float = _setting(
        0.1,
        "Weight decay",
        "Decoupled: each touched row shrinks by learning rate × this; 0 lets the model memorize.",
        minimum=0.0,
        maximum=10.0,
    )
    batch_size: int = _setting(
        64,
        "Batch size",
        "Ratings per step; 1 is online learning, 0 takes all ratings at once.",
        minimum=0,
        maximum=1_000_000,
    )
    epochs: int = _setting(5, "Epochs", "Passes over the training ratings.", minimum=1, maximum=100_000)
    schedule: ScheduleName = _setting(
        "one-cycle",
        "Schedule",
        "One-cycle warms the learning rate up and anneals it over the run; constant leaves it.",
        choices=("constant", "one-cycle"),
    )
    valid_fraction: float = _setting(
        0.2, "Held out", "Part of the rated cells that training never sees.", minimum=0.0, maximum=0.9
    )
    split_seed: int = _setting(
        42, "Split seed", "The same split seed holds out the same cells.", minimum=0, maximum=2**31 - 1
    )
    seed: int = _setting(42, "Seed", "The same seed gives the same start and batches.", minimum=0, maximum=2**31 - 1)
    device: DeviceName = _setting(
        "auto",
        "Device",
        "Where training runs; auto takes CUDA, then MPS, then the CPU.",
        choices=("auto", "cpu", "cuda", "mps"),
    )

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            check_setting(setting.name, value)
            if isinstance(value, float) and type(setting.default) is int:
                object.__setattr__(self, setting.name, int(value))


def check_setting(name: str, value: object) -> None:
    """Raise ValueError with a sentence that names the setting, the value and what is allowed."""
    setting = next(one for one in fields(TrainingConfig) if one.name == name)
    meta = setting.metadata
    if "choices" in meta and value not in meta["choices"]:
        raise ValueError(f"{meta['label']} must be one of {', '.join(meta['choices'])}, not {value!r}.")
    if "minimum" in meta and not (isinstance(value, (int, float)) and meta["minimum"] <= value <= meta["maximum"]):
        raise ValueError(f"{meta['label']} must be between {meta['minimum']:g} and {meta['maximum']:g}, not {value}.")
    if type(setting.default) is int and isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{meta['label']} must be a whole number, not {value}.")
