"""Limited-memory BFGS for very many cells without bounds, in pieces that leave the interpreter to others.

SciPy's L-BFGS-B holds the interpreter's lock while it works through its memory, which a window beside it shows as
frames that come late; here that work is a few products of a matrix and a vector, which `np.dot` finds without the
lock (and `@` does not).

Nocedal & Wright, Numerical Optimization (2006), algorithms 7.4 and 7.5; the two loops run over coefficients of the
remembered vectors instead of the vectors themselves (Chen, Wang and Zhou, NIPS 2014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cfstudio.solver.cells import own
from cfstudio.solver.line_search import Point, wolfe_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import FloatArray

    ValueAndGradient = Callable[[FloatArray], tuple[float, FloatArray]]

N_REMEMBERED = 5
"""Steps that are remembered. Ten, as in SciPy, need a few iterations fewer, and twice the time for each."""

SMALLEST_CURVATURE = float(np.finfo(np.float64).eps)
"""Relative to y·y: a step along which the slope hardly changes says nothing about the curvature."""


class Memory:
    """The last steps s and what each has changed in the gradient, y.

    The rows of `_basis` (2 m + 1, n) are the s, then the y, of m slots that are used in turn, then the gradient;
    `_products` (2 m, 2 m + 1) holds the dot products of s and y with all but the gradient.
    """

    def __init__(self, n: int, n_remembered: int = N_REMEMBERED) -> None:
        self._m = n_remembered
        self._basis = np.zeros((2 * n_remembered + 1, n))
        self._products = np.zeros((2 * n_remembered, 2 * n_remembered + 1))
        self._slots: list[int] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._slots

    def forget(self) -> None:
        """Start anew."""
        self._slots.clear()

    def add(self, step: FloatArray, before: FloatArray, after: FloatArray) -> None:
        """Remember a step (n,) and the gradients before and after it, in place of the oldest if need be."""
        slot = self._slots.pop(0) if len(self._slots) == self._m else _free(self._slots)
        rows = (slot, self._m + slot)
        self._basis[slot] = step
        np.subtract(after, before, out=self._basis[self._m + slot])
        for row in rows:
            found = np.dot(self._basis, self._basis[row])
            self._products[row], self._products[:, row] = found, found[:-1]
        curvature, square = self._products[slot, rows[1]], self._products[rows[1], rows[1]]
        if curvature > SMALLEST_CURVATURE * square:
            self._slots.append(slot)

    def direction(self, gradient: FloatArray) -> FloatArray:
        """(n,) where to go: minus the gradient times the remembered inverse of the Hessian."""
        products, m = self._products, self._m
        self._basis[-1] = gradient
        along, weights, scale = np.dot(self._basis, gradient), np.zeros(2 * m + 1), 1.0
        weights[-1] = 1.0
        products[:, -1] = along[:-1]
        shares: dict[int, float] = {}
        for slot in reversed(self._slots):
            shares[slot] = np.dot(weights, products[slot]) / products[slot, m + slot]
            weights[m + slot] -= shares[slot]
        if self._slots:
            last = self._slots[-1]
            scale = products[last, m + last] / products[m + last, m + last]
        weights *= scale
        for slot in self._slots:
            weights[slot] += shares[slot] - np.dot(weights, products[m + slot]) / products[slot, m + slot]
        direction: FloatArray = np.dot(-weights, self._basis)
        return direction


def _free(slots: list[int]) -> int:
    return next(slot for slot in range(len(slots) + 1) if slot not in slots)


def minimize(value_and_gradient: ValueAndGradient, start: FloatArray, trial: Callable[[FloatArray], None]) -> None:
    """Go downhill from (n,) numbers, telling `trial` each time; returns once no step leads lower.

    Both functions may raise to end it.
    """
    numbers = own(start)
    value, gradient = value_and_gradient(numbers)
    memory = Memory(len(numbers))
    while True:
        line = _Line(value_and_gradient, numbers, memory.direction(gradient))
        # Without a memory nothing is known of the right length: 1 in all at most, as L-BFGS-B begins, too.
        first = min(1.0, 1.0 / float(np.linalg.norm(gradient))) if memory.is_empty and gradient.any() else 1.0
        found = wolfe_point(line.at, Point(0.0, value, float(np.dot(gradient, line.direction))), first)
        if found is not None:
            new_numbers, new_gradient = line.reached(found)
            memory.add(found.length * line.direction, gradient, new_gradient)
            numbers, value, gradient = new_numbers, found.value, new_gradient
            trial(numbers)
        elif memory.is_empty:
            return
        else:
            # What is remembered may be of another landscape: try once more, straight down.
            memory.forget()


class _Line:
    """A function along a direction; it keeps numbers and gradient of the last point."""

    def __init__(self, value_and_gradient: ValueAndGradient, origin: FloatArray, direction: FloatArray) -> None:
        self.direction = direction
        self._value_and_gradient, self._origin = value_and_gradient, origin
        self._last: tuple[float, FloatArray, FloatArray] | None = None

    def at(self, length: float) -> Point:
        """The point at a length."""
        numbers = self._origin + length * self.direction
        # Numbers that nobody writes to need no copies, and are known again without a look at them.
        numbers.flags.writeable = False
        value, gradient = self._value_and_gradient(numbers)
        self._last = length, numbers, gradient
        return Point(length, value, float(np.dot(gradient, self.direction)))

    def reached(self, point: Point) -> tuple[FloatArray, FloatArray]:
        """(n,) numbers and gradient at a point; calculated anew if it is not the last one."""
        if self._last is None or self._last[0] != point.length:
            self.at(point.length)
        assert self._last is not None
        return self._last[1:]
