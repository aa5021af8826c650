"""How far to go in a direction: a length that meets the strong Wolfe conditions.

Nocedal & Wright, Numerical Optimization (2006), algorithms 3.5 and 3.6, with the cubic of equation 3.59. SciPy's
`line_search` is the same method; it calculates each point twice, and its failure is a process-wide warning.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DECREASE, CURVATURE = 1e-4, 0.9
"""c1 and c2: how much of the promised decrease is wanted, and how much of the slope may be left."""

MOST_POINTS = 20
"""Points that are tried on the way out, and again between two of them."""

EDGE = 0.1
"""Part of an interval at both of its ends in which the cubic is not believed."""


@dataclass(frozen=True)
class Point:
    """A point on the line: its length, the function's value and its slope along the line there."""

    length: float
    value: float
    slope: float


def wolfe_point(at: Callable[[float], Point], start: Point, first: float) -> Point | None:
    """A point that meets the strong Wolfe conditions, from `start` of length 0 with a slope below 0.

    `first` is the length to try first. If rounding hides such a point, one that is at least low enough; None where no
    point is, or where the slope does not lead down.
    """
    if not start.slope < 0:
        return None
    before, length = start, first
    for number in range(MOST_POINTS):
        here = at(length)
        if _is_too_high(here, start) or (number and here.value >= before.value):
            return _between(at, start, before, here)
        if _is_flat(here, start):
            return here
        if here.slope >= 0:
            return _between(at, start, here, before)
        before, length = here, 2 * length
    return before


def _between(at: Callable[[float], Point], start: Point, low: Point, high: Point) -> Point | None:
    """Narrow an interval down whose `low` end is the lowest point so far, with a slope that leads into it."""
    for _ in range(MOST_POINTS):
        here = at(_lowest_of_cubic(low, high))
        if _is_too_high(here, start) or here.value >= low.value:
            high = here
            continue
        if _is_flat(here, start):
            return here
        if here.slope * (high.length - low.length) >= 0:
            high = low
        low = here
    return low if low.length > 0 else None


def _is_too_high(here: Point, start: Point) -> bool:
    return not here.value <= start.value + DECREASE * here.length * start.slope


def _is_flat(here: Point, start: Point) -> bool:
    return abs(here.slope) <= -CURVATURE * start.slope


def _lowest_of_cubic(one: Point, other: Point) -> float:
    """Where the cubic through both points with their slopes is lowest, well inside of the interval."""
    width = other.length - one.length
    mean = one.slope + other.slope - 3 * (other.value - one.value) / width
    square = mean * mean - one.slope * other.slope
    part = math.nan
    if square >= 0:
        root = math.copysign(math.sqrt(square), width)
        divisor = other.slope - one.slope + 2 * root
        part = 1 - (other.slope + root - mean) / divisor if divisor else math.nan
    return one.length + width * (min(max(part, EDGE), 1 - EDGE) if math.isfinite(part) else 0.5)
