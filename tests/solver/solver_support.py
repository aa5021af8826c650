"""Problems that the Solver's tests share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cfstudio.models.factorization import Factorization
from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson
from cfstudio.solver.cells import Cells
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.problem import Problem

TIGHT = SolverOptions(convergence=1e-10, precision=1e-9)


def nothing_held_out(ratings):
    return np.zeros(len(ratings.values), dtype=np.bool_)


def lesson_problem(*, bias=False, blocks=None, **changes):
    """The lesson's crosstab from the workbook's start."""
    ratings, model = lesson(), lesson_start(bias=bias)
    problem = Problem.ready_for(ratings, nothing_held_out(ratings), model)
    if blocks is not None:
        problem = replace(problem, changing=Cells.whole(model, blocks))
    return replace(problem, **changes)


def random_model(n_users, n_items, n_factors, *, bias, rating_range=None, mean=0.0, seed=5):
    numbers = np.random.default_rng(seed)
    return Factorization(
        numbers.uniform(0, 1, (n_users, n_factors)),
        numbers.uniform(0, 1, (n_items, n_factors)),
        numbers.normal(size=n_users) * 0.1 if bias else None,
        numbers.normal(size=n_items) * 0.1 if bias else None,
        mean,
        rating_range,
    )


def one_row(model, name, row):
    """A mask of one user's or item's numbers."""
    mask = np.zeros(getattr(model, name).shape, dtype=np.bool_)
    mask[row] = True
    return mask
