"""The three reports say what Excel's do, and their numbers are those of SciPy and of solving again."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from solver_support import TIGHT, lesson_problem, one_row

from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.reports import answer_report, limits_report, sensitivity_report
from cfstudio.solver.solve import solve


def one_user(user=4, **changes):
    """A user's five factors: a convex problem."""
    problem = lesson_problem(options=TIGHT, **changes)
    changing = Cells.chosen(problem.model, {"user_factors": one_row(problem.model, "user_factors", user)})
    return replace(problem, changing=changing, objective=Objective("user_rmse", user=user))


def with_sum(bound, relation="<=", **changes):
    problem = one_user(**changes)
    return replace(problem, constraints=(CellConstraint(problem.changing, relation, bound, "sum"),))


def test_the_answer_lists_cells_before_and_after_and_whether_constraints_bind():
    problem = with_sum(3.0, non_negative=True)
    result = solve(problem)
    objective, cells, constraints = answer_report(result)
    named = f"The RMSE of {problem.ratings.user_name(4)}"
    assert objective.rows == [(named, result.start, result.objective)]
    assert [row[0] for row in cells.rows] == [f"{problem.ratings.user_name(4)}, factor {n}" for n in range(1, 6)]
    np.testing.assert_array_equal([row[1] for row in cells.rows], result.start_numbers)
    np.testing.assert_array_equal([row[2] for row in cells.rows], result.numbers)
    total = constraints.rows[0]
    assert total[2] == pytest.approx(result.numbers.sum())
    assert total[3:] == ("Binding", 0.0)
    for row, number in zip(constraints.rows[1:], result.numbers, strict=True):
        is_at_zero = number <= 1e-9
        assert row[3] == ("Binding" if is_at_zero else "Not binding")
        assert row[4] == pytest.approx(0.0 if is_at_zero else number)


@pytest.mark.parametrize("relation", ["<=", "="])
def test_the_multiplier_of_a_sum_is_slsqps_own_and_the_price_of_one_unit(relation):
    problem = with_sum(3.0, relation)
    result = solve(problem)
    multiplier = sensitivity_report(result)[1].rows[0][3]
    ratings, rows = problem.ratings, problem.ratings.users == 4
    a, b = problem.model.item_factors[ratings.items[rows]], ratings.values[rows]
    own = minimize(
        lambda x: np.sqrt(np.mean((a @ x - b) ** 2)),
        result.start_numbers,
        method="SLSQP",
        constraints={"type": "eq" if relation == "=" else "ineq", "fun": lambda x: 3.0 - x.sum()},
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert result.objective == pytest.approx(own.fun, abs=1e-7)
    if "multipliers" in own:  # since SciPy 1.16
        assert abs(multiplier) == pytest.approx(abs(own.multipliers[0]), rel=1e-3)
    more, less = solve(with_sum(3.001, relation)), solve(with_sum(2.999, relation))
    assert multiplier == pytest.approx((more.objective - less.objective) / 0.002, rel=1e-3)


def test_the_multiplier_of_a_prediction_is_the_price_of_one_unit():
    def solved(bound):
        constraint = FormulaConstraint(Objective("cell_prediction", 4, 0), "<=", bound)
        return solve(replace(one_user(), constraints=(constraint,)))

    unconstrained = solve(one_user()).factorization().predict(np.array([4]), np.array([0])).item()
    bound = unconstrained - 0.5
    multiplier = sensitivity_report(solved(bound))[1].rows[0][3]
    difference = (solved(bound + 1e-3).objective - solved(bound - 1e-3).objective) / 2e-3
    assert multiplier == pytest.approx(difference, rel=1e-3)


def test_reduced_gradients_are_zero_where_a_cell_is_free_and_the_slope_where_its_bound_holds_it():
    problem = one_user(0, non_negative=True)
    result = solve(problem)
    rows = sensitivity_report(result)[0].rows
    ratings, rated = problem.ratings, problem.ratings.users == 0
    a, b = problem.model.item_factors[ratings.items[rated]], ratings.values[rated]
    errors = a @ result.numbers - b
    slope = a.T @ errors / (len(b) * np.sqrt(np.mean(errors**2)))
    np.testing.assert_allclose([row[2] for row in rows], slope, atol=1e-9)
    held = result.numbers == 0
    assert held.any()
    assert (slope[held] > 0).all()
    np.testing.assert_allclose(slope[~held], 0, atol=1e-6)


def test_limits_say_how_far_each_cell_can_go_alone():
    problem = with_sum(3.0, non_negative=True)
    problem = replace(problem, constraints=(*problem.constraints, CellConstraint(problem.changing, "<=", 2.5)))
    result = solve(replace(problem, options=replace(TIGHT, max_iterations=2)))
    ratings, rated = problem.ratings, problem.ratings.users == 4
    a, b = problem.model.item_factors[ratings.items[rated]], ratings.values[rated]
    for place, (_, value, low, at_low, high, at_high) in enumerate(limits_report(result)[0].rows):
        x = result.numbers.copy()
        assert value == x[place]
        assert low == 0.0
        assert high == pytest.approx(min(2.5, 3.0 - (x.sum() - x[place])), abs=1e-9)
        for end, shown in ((low, at_low), (high, at_high)):
            x[place] = end
            assert shown == pytest.approx(np.sqrt(np.mean((a @ x - b) ** 2)))


def test_limits_of_a_formula_end_where_it_is_just_met_and_free_cells_have_none():
    constraint = FormulaConstraint(Objective("cell_prediction", 4, 0), "<=", 3.0)
    problem = replace(one_user(), constraints=(constraint,))
    result = solve(problem)
    column = problem.model.item_factors[0]
    room = 3.0 - column @ result.numbers
    for place, (_, value, low, at_low, high, _) in enumerate(limits_report(result)[0].rows):
        assert (low, at_low) == (None, None)
        assert high == pytest.approx(value + room / column[place], abs=1e-5)


def test_reports_of_a_search_that_failed_show_the_start():
    problem = with_sum(-1.0, non_negative=True)
    result = solve(problem)
    assert not result.outcome.has_solution
    _, cells, constraints = answer_report(result)
    assert all(row[1] == row[2] for row in cells.rows)
    assert constraints.rows[0][3] == "Not met"
