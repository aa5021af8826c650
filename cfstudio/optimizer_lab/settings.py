"""The numbers at the top of a page: one typed object that window, command line and workbook share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from cfstudio.optimizer_lab.errors import LabError

OrderName = Literal["listed", "by x", "shuffled"]

MOST_POINTS = 10_000
"""Points of a page; a table of more rows teaches nobody, and an epoch of it would no longer fit a frame."""


def _setting(default: Any, label: str, help: str, **limits: Any) -> Any:  # noqa: A002, ANN401
    return field(default=default, metadata={"label": label, "help": help, **limits})


@dataclass(frozen=True)
class LabSettings:
    """How a page descends. Every field says in one sentence what it is and what its extremes do."""

    learning_rate: float = _setting(
        1e-4, "Learning rate", "Size of a step; too small crawls, too large diverges.", above=0.0, most=1e6
    )
    beta1: float = _setting(
        0.9, "β₁", "How much of the average gradient is kept; 0 forgets all but this row.", least=0.0, below=1.0
    )
    beta2: float = _setting(
        0.9, "β₂", "How much of the average squared gradient is kept; near 1 it changes slowly.", least=0.0, below=1.0
    )
    beta3: float = _setting(
        0.9, "β₃", "How much of Eve's d, the average jump of the loss, is kept.", least=0.0, below=1.0
    )
    epsilon: float = _setting(
        1e-8, "ε", "Keeps the divisor away from 0; a large one makes the method plain descent.", least=0.0, most=1e6
    )
    weight_decay: float = _setting(
        0.0, "Weight decay", "Pulls both weights to 0; 0 leaves them alone.", least=0.0, most=1e6
    )
    clip: float = _setting(
        10.0, "Most jump", "Eve takes jumps of the loss larger than this, or smaller than 1 / this, as this.", least=1.0
    )
    divisor: float = _setting(
        4.0, "Divide by", "What the learning rate is divided by when the gradients have grown.", above=1.0, most=1e6
    )
    cycle: int = _setting(
        10, "Cycle", "Epochs from the full learning rate down to none; then it starts again.", least=1, most=1_000_000
    )
    nudge: float = _setting(
        0.01, "Nudge", "How far a weight is moved to estimate a derivative; smaller is closer.", above=0.0, most=1e6
    )
    batch_size: int = _setting(
        1,
        "Batch size",
        "Rows whose mean gradient makes a step; all of them is full descent.",
        least=1,
        most=MOST_POINTS,
    )
    order: OrderName = _setting(
        "listed",
        "Order of rows",
        "As listed, by growing x, or shuffled anew each epoch.",
        choices=get_args(OrderName),
    )
    seed: int = _setting(42, "Seed", "The same seed shuffles in the same way.", least=0, most=2**31 - 1)

    def __post_init__(self) -> None:
        for setting in fields(self):
            check_setting(setting.name, getattr(self, setting.name))


def check_setting(name: str, value: object) -> None:
    """Raise LabError with a sentence that names the setting, what is allowed and the value."""
    setting = next(one for one in fields(LabSettings) if one.name == name)
    meta = setting.metadata
    label = meta["label"]
    if "choices" in meta:
        if value not in meta["choices"]:
            raise LabError(f"{label} must be one of {', '.join(meta['choices'])}, not {value!r}.")
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise LabError(f"{label} must be a number, not {value!r}.")
    if type(setting.default) is int and not float(value).is_integer():
        raise LabError(f"{label} must be a whole number, not {value:g}.")
    if not _is_allowed(value, meta):
        raise LabError(f"{label} must be {_allowed(meta)}, not {value:g}.")


def _is_allowed(value: float, meta: Any) -> bool:  # noqa: ANN401
    return bool(
        meta.get("least", -math.inf) <= value <= meta.get("most", math.inf)
        and meta.get("above", -math.inf) < value < meta.get("below", math.inf)
    )


def _allowed(meta: Any) -> str:  # noqa: ANN401
    words = {"least": "at least", "above": "greater than", "below": "less than", "most": "at most"}
    return " and ".join(f"{words[limit]} {meta[limit]:,.12g}" for limit in words if limit in meta)
