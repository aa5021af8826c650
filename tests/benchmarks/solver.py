"""Measures the Solver without a window: against SciPy alone and against differences; a real data set.

Usage: python tests/benchmarks/solver.py [--seconds 30]
Every time is a ratio within this run, but for the real data set, whose aim is in seconds on one thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import time
from dataclasses import replace

from scipy.optimize import minimize

from cfstudio.ratings.catalog import open_ratings
from cfstudio.solver.problem import Problem
from cfstudio.solver.sheet_function import SheetFunction
from cfstudio.solver.solve import solve
from cfstudio.solver.watch import Watch
from cfstudio.workspace.document import Workspace


def lesson_problem() -> Problem:
    workspace = Workspace()
    workspace.open_ratings(open_ratings("lesson"))
    return Problem.ready_for(workspace.ratings, workspace.held_out, workspace.factors)


def seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare_scipy(problem: Problem, n_iterations: int) -> None:
    """SciPy on the same function for as many iterations, with nobody watching."""
    function = SheetFunction(problem.objective, problem.ratings, problem.held_out, problem.model, problem.changing)
    start = problem.changing.read(problem.model)
    options = {"maxiter": n_iterations, "ftol": 0.0, "gtol": 0.0}
    minimize(function.value_and_gradient, start, jac=True, method="L-BFGS-B", options=options)


def lesson_rows() -> list[tuple[str, str, str]]:
    problem = lesson_problem()
    with_differences = {
        kind: replace(problem, options=replace(problem.options, derivatives=kind)) for kind in ("forward", "central")
    }
    result = solve(problem)
    rounds = [
        (
            seconds(lambda: solve(problem)),
            seconds(lambda: bare_scipy(problem, result.iterations)),
            *(seconds(lambda one=one: solve(one)) for one in with_differences.values()),
        )
        for _ in range(5)
    ]
    ours, bare, forward, central = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        ("lesson, 150 cells: RMSE", f"{result.objective:.6f} in {result.iterations} iterations", "≤ 0.39291"),
        ("  against the bare SciPy call on the same function", f"{ours / bare:.1f}×", "≤ 3×"),
        ("  forward / central differences against analytic", f"{forward / ours:.0f}× / {central / ours:.0f}×", "≥ 10×"),
    ]


def real_rows(limit: float) -> list[tuple[str, str, str]]:
    workspace = Workspace()
    workspace.open_ratings(open_ratings("ml-latest-small-2016"))
    config = replace(workspace.config, model="dot", sigmoid=False, valid_fraction=0.0)
    workspace.configure(config)
    problem = Problem.ready_for(workspace.ratings, workspace.held_out, workspace.factors)
    options = replace(problem.options, max_seconds=limit, max_iterations=100_000)
    reached: list[float] = []

    def look(trial) -> None:
        if trial.objective <= 0.10 and not reached:
            reached.append(trial.seconds)

    result = solve(replace(problem, options=options), Watch(look))
    when = f"after {reached[0]:.1f} s" if reached else f"not in {limit:.0f} s ({result.objective:.3f})"
    return [("ml-latest-small-2016, 486,850 cells: RMSE ≤ 0.10 reached", when, "≤ 30 s")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    print("| measure | figure | target |\n|---|---|---|")
    for row in [*lesson_rows(), *real_rows(options.seconds)]:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
