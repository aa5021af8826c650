"""The Solver finds what independent methods find: the lesson's measured optima, least squares, bounds, values."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize
from solver_support import TIGHT, lesson_problem, nothing_held_out, one_row, random_model

from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson
from cfstudio.solver import gradient_methods
from cfstudio.solver.alternating import least_change
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.problem import Problem
from cfstudio.solver.solve import solve

MEASURED = {False: 0.392901, True: 0.318655}
"""RMSE that plain SciPy was measured to reach from the workbook's starts, without and with biases."""


def rmse_by_hand(ratings, model):
    predicted = model.user_factors @ model.item_factors.T
    if model.has_bias:
        predicted = predicted + model.user_bias[:, None] + model.item_bias
    errors = predicted[ratings.users, ratings.items] - ratings.values
    return np.sqrt(np.mean(errors**2))


@pytest.mark.parametrize(("bias", "most"), [(False, 0.39291), (True, 0.31870)])
def test_the_lesson_is_solved_from_the_workbooks_start(bias, most):
    problem = lesson_problem(bias=bias)
    result = solve(problem)
    assert result.outcome in (Outcome.FOUND, Outcome.CONVERGED)
    assert MEASURED[bias] - 1e-6 <= result.objective <= most
    assert rmse_by_hand(problem.ratings, result.factorization()) == pytest.approx(result.objective, rel=1e-12)


@pytest.mark.parametrize("derivatives", ["forward", "central"])
def test_differences_reach_the_same_optimum(derivatives):
    result = solve(lesson_problem(options=SolverOptions(derivatives=derivatives)))
    assert result.objective == pytest.approx(MEASURED[False], abs=1e-4)


def test_automatic_scaling_changes_the_way_and_not_the_optimum():
    result = solve(lesson_problem(options=SolverOptions(automatic_scaling=True)))
    assert result.objective == pytest.approx(MEASURED[False], abs=1e-4)


CLOSE = SolverOptions(convergence=1e-8, max_iterations=3_000)


@pytest.mark.parametrize(
    ("n_factors", "seed", "seed_als"),
    # With three factors each method has starts that lead it to a higher valley; these lead both to the lowest known.
    [(1, 5, 5), (2, 5, 5), (3, 6, 5), pytest.param(10, 6, 6, marks=pytest.mark.slow)],
)
def test_few_and_many_factors_end_where_alternating_least_squares_does(n_factors, seed, seed_als):
    ratings = lesson()

    def solved(method, seed):
        model = random_model(15, 15, n_factors, bias=False, seed=seed)
        problem = Problem.ready_for(ratings, nothing_held_out(ratings), model)
        return solve(replace(problem, method=method, options=CLOSE))

    assert solved("grg", seed).objective == pytest.approx(solved("als", seed_als).objective, abs=1e-6)


def test_six_factors_with_biases_are_more_cells_than_excel_takes_and_fit_better():
    ratings = lesson()
    model = random_model(15, 15, 6, bias=True)
    problem = Problem.ready_for(ratings, nothing_held_out(ratings), model)
    assert problem.changing.n == 210
    result = solve(problem)
    found = rmse_by_hand(ratings, result.factorization())
    assert found < MEASURED[True]
    # No gradient is used here: of a hundred small random steps none leads lower.
    steps = np.random.default_rng(0).normal(size=(100, 210)) * 1e-3
    nearby = [rmse_by_hand(ratings, problem.changing.applied(model, result.numbers + step)) for step in steps]
    assert min(nearby) >= found - 1e-7


@pytest.mark.parametrize("method", ["grg", "als"])
def test_one_users_factors_are_the_least_squares_solution(method):
    problem = lesson_problem(method=method)
    ratings, model, user = problem.ratings, problem.model, 4
    changing = Cells.chosen(model, {"user_factors": one_row(model, "user_factors", user)})
    result = solve(replace(problem, changing=changing))
    rows = ratings.users == user
    wanted = np.linalg.lstsq(model.item_factors[ratings.items[rows]], ratings.values[rows], rcond=None)[0]
    solved = model.copy()
    solved.user_factors[user] = wanted
    assert result.objective == pytest.approx(rmse_by_hand(ratings, solved), abs=1e-6)
    if method == "als":
        np.testing.assert_allclose(result.numbers, wanted, rtol=1e-9)


@pytest.mark.parametrize("method", ["grg", "als"])
def test_one_movies_bias_becomes_the_mean_of_what_is_missing(method):
    problem = lesson_problem(bias=True, method=method)
    ratings, model, item = problem.ratings, problem.model, 7
    changing = Cells.chosen(model, {"item_bias": one_row(model, "item_bias", item)})
    result = solve(replace(problem, changing=changing, options=TIGHT))
    rows = ratings.items == item
    missing = ratings.values[rows] - model.predict(ratings.users[rows], ratings.items[rows])
    assert result.numbers == pytest.approx(model.item_bias[item] + missing.mean(), abs=1e-6)


def test_alternating_steps_with_biases_are_least_squares_over_a_chosen_part_of_the_cells():
    problem = lesson_problem(bias=True, method="als", options=SolverOptions(max_iterations=1))
    model, ratings = problem.model, problem.ratings
    mask = one_row(model, "user_factors", 3)
    mask[3, :2] = False
    bias = one_row(model, "user_bias", 3)
    result = solve(replace(problem, changing=Cells.chosen(model, {"user_factors": mask, "user_bias": bias})))
    rows = ratings.users == 3
    others = model.item_factors[ratings.items[rows]]
    rest = ratings.values[rows] - model.item_bias[ratings.items[rows]] - others[:, :2] @ model.user_factors[3, :2]
    wanted = np.linalg.lstsq(np.column_stack((others[:, 2:], np.ones(rows.sum()))), rest, rcond=None)[0]
    np.testing.assert_allclose(result.numbers, wanted, rtol=1e-8)


@pytest.mark.parametrize("shape", [(12, 5), (3, 6), (5, 5)])
@pytest.mark.parametrize("singular", [False, True])
def test_closed_form_steps_are_those_of_numpys_lstsq(shape, singular):
    rng = np.random.default_rng(8)
    columns, missing = rng.normal(size=shape), rng.normal(size=shape[0])
    if singular:
        columns[:, 1] = columns[:, 0]
    wanted = np.linalg.lstsq(columns, missing, rcond=None)[0]
    np.testing.assert_allclose(least_change(columns, missing), wanted, rtol=1e-7, atol=1e-9)


def test_multistart_escapes_a_worse_valley_and_is_repeatable():
    ratings = lesson()
    model = random_model(15, 15, 5, bias=True, seed=1)
    problem = Problem.ready_for(ratings, nothing_held_out(ratings), model)
    many = replace(problem, options=SolverOptions(multistart=True, population=12))
    single, one, other = solve(problem), solve(many), solve(many)
    assert one.objective < single.objective
    assert one.objective <= 0.3190
    np.testing.assert_array_equal(one.numbers, other.numbers)


def test_factors_at_least_zero_are_the_non_negative_least_squares_of_a_row():
    problem = lesson_problem()
    ratings, model, user = problem.ratings, problem.model, 6
    changing = Cells.chosen(model, {"user_factors": one_row(model, "user_factors", user)})
    result = solve(replace(problem, changing=changing, non_negative=True, options=TIGHT))
    rows = ratings.users == user
    wanted = lsq_linear(model.item_factors[ratings.items[rows]], ratings.values[rows], bounds=(0, np.inf), tol=1e-14)
    assert (result.numbers >= 0).all()
    np.testing.assert_allclose(result.numbers, wanted.x, atol=1e-5)


def test_all_factors_at_least_zero_stay_there():
    result = solve(lesson_problem(non_negative=True))
    assert result.outcome in (Outcome.FOUND, Outcome.CONVERGED)
    assert result.numbers.min() >= 0
    assert 0.3929 < result.objective < 0.3935


def test_value_of_one_is_met():
    problem = lesson_problem(goal="value", target=1.0)
    result = solve(problem)
    assert result.outcome is Outcome.FOUND
    assert rmse_by_hand(problem.ratings, result.factorization()) == pytest.approx(1.0, abs=1e-6)


def test_the_error_of_a_single_cell_can_be_made_zero():
    result = solve(lesson_problem(goal="value", target=0.0, objective=Objective("cell_error", 0, 0)))
    model = result.factorization()
    assert model.user_factors[0] @ model.item_factors[0] == pytest.approx(
        lesson().values_at(np.zeros(1, int), np.zeros(1, int))[0]
    )


def test_the_largest_prediction_within_bounds_has_every_factor_at_its_bound():
    problem = lesson_problem(objective=Objective("cell_prediction", 2, 5), goal="max", non_negative=True)
    model = problem.model
    changing = Cells.chosen(
        model,
        {"user_factors": one_row(model, "user_factors", 2), "item_factors": one_row(model, "item_factors", 5)},
    )
    result = solve(replace(problem, changing=changing, constraints=(CellConstraint(changing, "<=", 1.5),)))
    assert result.outcome is Outcome.FOUND
    assert result.objective == pytest.approx(5 * 1.5**2)


def one_side_row_sums(**changes):
    """User factors with every row's sum equal to 1: a convex problem, small enough for SciPy's own SLSQP."""
    problem = lesson_problem(blocks=["user_factors"], **changes)
    return replace(problem, constraints=(CellConstraint(problem.changing, "=", 1.0, "sums by row"),))


def test_row_sums_of_one_are_the_least_squares_with_that_condition():
    problem = one_side_row_sums(options=SolverOptions(convergence=1e-8))
    result = solve(problem)
    model, ratings = result.factorization(), problem.ratings
    np.testing.assert_allclose(model.user_factors.sum(axis=1), 1.0, atol=1e-6)
    wanted = problem.model.copy()
    for user in range(15):
        rows = ratings.users == user
        a, b = wanted.item_factors[ratings.items[rows]], ratings.values[rows]
        # Lagrange's conditions of an equality-constrained row, solved directly.
        system = np.block([[a.T @ a, np.ones((5, 1))], [np.ones((1, 5)), np.zeros((1, 1))]])
        wanted.user_factors[user] = np.linalg.solve(system, np.append(a.T @ b, 1.0))[:5]
    assert result.objective == pytest.approx(rmse_by_hand(ratings, wanted), abs=1e-6)


def test_many_cells_with_sums_go_to_a_method_that_ends_at_the_same_optimum(monkeypatch):
    monkeypatch.setattr(gradient_methods, "MOST_SLSQP_CELLS", 10)
    by_trust_region = solve(one_side_row_sums(options=SolverOptions(max_iterations=300)))
    monkeypatch.undo()
    by_slsqp = solve(one_side_row_sums())
    assert by_trust_region.objective == pytest.approx(by_slsqp.objective, abs=1e-4)
    np.testing.assert_allclose(by_trust_region.factorization().user_factors.sum(axis=1), 1.0, atol=1e-6)


def test_a_prediction_can_be_held_below_a_number():
    constraint = FormulaConstraint(Objective("cell_prediction", 0, 0), "<=", 3.0)
    problem = lesson_problem(blocks=["user_factors"], constraints=(constraint,), options=TIGHT)
    result = solve(problem)
    model = problem.model
    ratings = problem.ratings
    rows = ratings.users == 0
    a, b = model.item_factors[ratings.items[rows]], ratings.values[rows]
    wanted = minimize(
        lambda x: ((a @ x - b) ** 2).sum(),
        model.user_factors[0],
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda x: 3.0 - model.item_factors[0] @ x},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    np.testing.assert_allclose(result.factorization().user_factors[0], wanted.x, atol=2e-3)
    assert result.factorization().predict(np.array([0]), np.array([0])).item() == pytest.approx(3.0, abs=1e-5)


def test_held_out_cells_are_no_part_of_the_objective_and_get_worse_while_it_falls():
    problem = lesson_problem()
    held_out = np.random.default_rng(42).permutation(len(problem.ratings.values)) < 41
    result = solve(replace(problem, held_out=held_out))
    seen = ~held_out
    model, ratings = result.factorization(), problem.ratings
    errors = model.predict(ratings.users, ratings.items) - ratings.values
    assert result.objective == pytest.approx(np.sqrt(np.mean(errors[seen] ** 2)))
    assert result.held_out_rmse == pytest.approx(np.sqrt(np.mean(errors[held_out] ** 2)))
    assert result.history[-1].held_out_rmse == pytest.approx(result.held_out_rmse)
    assert result.held_out_rmse > min(one.held_out_rmse for one in result.history)


@pytest.mark.parametrize("algorithm", ["differential-evolution", "dual-annealing"])
def test_evolution_finds_the_optimum_of_a_few_cells_and_is_repeatable(algorithm):
    problem = lesson_problem(method="evolutionary")
    model = problem.model
    changing = Cells.chosen(model, {"user_factors": one_row(model, "user_factors", 4)})
    options = SolverOptions(
        algorithm=algorithm, population=30, mutation_rate=0.7, max_iterations=150, max_seconds_without_improvement=10
    )
    problem = replace(problem, changing=changing, options=options)
    by_gradient = solve(replace(problem, method="grg", options=SolverOptions()))
    one, other = solve(problem), solve(problem)
    assert one.objective == pytest.approx(by_gradient.objective, abs=2e-3)
    np.testing.assert_array_equal(one.numbers, other.numbers)


def test_evolution_keeps_within_bounds_and_sums():
    problem = lesson_problem(method="evolutionary", non_negative=True)
    model = problem.model
    changing = Cells.chosen(model, {"user_factors": one_row(model, "user_factors", 4)})
    constraints = (CellConstraint(changing, "<=", 2.0), CellConstraint(changing, "<=", 3.0, "sum"))
    options = SolverOptions(population=20, mutation_rate=0.7, max_iterations=60)
    result = solve(replace(problem, changing=changing, constraints=constraints, options=options))
    assert result.outcome.has_solution
    assert result.numbers.min() >= 0
    assert result.numbers.max() <= 2
    assert result.numbers.sum() <= 3 + 1e-6


def test_a_sigmoid_range_is_solved_too():
    ratings = lesson()
    model = random_model(15, 15, 5, bias=True, rating_range=(0.0, 5.5))
    result = solve(replace(Problem.ready_for(ratings, nothing_held_out(ratings), model), options=SolverOptions()))
    solved = result.factorization()
    total = solved.user_factors @ solved.item_factors.T + solved.user_bias[:, None] + solved.item_bias
    predicted = 5.5 / (1 + np.exp(-total[ratings.users, ratings.items]))
    assert result.objective == pytest.approx(np.sqrt(np.mean((predicted - ratings.values) ** 2)))
    assert result.objective < 0.4


def test_a_search_changes_nothing_of_the_document():
    problem = lesson_problem(bias=True)
    values = problem.ratings.values.copy()
    solve(problem)
    start = lesson_start(bias=True)
    for name in ("user_factors", "item_factors", "user_bias", "item_bias"):
        np.testing.assert_array_equal(getattr(problem.model, name), getattr(start, name))
    np.testing.assert_array_equal(problem.ratings.values, values)
