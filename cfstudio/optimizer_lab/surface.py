"""The error as a landscape over (a, b): a grid for contours, and the part of it worth showing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.optimizer_lab.curvature import curvature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.functions import Plane
    from cfstudio.optimizer_lab.line_data import LineData

Range = tuple[float, float]

MARGIN = 0.15
"""Part of a range that stays free around what it shows."""


@dataclass(frozen=True)
class Surface:
    """Heights (n_b, n_a) over a grid of `a` (n_a,) and `b` (n_b,): row i, column j is the height at (a[j], b[i])."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    heights: NDArray[np.float64]

    def levels(self, n: int = 12) -> NDArray[np.float64]:
        """(n,) heights for contours, denser towards the lowest point, by equal parts of the fourth root."""
        low, high = float(self.heights.min()), float(self.heights.max())
        parts = np.arange(1, n + 1) / (n + 1)
        return low + (high - low) * parts**4


def error_surface(data: LineData, a: Range, b: Range, n: int = 120) -> Surface:
    """The mean squared error of the lines a·x + b on an n × n grid.

    Computed from minimum and Hessian, which is exact for a line, so that 10,000 points cost no more than 29.
    """
    curve = curvature(data)
    least_a, least_b = curve.minimum
    residual = least_a * data.x + least_b - data.y
    grid_a, grid_b = np.linspace(*a, n), np.linspace(*b, n)
    away_a, away_b = np.meshgrid(grid_a - least_a, grid_b - least_b)
    (aa, ab), (_, bb) = curve.hessian.tolist()
    rise = 0.5 * (aa * away_a**2 + 2 * ab * away_a * away_b + bb * away_b**2)
    return Surface(grid_a, grid_b, float(residual @ residual) / len(data) + rise)


def plane_surface(plane: Plane, a: Range, b: Range, n: int = 120) -> Surface:
    """A function of two numbers on an n × n grid."""
    grid_a, grid_b = np.linspace(*a, n), np.linspace(*b, n)
    return Surface(grid_a, grid_b, plane.value(*np.meshgrid(grid_a, grid_b)))


def view(
    paths: Iterable[NDArray[np.float64]], minimum: tuple[float, float] | None, *, most: float = 20.0
) -> tuple[Range, Range]:
    """Ranges of a and b that show the minimum and paths, each (n, 2) of (a, b).

    What is not finite is left out, and so is what lies farther from the minimum than `most` times the farthest
    start: one method that bursts must not shrink all others to a dot.
    """
    kept = [path[np.isfinite(path).all(axis=1)] for path in paths]
    kept = [path for path in kept if len(path)]
    starts = np.array([path[0] for path in kept]) if kept else np.empty((0, 2))
    center = np.array(minimum) if minimum is not None else (starts.mean(axis=0) if len(starts) else np.zeros(2))
    reach = np.abs(starts - center).max(axis=0, initial=1e-6) * most
    near = [path[(np.abs(path - center) <= reach).all(axis=1)] for path in kept]
    points = np.concatenate([center[None], *near])
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum((high - low) * MARGIN, 1e-3 * np.maximum(1.0, np.abs(center)))
    (low_a, low_b), (high_a, high_b) = (low - room).tolist(), (high + room).tolist()
    return (low_a, high_a), (low_b, high_b)
