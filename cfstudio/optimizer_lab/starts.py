"""What each page starts from: the settings and numbers at its top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfstudio.optimizer_lab.settings import LabSettings

if TYPE_CHECKING:
    from cfstudio.optimizer_lab.methods import FormName

_ADAM_AVERAGES = {"average_db": -19.370509429769257, "average_da": -636.9620431360627}
_ADAM_SQUARES = {"square_db": 5489.999378391848, "square_da": 27555653.260482278}
_ADAM_START = {"a": 1.0, "b": 1.0, **_ADAM_AVERAGES, **_ADAM_SQUARES}
_ADAM_SETTINGS = {"learning_rate": 1.0, "beta1": 0.7, "beta2": 0.9}
_MOMENTUM_START = {
    "a": 2.358034790954434,
    "b": 1.2610777567972657,
    "average_db": -19.279531290451075,
    "average_da": 162.8396203477341,
}
# Root-mean derivatives of the workbook's points at its start, a = b = 1.
_ADAGRAD_START = {"last_rms_db": 152.27063021996793, "last_rms_da": 10412.201542686216}

_WORKBOOK_SETTINGS: dict[str, dict[str, Any]] = {
    "adagrad": {"learning_rate": 0.1},
    "rmsprop": {"learning_rate": 0.1},
    "adam": _ADAM_SETTINGS,
    "adamw": {**_ADAM_SETTINGS, "weight_decay": 0.01},
    "eve": _ADAM_SETTINGS,
    "adam-annealing": _ADAM_SETTINGS,
}
_WORKBOOK_STARTS: dict[str, dict[str, float]] = {
    "momentum": _MOMENTUM_START,
    "nesterov": _MOMENTUM_START,
    "adagrad": _ADAGRAD_START,
    "rmsprop": _ADAM_SQUARES,
    "adam": _ADAM_START,
    "adamw": _ADAM_START,
    "eve": _ADAM_START,
    "adam-annealing": _ADAM_START,
}
_ADAPTIVE: dict[str, Any] = {"learning_rate": 0.1, "beta2": 0.999}
_PAPER_SETTINGS: dict[str, dict[str, Any]] = {
    # With the whole gradient in the velocity, the workbook's 1e-4 diverges.
    "momentum": {"learning_rate": 1e-5},
    "nesterov": {"learning_rate": 1e-5},
    "adagrad": {"learning_rate": 1.0, "epsilon": 1e-10},
    # At 0.1 its path is chaotic: the last bits of a sum decide where it goes.
    "rmsprop": {"learning_rate": 0.03, "beta2": 0.99},
    "adam": _ADAPTIVE,
    "adamw": {**_ADAPTIVE, "weight_decay": 0.01},
    "eve": {**_ADAPTIVE, "beta3": 0.999},
    "adam-annealing": {"learning_rate": 1.0, "beta2": 0.999},
}
"""PyTorch's defaults but for the learning rate, which is chosen for the workbook's points."""


def default_settings(method: str, form: FormName) -> LabSettings:
    """The settings of a page: the workbook's own (those of SGD, momentum, Adam), or the papers' usual ones."""
    chosen = _WORKBOOK_SETTINGS if form == "workbook" else _PAPER_SETTINGS
    return LabSettings(**chosen.get(method, {}))


def default_start(method: str, form: FormName) -> dict[str, float]:
    """Weights and averages above the first row: for the workbook's form its own, for the papers' 1, 1 and no averages.

    The workbook's numbers are known for SGD, momentum and Adam; the pages of its form that are akin to them take the
    same, and Adagrad the root-mean derivatives at a = b = 1.

    What is not named starts as `FIRST` has it, or at 0.
    """
    if form == "papers":
        return {"a": 1.0, "b": 1.0}
    return {"a": 1.0, "b": 1.0} | _WORKBOOK_STARTS.get(method, {})


FIRST = {"d": 1.0}
"""Start values of columns that do not start at 0 unless told so: Eve's divisor."""
