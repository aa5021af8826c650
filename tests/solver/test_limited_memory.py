"""The search for very many cells ends where SciPy's L-BFGS-B does, by steps that meet the Wolfe conditions."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der
from solver_support import lesson_problem

from cfstudio.solver import gradient_methods, limited_memory
from cfstudio.solver.limited_memory import Memory
from cfstudio.solver.line_search import CURVATURE, DECREASE, Point, wolfe_point
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.solve import solve

CLOSE = SolverOptions(convergence=1e-7)
VALLEY = np.tile([-1.2, 1.0], 25)


def rosenbrock(point):
    return rosen(point), rosen_der(point)


def test_rosenbrocks_valley_is_followed_to_the_same_end_in_about_as_many_steps_as_scipy_needs():
    points = []
    limited_memory.minimize(rosenbrock, VALLEY, points.append)
    theirs = minimize(rosen, VALLEY, jac=rosen_der, method="L-BFGS-B", options={"ftol": 0, "gtol": 0, "maxfun": 10**6})
    np.testing.assert_allclose(points[-1], theirs.x, atol=1e-7)
    assert len(points) < 1.5 * theirs.nit
    values = [rosen(point) for point in points]
    assert values == sorted(values, reverse=True)


def test_least_squares_end_where_numpy_solves_them():
    numbers = np.random.default_rng(0)
    matrix, wanted = numbers.normal(size=(40, 30)), numbers.normal(size=40)

    def squares(point):
        errors = matrix @ point - wanted
        return errors @ errors, 2 * matrix.T @ errors

    points = []
    limited_memory.minimize(squares, np.zeros(30), points.append)
    np.testing.assert_allclose(points[-1], np.linalg.lstsq(matrix, wanted, rcond=None)[0], atol=1e-6)


@pytest.mark.parametrize("bias", [False, True])
def test_the_lesson_ends_where_scipy_takes_it(bias, monkeypatch):
    theirs = solve(lesson_problem(bias=bias, options=CLOSE))
    monkeypatch.setattr(gradient_methods, "MANY_CELLS", 0)
    monkeypatch.setattr(gradient_methods, "_l_bfgs_b", None)
    ours = solve(lesson_problem(bias=bias, options=CLOSE))
    assert ours.objective == pytest.approx(theirs.objective, abs=1e-7)
    assert ours.outcome in (Outcome.FOUND, Outcome.CONVERGED)


def test_bounds_are_left_to_scipy(monkeypatch):
    monkeypatch.setattr(gradient_methods, "MANY_CELLS", 0)
    monkeypatch.setattr(limited_memory, "minimize", None)
    result = solve(lesson_problem(non_negative=True))
    assert result.numbers.min() >= 0


def test_an_optimum_to_begin_with_ends_at_once():
    points = []
    limited_memory.minimize(lambda point: (float(point @ point), 2 * point), np.zeros(3), points.append)
    assert not points


def test_the_direction_is_that_of_the_dense_bfgs_formula():
    """Nocedal & Wright, equation 6.17, from the scaled identity of equation 7.20, multiplied out."""
    numbers = np.random.default_rng(3)
    half = numbers.normal(size=(6, 6))
    hessian = half @ half.T + np.eye(6)
    memory, inverse = Memory(6, 4), None
    steps = numbers.normal(size=(7, 6))
    gradient = numbers.normal(size=6)
    for step in steps:
        memory.add(step, gradient, gradient + hessian @ step)
        gradient = gradient + hessian @ step
    last = hessian @ steps[-1]
    inverse = np.eye(6) * (steps[-1] @ last) / (last @ last)
    for step in steps[-4:]:
        change = hessian @ step
        left = np.eye(6) - np.outer(step, change) / (step @ change)
        inverse = left @ inverse @ left.T + np.outer(step, step) / (step @ change)
    np.testing.assert_allclose(memory.direction(gradient), -inverse @ gradient, rtol=1e-9)


LINES = {
    "far away": (lambda x: (x - 900) ** 2, lambda x: 2 * (x - 900)),
    "very near": (lambda x: (x - 1e-3) ** 2, lambda x: 2 * (x - 1e-3)),
    "waves": (lambda x: math.sin(7 * x) - x / 3 + x * x / 40, lambda x: 7 * math.cos(7 * x) - 1 / 3 + x / 20),
    "a cliff": (lambda x: -x / (x * x + 2), lambda x: (x * x - 2) / (x * x + 2) ** 2),
    "steep": (lambda x: math.exp(40 * (x - 1)) - x, lambda x: 40 * math.exp(40 * (x - 1)) - 1),
}


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("first", [1e-3, 1.0, 10.0])
def test_the_length_meets_the_strong_wolfe_conditions(name, first):
    value, slope = LINES[name]
    sign = -1.0 if slope(0.0) > 0 else 1.0

    def at(length):
        return Point(length, value(sign * length), sign * slope(sign * length))

    start = at(0.0)
    found = wolfe_point(at, start, first)
    assert found == at(found.length)
    assert found.value <= start.value + DECREASE * found.length * start.slope
    assert abs(found.slope) <= CURVATURE * abs(start.slope)


def test_a_line_that_only_falls_is_followed_and_one_that_rises_is_not():
    falling = wolfe_point(lambda length: Point(length, -length, -1.0), Point(0.0, 0.0, -1.0), 1.0)
    assert falling.length > 1e5
    assert wolfe_point(lambda length: Point(length, length, 1.0), Point(0.0, 0.0, 1.0), 1.0) is None


def test_a_value_that_is_no_number_is_not_gone_to():
    def at(length):
        inside = length < 2
        return Point(length, (length - 1) ** 2 if inside else math.inf, 2 * (length - 1) if inside else math.nan)

    assert wolfe_point(at, at(0.0), 64.0).length < 2
