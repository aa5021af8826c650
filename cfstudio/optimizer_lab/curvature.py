"""How the error curves: Jacobian, Hessian, its eigenvalues, and the largest learning rate that does not diverge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.optimizer_lab.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.optimizer_lab.line_data import LineData
    from cfstudio.optimizer_lab.page import Page

LINEAR_METHODS = ("sgd", "momentum", "nesterov")
"""Methods whose step is proportional to the derivatives, so that one learning rate divides shrinking from growing."""

_RATES_AT_ONCE = 64
_MOST_ROUNDS = 12
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Curvature:
    """Second derivatives of the mean squared error of a line by (a, b).

    `hessian` (2, 2); `eigenvalues` (2,), the steepest first, with `directions` (2, 2) in its columns; `minimum` (a, b)
    of the least error. Between `stable_rate` = 2 / steepest and 0 full descent shrinks the error (LeCun et al. 1998,
    "Efficient BackProp", section 5.1). `condition` is the steepest through the flattest: how much of a canyon it is.
    """

    hessian: NDArray[np.float64]
    eigenvalues: NDArray[np.float64]
    directions: NDArray[np.float64]
    minimum: tuple[float, float]

    @property
    def stable_rate(self) -> float:
        """The learning rate from which on full-batch descent diverges."""
        return 2.0 / float(self.eigenvalues[0])

    @property
    def condition(self) -> float:
        """Steepest through flattest curvature; 1 is a round bowl. As a rule of thumb as many steps are needed."""
        return float(self.eigenvalues[0] / self.eigenvalues[1])


def jacobian(data: LineData) -> NDArray[np.float64]:
    """(n, 2) derivatives of the n predictions by (a, b): x and 1. They do not depend on a and b."""
    return np.column_stack([data.x, np.ones(len(data))])


def curvature(data: LineData) -> Curvature:
    """The curvature of the mean squared error: its Hessian is 2/n · JᵀJ, the same everywhere."""
    slopes = jacobian(data)
    hessian = 2.0 / len(data) * slopes.T @ slopes
    eigenvalues, directions = np.linalg.eigh(hessian)
    a, b = np.linalg.lstsq(slopes, data.y, rcond=None)[0].tolist()
    return Curvature(hessian, eigenvalues[::-1].copy(), directions[:, ::-1].copy(), (a, b))


def stable_rate(page: Page) -> float | None:
    """The learning rate from which on a page diverges, with its batches, order and momentum.

    The epochs of a method that is linear in the weights multiply the distance to the minimum by a matrix; it diverges
    once that matrix has an eigenvalue beyond 1. None for methods that divide by the size of the derivatives: they do
    not burst in this way. A shuffled order is judged by the first epoch. Milliseconds for a hundred rows, a second for
    10,000 in batches of one.
    """
    if page.method.name not in LINEAR_METHODS:
        return None
    # The limit does not depend on the learning rate, and a page that runs asks again and again.
    return _stable_rate(page.changed(learning_rate=1.0))


@lru_cache(maxsize=32)
def _stable_rate(page: Page) -> float:
    steepest_batch = max(2.0 * (square + 1.0) for _, square in _batch_moments(page))
    low = 0.01 * (1.0 - page.settings.beta1) / (steepest_batch + page.settings.weight_decay)
    high = 100.0 * curvature(page.data).stable_rate / (1.0 - page.settings.beta1)
    for _ in range(_MOST_ROUNDS):
        rates = np.geomspace(low, high, _RATES_AT_ONCE)
        diverging = np.flatnonzero(growth(page, rates) > 1.0 + _ROUNDING)
        first = int(diverging[0]) if len(diverging) else len(rates) - 1
        low, high = float(rates[max(first - 1, 0)]), float(rates[first])
        if high <= low * (1.0 + _ROUNDING):
            break
    return low


def growth(page: Page, rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n_rates,) by how much an epoch at most multiplies weights and averages, if all y were 0, for learning rates.

    It is the largest size of an eigenvalue of the matrix that the page's formulas, being linear, amount to.
    """
    names = ("intercept", "slope", *page.memories)
    step = compiled(page.step_formulas, page.step_inputs, arrays=True)
    outputs = [name for name, _ in page.step_formulas]
    carried = [outputs.index(name) for name in ("new_b", "new_a", *page.memories)]
    # One direction per column, one learning rate per row.
    state = [np.broadcast_to(row, (len(rates), len(names))) for row in np.eye(len(names))]
    constants = (rates[:, None], *page.constants[1:])
    with np.errstate(over="ignore", invalid="ignore"):
        for mean, square in _batch_moments(page):
            b, a = state[0], state[1]
            results = step(b, a, 2 * (a * mean + b), 2 * (a * square + b * mean), *state[2:], *constants)
            state = [results[place] for place in carried]
    matrices = np.stack(state, axis=1)
    is_finite = np.isfinite(matrices).all(axis=(1, 2))
    largest = np.full(len(rates), np.inf)
    largest[is_finite] = np.abs(np.linalg.eigvals(matrices[is_finite])).max(axis=1)
    return largest


def _batch_moments(page: Page) -> list[tuple[float, float]]:
    """Mean of x and of x² in each batch of the first epoch."""
    x, size = page.data.x[page.order(1)], page.settings.batch_size
    starts = np.arange(0, len(x), size)
    counts = np.diff([*starts.tolist(), len(x)])
    means, squares = (np.add.reduceat(one, starts) / counts for one in (x, x * x))
    return list(zip(means.tolist(), squares.tolist(), strict=True))
