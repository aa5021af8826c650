"""The Solver's options: one typed object that dialog, command line and code share. Defaults are Excel's own."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from cfstudio.solver.differences import Derivatives

Algorithm = Literal["differential-evolution", "dual-annealing"]

NO_LIMIT = 2**31 - 1
"""What Excel stores for "as many as it takes"."""


def _option(default: Any, label: str, help: str, **limits: Any) -> Any:  # noqa: A002, ANN401
    return field(default=default, metadata={"label": label, "help": help, **limits})


@dataclass(frozen=True)
class SolverOptions:
    """How the Solver searches. Every field says in one sentence what it is; `group` is its page in the dialog."""

    precision: float = _option(
        1e-6,
        "Precision",
        "How exactly a constraint or value must be met, and how flat the objective must be for an optimum.",
        minimum=1e-15,
        maximum=0.1,
        group="All methods",
    )
    automatic_scaling: bool = _option(
        False,
        "Automatic scaling",
        "Measure changing cells and objective by their size at the start, for numbers of very different size.",
        group="All methods",
    )
    show_iterations: bool = _option(
        False, "Show iteration results", "Pause at each trial solution until Step or Continue.", group="All methods"
    )
    max_seconds: float = _option(
        float(NO_LIMIT),
        "Max time",
        "Seconds after which the search ends with the best solution so far.",
        minimum=0.001,
        maximum=NO_LIMIT,
        group="All methods",
    )
    max_iterations: int = _option(
        NO_LIMIT,
        "Iterations",
        "Trial solutions after which the search ends.",
        minimum=1,
        maximum=NO_LIMIT,
        group="All methods",
    )
    max_subproblems: int = _option(
        NO_LIMIT,
        "Max subproblems",
        "Starting points that multistart explores at most.",
        minimum=1,
        maximum=NO_LIMIT,
        group="All methods",
    )
    convergence: float = _option(
        1e-4,
        "Convergence",
        "The search ends when the objective changes relatively less than this over five iterations and no cell's "
        "slope is steeper; smaller takes longer and comes closer.",
        minimum=1e-15,
        maximum=0.9,
        group="GRG Nonlinear",
    )
    derivatives: Derivatives = _option(
        "analytic",
        "Derivatives",
        "Analytic: exact, one recalculation; forward and central: nudge every cell, as Excel does.",
        choices=("analytic", "forward", "central"),
        group="GRG Nonlinear",
    )
    multistart: bool = _option(
        False, "Use multistart", "Solve from many random starts and keep the best solution.", group="GRG Nonlinear"
    )
    population: int = _option(
        100,
        "Population size",
        "Starts of multistart, or members of an evolving population; more search wider and take longer.",
        minimum=5,
        maximum=10_000,
        group="Evolutionary",
    )
    seed: int = _option(
        42, "Random seed", "The same seed gives the same search.", minimum=0, maximum=2**31 - 1, group="Evolutionary"
    )
    require_bounds: bool = _option(
        False,
        "Require bounds on variables",
        "Refuse to search at random where a changing cell has no lower and upper bound; off: around the start numbers.",
        group="Evolutionary",
    )
    algorithm: Algorithm = _option(
        "differential-evolution",
        "Algorithm",
        "Differential evolution breeds a population; dual annealing lets one solution jump ever shorter.",
        choices=("differential-evolution", "dual-annealing"),
        group="Evolutionary",
    )
    mutation_rate: float = _option(
        0.075,
        "Mutation rate",
        "Part of the cells that change from a member to its offspring (differential evolution's CR).",
        minimum=0.0,
        maximum=1.0,
        group="Evolutionary",
    )
    differential_weight: float = _option(
        0.7,
        "Differential weight",
        "How far an offspring leaps along the difference of two members (differential evolution's F).",
        minimum=0.0,
        maximum=1.9,
        group="Evolutionary",
    )
    max_seconds_without_improvement: float = _option(
        30.0,
        "Max time without improvement",
        "Seconds without a better solution after which evolution ends.",
        minimum=0.001,
        maximum=NO_LIMIT,
        group="Evolutionary",
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            _check(option.metadata, getattr(self, option.name), is_whole=type(option.default) is int)


def _check(meta: Any, value: object, *, is_whole: bool) -> None:  # noqa: ANN401 - a read-only mapping
    """Raise ValueError with a sentence that names the option, the value and what is allowed."""
    if "choices" in meta and value not in meta["choices"]:
        raise ValueError(f"{meta['label']} must be one of {', '.join(meta['choices'])}, not {value!r}.")
    if "minimum" in meta and not (isinstance(value, (int, float)) and meta["minimum"] <= value <= meta["maximum"]):
        raise ValueError(f"{meta['label']} must be between {meta['minimum']:g} and {meta['maximum']:g}, not {value}.")
    if is_whole and isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{meta['label']} must be a whole number, not {value}.")
