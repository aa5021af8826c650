"""Every slope that the Solver follows is the true one: checked against torch's autograd and SciPy's differences."""

from itertools import product

import numpy as np
import pytest
import torch
from scipy.optimize import check_grad
from solver_support import lesson_problem, random_model
from support import random_ratings

from cfstudio.solver import pair_sums
from cfstudio.solver.cells import BLOCKS, Cells
from cfstudio.solver.differences import value_and_gradient
from cfstudio.solver.objective import Objective
from cfstudio.solver.sheet_function import SheetFunction

OBJECTIVES = [
    Objective("rmse"),
    Objective("sse"),
    Objective("mae"),
    Objective("cell_error", 2, 3),
    Objective("cell_prediction", 1, 1),
    Objective("user_rmse", user=2),
    Objective("item_rmse", item=3),
]


def torch_gradients(objective, ratings, held_out, model):
    """Value and gradient per block by automatic differentiation of the formula as one would write it."""
    blocks = {
        name: torch.tensor(getattr(model, name), requires_grad=True)
        for name in BLOCKS
        if getattr(model, name) is not None
    }
    total = blocks["user_factors"] @ blocks["item_factors"].T
    if model.has_bias:
        total = total + blocks["user_bias"][:, None] + blocks["item_bias"]
    predicted = total + model.global_mean
    if model.rating_range is not None:
        low, high = model.rating_range
        predicted = low + (high - low) * torch.sigmoid(predicted)
    known = np.full((ratings.n_users, ratings.n_items), np.nan)
    rows = ratings.rated & ~held_out
    known[ratings.users[rows], ratings.items[rows]] = ratings.values[rows]
    if objective.kind == "user_rmse":
        known[np.arange(len(known)) != objective.user] = np.nan
    if objective.kind == "item_rmse":
        known[:, np.arange(known.shape[1]) != objective.item] = np.nan
    errors = (predicted - torch.tensor(known))[torch.tensor(~np.isnan(known))]
    if objective.kind == "cell_prediction":
        value = predicted[objective.user, objective.item]
    elif objective.kind == "cell_error":
        value = (
            predicted[objective.user, objective.item]
            - ratings.values_at(np.array([objective.user]), np.array([objective.item])).item()
        )
    elif objective.kind == "sse":
        value = (errors**2).sum()
    elif objective.kind == "mae":
        value = errors.abs().mean()
    else:
        value = (errors**2).mean().sqrt()
    value.backward()
    return value.item(), {name: block.grad.numpy() for name, block in blocks.items()}


def sheet(bias, rating_range):
    ratings = random_ratings(7, 6, 30, seed=1)
    ratings.set(2, 3, 4.5)
    ratings.set(1, 1, np.nan)
    held_out = np.random.default_rng(2).random(len(ratings.values)) < 0.2
    return ratings, held_out, random_model(7, 6, 3, bias=bias, rating_range=rating_range, mean=0.3)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.kind)
@pytest.mark.parametrize(("bias", "rating_range"), list(product([False, True], [None, (0.0, 5.5)])))
def test_gradients_are_those_of_autograd(objective, bias, rating_range, dense, monkeypatch):
    if not dense:
        monkeypatch.setattr(pair_sums, "SMALL_CELLS", 0)
        monkeypatch.setattr(pair_sums, "MOST_DENSE_CELLS", 0)
    ratings, held_out, model = sheet(bias, rating_range)
    changing = Cells.whole(model)
    function = SheetFunction(objective, ratings, held_out, model, changing)
    value, gradient = function.value_and_gradient(changing.read(model))
    wanted, gradients = torch_gradients(objective, ratings, held_out, model)
    assert value == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(gradient, changing.gather(gradients), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.kind)
def test_gradients_of_a_few_chosen_cells_are_those_of_scipys_differences(objective):
    ratings, held_out, model = sheet(True, (0.0, 5.5))
    masks = {name: np.random.default_rng(3).random(getattr(model, name).shape) < 0.5 for name in BLOCKS}
    changing = Cells.chosen(model, masks)
    function = SheetFunction(objective, ratings, held_out, model, changing)
    off = check_grad(function.value, lambda x: function.value_and_gradient(x)[1], changing.read(model))
    assert off < 1e-5


@pytest.mark.parametrize(("derivatives", "cost"), [("analytic", 1), ("forward", 151), ("central", 301)])
def test_a_gradient_of_the_lesson_costs_as_many_recalculations_as_excel_needs(derivatives, cost):
    problem = lesson_problem()
    function = SheetFunction(problem.objective, problem.ratings, problem.held_out, problem.model, problem.changing)
    start = problem.changing.read(problem.model)
    exact = function.value_and_gradient(start)[1]
    function.recalculations = 0
    free = np.full(len(start), np.inf)
    _, gradient = value_and_gradient(function, derivatives, -free, free, lambda: None)(start)
    assert function.recalculations == cost
    np.testing.assert_allclose(gradient, exact, atol={"analytic": 0, "forward": 1e-6, "central": 1e-8}[derivatives])


@pytest.mark.parametrize("derivatives", ["forward", "central"])
def test_nudges_stay_inside_the_bounds(derivatives):
    problem = lesson_problem()
    start = problem.changing.read(problem.model)
    seen = []

    class Recording(SheetFunction):
        def value(self, numbers):
            seen.append(numbers.copy())
            return super().value(numbers)

    function = Recording(problem.objective, problem.ratings, problem.held_out, problem.model, problem.changing)
    value_and_gradient(function, derivatives, start - 1, start, lambda: None)(start)
    assert all((one <= start).all() for one in seen)
