"""Other landscapes to descend: functions of (a, b) with their gradients, each with what it teaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """A function of two numbers.

    `value(a, b)` takes arrays of any one shape; `gradient(a, b)` returns the derivatives by a and by b of that shape.
    `minimum` is None where there is none; `a_range` and `b_range` are what is worth showing.
    """

    name: str
    title: str
    lesson: str
    source: str
    value: Callable[[Numbers, Numbers], Numbers]
    gradient: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    a_range: tuple[float, float]
    b_range: tuple[float, float]
    learning_rate: float

    def objective(self, point: Numbers) -> tuple[float, Numbers]:
        """Value and gradient (2,) at a point (2,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self.value(point[0], point[1])), np.array(self.gradient(point[0], point[1]))


RAVINE_STEEPNESS = 50.0
_BEALE = ((1.5, 1), (2.25, 2), (2.625, 3))


def _beale(a: Numbers, b: Numbers) -> Numbers:
    return sum(((constant - a + a * b**power) ** 2 for constant, power in _BEALE), np.zeros_like(a))


def _beale_gradient(a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    by_a, by_b = np.zeros_like(a), np.zeros_like(a)
    for constant, power in _BEALE:
        inner = 2 * (constant - a + a * b**power)
        by_a = by_a + inner * (b**power - 1)
        by_b = by_b + inner * a * power * b ** (power - 1)
    return by_a, by_b


BOWL = Plane(
    name="bowl",
    title="Bowl",
    lesson="Equally steep all around: the gradient points at the minimum, and every method is good.",
    source="a² + b²",
    value=lambda a, b: a**2 + b**2,
    gradient=lambda a, b: (2 * a, 2 * b),
    start=(-4.0, 3.0),
    minimum=(0.0, 0.0),
    a_range=(-5.0, 5.0),
    b_range=(-5.0, 5.0),
    learning_rate=0.1,
)
RAVINE = Plane(
    name="ravine",
    title="Ravine",
    lesson="Steep across, flat along: plain descent bounces between the walls, momentum cancels the bounces, methods "
    "with a rate per weight go along at once.",
    source="a² / 2 + 50 · b² / 2",
    value=lambda a, b: 0.5 * (a**2 + RAVINE_STEEPNESS * b**2),
    gradient=lambda a, b: (a + 0 * b, RAVINE_STEEPNESS * b + 0 * a),
    start=(-4.0, 1.0),
    minimum=(0.0, 0.0),
    a_range=(-5.0, 5.0),
    b_range=(-2.0, 2.0),
    learning_rate=0.03,
)
ROSENBROCK = Plane(
    name="rosenbrock",
    title="Rosenbrock",
    lesson="A curved ravine: it is found at once, and the way along its flat floor takes nearly all steps.",
    source="(1 − a)² + 100 · (b − a²)²; Rosenbrock 1960",
    value=lambda a, b: (1 - a) ** 2 + 100 * (b - a**2) ** 2,
    gradient=lambda a, b: (-2 * (1 - a) - 400 * a * (b - a**2), 200 * (b - a**2)),
    start=(-1.5, 2.0),
    minimum=(1.0, 1.0),
    a_range=(-2.0, 2.0),
    b_range=(-1.0, 3.0),
    learning_rate=0.001,
)
SADDLE = Plane(
    name="saddle",
    title="Saddle",
    lesson="Flat in the middle but no minimum: plain descent lingers, methods that divide by the gradient's size leave "
    "at once. There is no bottom; all run away in the end.",
    source="a² − b²",
    value=lambda a, b: a**2 - b**2,
    gradient=lambda a, b: (2 * a, -2 * b),
    start=(-3.0, 0.001),
    minimum=None,
    a_range=(-4.0, 4.0),
    b_range=(-4.0, 4.0),
    learning_rate=0.05,
)
BEALE = Plane(
    name="beale",
    title="Beale",
    lesson="Flat plains between steep cliffs: a learning rate good for one is wrong for the other.",
    source="(1.5 − a + ab)² + (2.25 − a + ab²)² + (2.625 − a + ab³)²; Beale 1958",
    value=_beale,
    gradient=_beale_gradient,
    start=(1.0, 1.5),
    minimum=(3.0, 0.5),
    a_range=(-4.5, 4.5),
    b_range=(-4.5, 4.5),
    learning_rate=0.01,
)

PLANES: dict[str, Plane] = {plane.name: plane for plane in (BOWL, RAVINE, ROSENBROCK, SADDLE, BEALE)}
