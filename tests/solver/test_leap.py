"""Alternating least squares leaps along its way to the lowest point there, and needs fewer sweeps for the same end."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from solver_support import lesson_problem, nothing_held_out, random_model

from cfstudio.ratings.builtin import lesson
from cfstudio.solver.leap import LONGEST, Leap, best_length
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.problem import Problem
from cfstudio.solver.solve import solve


@pytest.mark.parametrize("seed", range(8))
def test_the_length_is_the_best_there_is_between_one_sweep_and_the_longest_leap(seed):
    start, linear, square = np.random.default_rng(seed).normal(size=(3, 20))
    linear, square = linear - 0.3 * start, 0.1 * square

    def squares(length):
        return np.sum((start + length * linear + length**2 * square) ** 2)

    places = np.linspace(1.0, LONGEST, 2_000)
    near = places[np.argmin([squares(one) for one in places])]
    bounds = (max(1.0, near - 0.02), min(LONGEST, near + 0.02))
    best = minimize_scalar(squares, bounds=bounds, method="bounded", options={"xatol": 1e-10})
    assert squares(best_length(start, linear, square)) <= best.fun * (1 + 1e-12)


def test_ten_factors_need_less_than_half_of_the_sweeps(monkeypatch):
    ratings = lesson()
    problem = Problem.ready_for(ratings, nothing_held_out(ratings), random_model(15, 15, 10, bias=False, seed=6))
    problem = replace(problem, method="als", options=SolverOptions(max_iterations=1_000))
    leaping = solve(problem)
    monkeypatch.setattr(Leap, "beyond", lambda _self, _before, after: after)
    plain = solve(problem)
    assert leaping.iterations < 0.5 * plain.iterations
    assert leaping.objective <= plain.objective


def test_no_leap_ends_higher_than_the_sweep_before_it():
    result = solve(lesson_problem(bias=True, method="als"))
    objectives = [trial.objective for trial in result.history]
    assert objectives == sorted(objectives, reverse=True)
    assert result.objective < 0.3211
