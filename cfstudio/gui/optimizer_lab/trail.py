"""Where a page has been: the line after each row, and the error after each epoch, ready to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.worksheet import EpochEnd, Worksheet

    Points = NDArray[np.float64]

MOST_POINTS = 8192
"""Points kept; once there are more, only every second one of them is."""


class Trail:
    """Points (n, 2) in the order in which they came, thinned once there are too many."""

    def __init__(self) -> None:
        self._buffer = np.empty((MOST_POINTS, 2))
        self._n, self._seen, self._every = 0, 0, 1

    @property
    def points(self) -> Points:
        """(n, 2) float64 view of the points kept."""
        return self._buffer[: self._n]

    def add(self, points: Points) -> None:
        """Append points (m, 2)."""
        while len(points):
            chosen = points[-self._seen % self._every :: self._every]
            room = MOST_POINTS - self._n
            taken = chosen[:room]
            self._buffer[self._n : self._n + len(taken)] = taken
            self._n += len(taken)
            used = len(points) if len(chosen) <= room else (-self._seen % self._every) + room * self._every
            self._seen += used
            points = points[used:]
            if self._n == MOST_POINTS:
                self._thin()

    def copy(self) -> Trail:
        """The same points, to go on from elsewhere."""
        other = Trail()
        other._buffer[: self._n] = self.points
        other._n, other._seen, other._every = self._n, self._seen, self._every
        return other

    def _thin(self) -> None:
        kept = self._buffer[: self._n : 2].copy()
        self._n, self._every = len(kept), self._every * 2
        self._buffer[: self._n] = kept


def path_of(sheet: Worksheet) -> Trail:
    """The (a, b) that a worksheet still knows: where each epoch ended, and the rows of the one shown."""
    trail, top = Trail(), sheet.first_top
    trail.add(np.array([[top["a"], top["b"]]]))
    earlier = [(end.a, end.b) for end in sheet.ends if end.epoch < sheet.epoch]
    rows = [row[-2:] for row in sheet.rows]
    trail.add(np.array([*earlier, *rows], dtype=np.float64).reshape(-1, 2))
    return trail


def errors_of(ends: list[EpochEnd]) -> Points:
    """(n, 2) epochs and the root-mean-square errors at their ends."""
    return np.array([(end.epoch, end.rmse) for end in ends], dtype=np.float64).reshape(-1, 2)
