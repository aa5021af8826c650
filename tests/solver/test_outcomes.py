"""Each way a search can end has its sentence, and where there is no solution nothing is changed."""

from dataclasses import fields, replace

import numpy as np
import pytest
from solver_support import lesson_problem, one_row

from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.solve import solve


def assert_unchanged(problem, result):
    np.testing.assert_array_equal(result.numbers, problem.changing.read(problem.model))
    assert not result.outcome.has_solution


def user_factors(problem):
    return Cells.whole(problem.model, ["user_factors"])


@pytest.mark.parametrize("form", ["each", "sum"])
def test_bounds_and_sums_that_contradict_each_other_have_no_feasible_solution(form):
    problem = lesson_problem()
    cells = user_factors(problem)
    problem = replace(problem, constraints=(CellConstraint(cells, ">=", 1.0), CellConstraint(cells, "<=", 0.5, form)))
    result = solve(problem)
    assert result.outcome is Outcome.NO_FEASIBLE
    assert "could not find a feasible solution" in result.sentence
    assert_unchanged(problem, result)


def test_a_formula_that_cannot_be_met_has_no_feasible_solution():
    problem = lesson_problem(blocks=["user_factors"])
    problem = replace(problem, constraints=(FormulaConstraint(Objective("rmse"), "<=", 0.1),))
    result = solve(problem)
    assert result.outcome is Outcome.NO_FEASIBLE
    assert "misses a constraint by" in result.sentence
    assert_unchanged(problem, result)


def test_a_value_that_cannot_be_reached_says_how_near_it_came():
    problem = lesson_problem(goal="value", target=0.1)
    result = solve(problem)
    assert result.outcome is Outcome.NO_FEASIBLE
    assert "0.3929" in result.sentence
    assert_unchanged(problem, result)


@pytest.mark.parametrize("method", ["grg", "als", "evolutionary"])
def test_a_start_with_nan_is_told_and_left_alone(method):
    problem = lesson_problem(method=method)
    problem.model.user_factors[2, 1] = np.nan
    result = solve(problem)
    assert result.outcome is Outcome.NOT_FINITE
    assert_unchanged(problem, result)


def test_a_start_whose_error_is_infinite_is_told():
    problem = lesson_problem()
    problem.model.user_factors[:] = 1e200
    problem.model.item_factors[:] = 1e200
    assert solve(problem).outcome is Outcome.NOT_FINITE


@pytest.mark.parametrize(
    "changes",
    [{"goal": "max"}, {"objective": Objective("cell_prediction", 0, 0)}, {"objective": Objective("cell_error", 0, 0)}],
)
def test_an_objective_without_end_is_told(changes):
    problem = lesson_problem(**changes)
    result = solve(problem)
    assert result.outcome is Outcome.UNBOUNDED
    assert_unchanged(problem, result)


def test_an_empty_changing_range_is_told():
    problem = lesson_problem()
    result = solve(replace(problem, changing=Cells.chosen(problem.model, {})))
    assert result.outcome is Outcome.DOES_NOT_FIT
    assert "No changing cells are chosen" in result.sentence


def test_no_rated_cell_in_the_range_is_told():
    problem = lesson_problem(objective=Objective("user_rmse", user=3))
    held_out = problem.ratings.users == 3
    (sentence,) = replace(problem, held_out=held_out).check()
    assert "No rated cell is in the range" in sentence
    other = Cells.chosen(problem.model, {"user_factors": one_row(problem.model, "user_factors", 5)})
    (sentence,) = replace(problem, changing=other).check()
    assert "takes part" in sentence


def test_the_error_of_a_cell_that_is_not_rated_does_not_exist():
    problem = lesson_problem()
    known = problem.ratings.block(np.arange(15), np.arange(15))
    user, item = np.argwhere(np.isnan(known))[0]
    (sentence,) = replace(problem, objective=Objective("cell_error", int(user), int(item))).check()
    assert "not rated" in sentence


@pytest.mark.parametrize("relation", ["integer", "binary", "all-different"])
def test_whole_numbers_are_refused_with_a_reason(relation):
    problem = lesson_problem()
    constraint = CellConstraint(user_factors(problem), relation, 0.0)
    (sentence,) = replace(problem, constraints=(constraint,)).check()
    assert "not offered: " in sentence


def test_simplex_explains_why_it_does_not_apply():
    result = solve(lesson_problem(method="simplex"))
    assert result.outcome is Outcome.NOT_LINEAR
    assert "not linear" in result.sentence


@pytest.mark.parametrize(
    "changes", [{"goal": "max"}, {"non_negative": True}, {"objective": Objective("mae")}, {"constraints": True}]
)
def test_alternating_least_squares_says_what_it_cannot_do(changes):
    problem = lesson_problem(method="als")
    if "constraints" in changes:
        changes = {"constraints": (CellConstraint(user_factors(problem), "<=", 1.0),)}
    assert replace(problem, **changes).check()


def test_evolution_can_require_bounds():
    problem = lesson_problem(method="evolutionary", options=SolverOptions(require_bounds=True))
    (sentence,) = problem.check()
    assert "150 changing cells have no lower and upper bound" in sentence
    bounds = tuple(CellConstraint(problem.changing, relation, bound) for relation, bound in ((">=", -3), ("<=", 3)))
    assert replace(problem, constraints=bounds).check() == []


def test_limits_end_a_search_with_what_it_has_found():
    by_count = solve(lesson_problem(options=SolverOptions(max_iterations=4)))
    assert by_count.outcome is Outcome.ITERATION_LIMIT
    assert by_count.iterations == 4
    assert by_count.objective < by_count.start
    by_time = solve(lesson_problem(options=SolverOptions(max_seconds=0.001, derivatives="central")))
    assert by_time.outcome is Outcome.TIME_LIMIT
    assert by_time.objective <= by_time.start


def test_a_perfect_start_is_a_solution():
    problem = lesson_problem()
    ratings = problem.ratings
    ratings.values[:] = problem.model.predict(ratings.users, ratings.items)
    result = solve(problem)
    assert result.outcome is Outcome.FOUND
    assert result.objective < 1e-12
    np.testing.assert_array_equal(result.numbers, result.start_numbers)


def test_every_option_has_a_label_a_sentence_and_a_range():
    for option in fields(SolverOptions):
        assert option.metadata["label"]
        assert option.metadata["help"].endswith(".")
        assert option.metadata["group"]
        if isinstance(option.default, (int, float)) and not isinstance(option.default, bool):
            assert option.metadata["minimum"] <= option.default <= option.metadata["maximum"]


@pytest.mark.parametrize("wrong", [{"precision": 0.0}, {"population": 4}, {"seed": 0.5}, {"derivatives": "exact"}])
def test_options_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=r"must be"):
        SolverOptions(**wrong)
