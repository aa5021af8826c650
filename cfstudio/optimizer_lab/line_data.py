"""The points that a line is fitted to: the workbook's, made ones, or pasted ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.optimizer_lab.errors import LabError, parse_number
from cfstudio.optimizer_lab.settings import MOST_POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORKBOOK_X = (
    14, 86, 28, 51, 28, 29, 72, 62, 84, 15, 42, 62, 47, 35, 9, 38, 44, 99, 13, 21, 28, 20, 8, 64, 99, 70, 27, 17, 8,
)  # fmt: skip
"""x of the lesson's 29 points; its y are 2·x + 30."""

TRUE_A, TRUE_B = 2.0, 30.0


@dataclass(frozen=True)
class Scaling:
    """What x was before it was normalized: x = `mean` + `deviation` · normalized x."""

    mean: float
    deviation: float

    def to_original(self, a: float, b: float) -> tuple[float, float]:
        """Slope and intercept over the original x of the line a · normalized x + b."""
        slope = a / self.deviation
        return slope, b - slope * self.mean


@dataclass(frozen=True, eq=False)
class LineData:
    """Points (n,) `x` and `y` float64; `scaling` says how x was normalized, None if it was not.

    Raises LabError for fewer than two points, more than a page holds, numbers that are not finite, and x that are all
    equal, for then no slope is better than another.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        x, y = np.asarray(self.x, dtype=np.float64), np.asarray(self.y, dtype=np.float64)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)
        if x.shape != y.shape or x.ndim != 1:
            raise LabError("There must be as many y as x.")
        check_size(len(x))
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise LabError("Every x and y must be a finite number.")
        if (x == x[0]).all():
            raise LabError(
                f"All x are {x[0]:g}, so that any slope fits as well as another; give points with two different x."
            )

    def __len__(self) -> int:
        return len(self.x)

    def normalized(self) -> LineData:
        """The same points with x moved and scaled to mean 0 and standard deviation 1."""
        if self.scaling is not None:
            return self
        mean, deviation = float(self.x.mean()), float(self.x.std())
        return replace(self, x=(self.x - mean) / deviation, scaling=Scaling(mean, deviation))

    def with_point(self, index: int, x: float, y: float) -> LineData:
        """The same points but one."""
        xs, ys = self.x.copy(), self.y.copy()
        xs[index], ys[index] = x, y
        return replace(self, x=xs, y=ys)


def check_size(n: int) -> None:
    """Raise LabError unless n points make a page."""
    if n < 2:
        raise LabError(f"A line needs at least two points, not {n}; add rows with an x and a y.")
    if n > MOST_POINTS:
        raise LabError(f"A page holds up to {MOST_POINTS:,} points, not {n:,}; take a sample of them.")


def workbook_data() -> LineData:
    """The lesson's 29 points on y = 2·x + 30."""
    x = np.array(WORKBOOK_X, dtype=np.float64)
    return LineData(x, TRUE_A * x + TRUE_B)


def made_data(
    a: float = TRUE_A, b: float = TRUE_B, *, n: int = len(WORKBOOK_X), noise: float = 0.0, seed: int = 42
) -> LineData:
    """Points on y = a·x + b plus normal noise of a standard deviation; x are whole numbers from 1 to 99."""
    check_size(n)
    if noise < 0 or not np.isfinite([a, b, noise]).all():
        raise LabError(f"The noise must be 0 or a positive number, and a and b finite; noise is {noise:g}.")
    random = np.random.default_rng(seed)
    x = random.integers(1, 100, n).astype(np.float64)
    if (x == x[0]).all():
        x[-1] = 1 + x[0] % 99
    return LineData(x, a * x + b + noise * random.standard_normal(n))


def parse_points(text: str) -> LineData:
    """Points pasted as lines of x and y, separated by a tab, semicolon, comma or spaces; a first line may be titles.

    Raises LabError with a sentence that names the line. A huge text is refused before it is read.
    """
    n_lines = text.count("\n") + 1
    if n_lines > MOST_POINTS + 2:
        check_size(n_lines)
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and not re.search(r"\d", lines[0][1]):
        lines = lines[1:]
    points = [_parse_point(number, line) for number, line in lines]
    check_size(len(points))
    x, y = zip(*points, strict=True)
    return LineData(np.array(x), np.array(y))


def _parse_point(number: int, line: str) -> tuple[float, float]:
    """The x and y of one line; commas are decimal points where something else separates."""
    parts = [part for part in re.split(r"[\t;]\s*|\s+", line) if part]
    if len(parts) == 1:
        parts = [part.strip() for part in line.split(",")]
    elif len(parts) == 2:
        parts = [part.removesuffix(",") for part in parts]
    if len(parts) != 2:
        raise LabError(f"Line {number} must hold an x and a y, not {len(parts)} numbers.")
    return parse_number(parts[0], f"x in line {number}"), parse_number(parts[1], f"y in line {number}")
