"""All methods by name, in the order of the lab's pages."""

from __future__ import annotations

from cfstudio.optimizer_lab.adaptive_methods import ADAGRAD, ADAM, ADAMW, EVE, RMSPROP
from cfstudio.optimizer_lab.annealing_methods import ADAM_ANNEALING, SGD_ANNEALING
from cfstudio.optimizer_lab.errors import LabError
from cfstudio.optimizer_lab.methods import Method
from cfstudio.optimizer_lab.plain_methods import MOMENTUM, NESTEROV, SGD

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        SGD,
        MOMENTUM,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADAM,
        ADAMW,
        EVE,
        SGD_ANNEALING,
        ADAM_ANNEALING,
    )
}


def method_named(name: str) -> Method:
    """A method by its name. Raises LabError with the names there are."""
    if name not in METHODS:
        raise LabError(f"There is no optimizer called {name!r}; take one of {', '.join(METHODS)}.")
    return METHODS[name]
