"""Limited-memory BFGS for very many cells without bounds, in pieces that leave the interpreter to others.

SciPy's L-BFGS-B holds the interpreter's lock while it works through its memory, which a window beside it shows as
frames that come late; here that work is two products of a matrix and a vector, which NumPy does without the lock.

Nocedal & Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5; the two loops run over coefficients of the
remembered vectors instead of the vectors themselves (Chen, Wang and Zhou, NIPS 2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.line_search import Point, wolfe_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray

    ValueAndGradient = Callable[[FloatArray], tuple[float, FloatArray]]

N_REMEMBERED = 10
"""Steps that are remembered, as many as SciPy's L-BFGS-B does."""

SMALLEST_CURVATURE = float(np.finfo(np.float64).eps)
"""Relative to y·y: a step along which the slope hardly changes says nothing about the curvature."""


class Memory:
    """The last steps s and what each has changed in the gradient, y.

    The rows of `_basis` (2 m, n) are the s, then the y, of m slots that are used in turn; `_products` (2 m, 2 m) holds
    their dot products.
    """

    def __init__(self, n: int, n_remembered: int = N_REMEMBERED) -> None:
        self._m = n_remembered
        self._basis = np.zeros((2 * n_remembered, n))
        self._products = np.zeros((2 * n_remembered, 2 * n_remembered))
        self._slots: list[int] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._slots

    def forget(self) -> None:
        """Start anew."""
        self._slots.clear()

    def add(self, step: FloatArray, change: FloatArray) -> None:
        """Remember a step (n,) and the gradient's change along it, in place of the oldest if need be."""
        if not step @ change > SMALLEST_CURVATURE * (change @ change):
            return
        slot = self._slots.pop(0) if len(self._slots) == self._m else len(self._slots)
        for row, vector in ((slot, step), (self._m + slot, change)):
            self._basis[row] = vector
        for row, vector in ((slot, step), (self._m + slot, change)):
            self._products[row] = self._products[:, row] = self._basis @ vector
        self._slots.append(slot)

    def direction(self, gradient: FloatArray) -> FloatArray:
        """(n,) where to go: minus the gradient times the remembered inverse of the Hessian."""
        along, weights, scale = self._basis @ gradient, np.zeros(2 * self._m), 1.0
        shares: dict[int, float] = {}
        for slot in reversed(self._slots):
            curvature = self._products[slot, self._m + slot]
            shares[slot] = (along[slot] + weights @ self._products[slot]) / curvature
            weights[self._m + slot] -= shares[slot]
        if self._slots:
            last = self._m + self._slots[-1]
            scale = self._products[last - self._m, last] / self._products[last, last]
        weights *= scale
        for slot in self._slots:
            row, curvature = self._m + slot, self._products[slot, self._m + slot]
            weights[slot] += shares[slot] - (scale * along[row] + weights @ self._products[row]) / curvature
        direction: FloatArray = weights @ self._basis
        direction += scale * gradient
        return np.negative(direction, out=direction)


def minimize(value_and_gradient: ValueAndGradient, start: FloatArray, trial: Callable[[FloatArray], None]) -> None:
    """Go downhill from (n,) numbers, telling `trial` each time; returns once no step leads lower.

    Both functions may raise to end it.
    """
    numbers = start.copy()
    value, gradient = value_and_gradient(numbers)
    memory = Memory(len(numbers))
    while True:
        line = _Line(value_and_gradient, numbers, memory.direction(gradient))
        # Without a memory nothing is known of the right length: 1 in all at most, as L-BFGS-B begins, too.
        first = min(1.0, 1.0 / float(np.linalg.norm(gradient))) if memory.is_empty and gradient.any() else 1.0
        found = wolfe_point(line.at, Point(0.0, value, float(gradient @ line.direction)), first)
        if found is not None:
            step, new_gradient = line.step(found), line.gradient(found)
            memory.add(step, new_gradient - gradient)
            numbers, value, gradient = numbers + step, found.value, new_gradient
            trial(numbers)
        elif memory.is_empty:
            return
        else:
            # What is remembered may be of another landscape: try once more, straight down.
            memory.forget()


class _Line:
    """A function along a direction; it keeps the gradient of the last point."""

    def __init__(self, value_and_gradient: ValueAndGradient, origin: FloatArray, direction: FloatArray) -> None:
        self.direction = direction
        self._value_and_gradient, self._origin = value_and_gradient, origin
        self._last: tuple[float, FloatArray] | None = None

    def at(self, length: float) -> Point:
        """The point at a length."""
        value, gradient = self._value_and_gradient(self._origin + length * self.direction)
        self._last = length, gradient
        return Point(length, value, float(gradient @ self.direction))

    def step(self, point: Point) -> FloatArray:
        """(n,) the way to a point."""
        step: FloatArray = point.length * self.direction
        return step

    def gradient(self, point: Point) -> FloatArray:
        """(n,) the gradient at a point; calculated anew if it is not the last one."""
        if self._last is None or self._last[0] != point.length:
            self.at(point.length)
        assert self._last is not None
        return self._last[1]
