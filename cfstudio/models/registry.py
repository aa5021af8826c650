"""Every model there is. A new one is a file of its own and an entry here; settings, panel and commands follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cfstudio.models.start_numbers import bayes_start, bias_start, dot_start, net_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.factorization import Factorization
    from cfstudio.models.start import StartSettings
    from cfstudio.ratings.table import BoolArray, Ratings

EngineKind = Literal["rows", "net", "sampler"]
"""What fits a model: closed-form steps on rows of factors, autograd through layers, or a sampler without gradients."""


@dataclass(frozen=True)
class ModelKind:
    """A model as people choose it, the numbers it starts from, and what fits it.

    `name` in settings and on the command line, `label` on the screen, `help` the part of a sentence that says what it
    is. `start` raises ValueError with a sentence for settings that the model cannot have.
    """

    name: str
    label: str
    help: str
    engine: EngineKind
    start: Callable[[Ratings, StartSettings, BoolArray], Factorization]
    has_bias: bool = False
    takes_features: bool = False


KINDS = (
    ModelKind("dot", "Dot product", "dot product of factors", "rows", dot_start),
    ModelKind(
        "dot-bias",
        "With biases",
        "the same with one bias per user and item",
        "rows",
        bias_start,
        has_bias=True,
        takes_features=True,
    ),
    ModelKind(
        "net", "Neural net", "a small neural net on the two embeddings side by side", "net", net_start,
        takes_features=True,
    ),
    ModelKind(
        "bayes",
        "Bayesian",
        "a Bayesian factorization machine",
        "sampler",
        bayes_start,
        has_bias=True,
        takes_features=True,
    ),
)  # fmt: skip

NAMES = tuple(kind.name for kind in KINDS)


def kind_named(name: str) -> ModelKind:
    """The model of that name. Raises ValueError with a sentence for an unknown one."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise ValueError(f"There is no model “{name}”; there are {', '.join(NAMES)}.")


def names_fitted_by(*engines: EngineKind) -> tuple[str, ...]:
    """Names of the models that these engines fit."""
    return tuple(kind.name for kind in KINDS if kind.engine in engines)


def needs_dot_product(what: str, factors: Factorization) -> str | None:
    """The sentence for what only a dot product can do; None where the model is one."""
    if factors.is_dot_product:
        return None
    return f"{what} needs a model that is a dot product, which a net is not; choose “With biases” as the model."
