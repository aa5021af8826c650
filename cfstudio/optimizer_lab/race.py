"""Several methods from the same start, with the paths that they took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from cfstudio.optimizer_lab.descent import Descent
from cfstudio.optimizer_lab.page import new_page
from cfstudio.optimizer_lab.worksheet import Worksheet, rmse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.functions import Plane
    from cfstudio.optimizer_lab.line_data import LineData
    from cfstudio.optimizer_lab.methods import FormName
    from cfstudio.optimizer_lab.page import Page

MOST_PATH_POINTS = 8192
"""Points kept of a path; a longer one keeps every second of them, then every fourth, …"""


class Path:
    """Points (a, b) in the order in which they were visited, thinned once there are too many."""

    def __init__(self, first: tuple[float, float]) -> None:
        self._buffer = np.empty((MOST_PATH_POINTS, 2))
        self._buffer[0] = first
        self._n, self._seen, self._every = 1, 1, 1

    @property
    def points(self) -> NDArray[np.float64]:
        """(n, 2) float64 view of the points so far."""
        return self._buffer[: self._n]

    def extend(self, points: list[tuple[float, float]]) -> None:
        """Append points."""
        for point in points:
            if self._seen % self._every == 0:
                if self._n == MOST_PATH_POINTS:
                    self._thin()
                self._buffer[self._n] = point
                self._n += 1
            self._seen += 1

    def _thin(self) -> None:
        kept = self._buffer[: self._n : 2].copy()
        self._n, self._every = len(kept), self._every * 2
        self._buffer[: self._n] = kept


class Runner(Protocol):
    """One method in a race."""

    name: str
    title: str
    path: Path

    @property
    def position(self) -> tuple[float, float]:
        """(a, b) now."""

    @property
    def loss(self) -> float:
        """How high it stands now: the error that the surface shows."""

    def advance(self, n_steps: int) -> None:
        """Go on by so many rows, or steps."""


class LineRunner:
    """A page that runs row by row; its loss is the root of the mean squared error over all points."""

    def __init__(self, page: Page, start: tuple[float, float]) -> None:
        top = page.default_top() | {"a": start[0], "b": start[1]}
        self.worksheet = Worksheet(page, top)
        self.name, self.title = page.method.name, page.method.title
        self.path = Path(start)

    @property
    def position(self) -> tuple[float, float]:
        """(a, b) after the last row."""
        return self.worksheet.a, self.worksheet.b

    @property
    def loss(self) -> float:
        """Root of the mean squared error over all points."""
        return rmse(self.worksheet.page, *self.position)

    def advance(self, n_steps: int) -> None:
        """Calculate so many rows."""
        sheet = self.worksheet
        while n_steps > 0:
            before = 0 if sheet.is_full else len(sheet.rows)
            n = min(n_steps, len(sheet.order) - before)
            sheet.forward(n)
            self.path.extend([row[-2:] for row in sheet.rows[before:]])  # type: ignore[misc]  # always numbers
            n_steps -= n


class PlaneRunner:
    """A method on a function of two numbers."""

    def __init__(self, page: Page, plane: Plane, start: tuple[float, float]) -> None:
        self.descent = Descent(page.method, page.form_name, page.settings, plane.objective, start)
        self.name, self.title = page.method.name, page.method.title
        self.path = Path(start)

    @property
    def position(self) -> tuple[float, float]:
        """(a, b) after the last step."""
        a, b = self.descent.parameters.tolist()
        return a, b

    @property
    def loss(self) -> float:
        """The function's value there."""
        return self.descent.loss

    def advance(self, n_steps: int) -> None:
        """Take so many steps."""
        points = []
        for _ in range(n_steps):
            self.descent.step()
            points.append(self.position)
        self.path.extend(points)


class Race:
    """Several methods that take their steps side by side from one start."""

    def __init__(self, runners: Iterable[Runner]) -> None:
        self.runners = list(runners)
        self.n_steps = 0

    @classmethod
    def on_line(
        cls,
        methods: Iterable[str],
        form: FormName,
        data: LineData,
        start: tuple[float, float] = (1.0, 1.0),
        pages: dict[str, Page] | None = None,
    ) -> Race:
        """A race on points; `pages` gives the pages of methods that have other than their usual settings."""
        known = pages or {}
        return cls(LineRunner(known.get(name) or new_page(name, form, data), start) for name in methods)

    @classmethod
    def on_plane(
        cls, methods: Iterable[str], form: FormName, plane: Plane, start: tuple[float, float] | None = None
    ) -> Race:
        """A race on another function, all with its own learning rate unless the method divides by the gradient."""
        from cfstudio.optimizer_lab.curvature import LINEAR_METHODS

        runners = []
        for name in methods:
            page = new_page(name, form)
            is_linear = name in (*LINEAR_METHODS, "sgd-annealing")
            page = page.changed(learning_rate=plane.learning_rate if is_linear else 0.05, weight_decay=0.0)
            runners.append(PlaneRunner(page, plane, plane.start if start is None else start))
        return cls(runners)

    def advance(self, n_steps: int = 1) -> None:
        """Every method goes on by so many rows or steps."""
        for runner in self.runners:
            runner.advance(n_steps)
        self.n_steps += n_steps

    def ranking(self) -> list[tuple[str, float]]:
        """Titles and losses, the lowest first, what burst last."""
        losses = [(one.title, one.loss) for one in self.runners]
        return sorted(losses, key=lambda one: (not np.isfinite(one[1]), one[1]))
