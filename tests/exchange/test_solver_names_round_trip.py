"""What the Solver's window asks for goes into a workbook's hidden names, and comes back from them as it was."""

from dataclasses import replace

import numpy as np
import pytest
from exchange_support import lesson_document, rewrite

from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.exchange.stored_solver import is_only_ready, solver_names_of, stored_solver
from cfstudio.exchange.workbook import default_crosstab, export_workbook
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint, FormulaConstraint
from cfstudio.solver.objective import Objective
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.problem import Problem


def written(problem, document, path):
    users, items = default_crosstab(document.ratings)
    return export_workbook(document, path, users=users, items=items, solver=problem)


def problem_of(document, **changes):
    return replace(Problem.ready_for(document.ratings, document.held_out, document.factors), **changes)


def some_cells(document):
    """Two users' factors, and one movie's bias."""
    factors = document.factors
    user_factors, item_bias = np.zeros(factors.user_factors.shape, bool), np.zeros(len(factors.item_bias), bool)
    user_factors[[0, 3], 1:4] = True
    item_bias[4] = True
    return Cells.chosen(factors, {"user_factors": user_factors, "item_bias": item_bias})


def assert_same_cells(one, other):
    assert one.blocks == other.blocks
    for name in one.blocks:
        np.testing.assert_array_equal(one.places[name], other.places[name])


OPTIONS = SolverOptions(
    precision=1e-5,
    convergence=0.002,
    max_seconds=90.0,
    max_iterations=77,
    derivatives="forward",
    multistart=True,
    population=33,
    seed=7,
    mutation_rate=0.125,
    automatic_scaling=True,
    require_bounds=True,
    show_iterations=True,
    max_seconds_without_improvement=12.5,
)


def test_everything_that_excel_has_a_word_for_comes_back(tmp_path):
    document, path = lesson_document(bias=True), tmp_path / "model.xlsx"
    user, item = int(document.ratings.users[0]), int(document.ratings.items[0])
    cells = some_cells(document)
    asked = problem_of(
        document,
        changing=cells,
        objective=Objective("cell_prediction", user, item),
        goal="value",
        target=4.25,
        constraints=(
            CellConstraint(Cells.whole(document.factors, ["user_bias"]), ">=", -0.5),
            FormulaConstraint(Objective("rmse"), "<=", 1.75),
        ),
        non_negative=True,
        method="evolutionary",
        options=OPTIONS,
    )
    sentence = written(asked, document, path)
    found = read_workbook(path)
    came_back = stored_solver(found)
    assert "left out" not in sentence
    assert not is_only_ready(found)
    assert_same_cells(came_back.changing, cells)
    assert came_back.objective == asked.objective
    assert (came_back.goal, came_back.target, came_back.method) == ("value", 4.25, "evolutionary")
    assert came_back.non_negative
    assert came_back.options == OPTIONS
    bias, formula = came_back.constraints
    assert_same_cells(bias.cells, Cells.whole(document.factors, ["user_bias"]))
    assert (bias.relation, bias.bound) == (">=", -0.5)
    assert formula == FormulaConstraint(Objective("rmse"), "<=", 1.75)


def test_the_names_are_those_that_excel_reads(tmp_path):
    document, path = lesson_document(bias=True), tmp_path / "model.xlsx"
    limit = CellConstraint(Cells.whole(document.factors, ["user_factors"]), "<=", 2.0)
    written(problem_of(document, constraints=(limit,), goal="max", options=SolverOptions(seed=3)), document, path)
    names = solver_names_of(read_workbook(path))
    where = read_workbook(path).blocks["user_factors"].fixed
    assert names["solver_num"] == "1"
    assert (names["solver_lhs1"], names["solver_rel1"], names["solver_rhs1"]) == (f"'With bias'!{where}", "1", "2")
    assert (names["solver_typ"], names["solver_rsd"], names["solver_tim"]) == ("1", "3", "2147483647")


@pytest.mark.parametrize("derivatives", ["analytic", "central"])
def test_derivatives_come_back_although_excel_lacks_the_analytic_ones(derivatives, tmp_path):
    document, path = lesson_document(bias=False), tmp_path / "model.xlsx"
    written(problem_of(document, options=SolverOptions(derivatives=derivatives)), document, path)
    assert stored_solver(read_workbook(path)).options.derivatives == derivatives


def test_what_a_page_has_no_cell_for_is_said(tmp_path):
    document = lesson_document(bias=False)
    cells = Cells.whole(document.factors)
    sentence = written(
        problem_of(
            document,
            objective=Objective("mae"),
            goal="max",
            method="als",
            constraints=(CellConstraint(cells, "=", 1.0, "sums by row"),),
        ),
        document,
        tmp_path / "model.xlsx",
    )
    assert "makes the RMSE small, because the page has no cell for the mean absolute error" in sentence
    assert "GRG Nonlinear takes its place" in sentence
    assert "left out, because the page has no cell for it: each row's sum of" in sentence
    names = solver_names_of(read_workbook(tmp_path / "model.xlsx"))
    assert (names["solver_num"], names["solver_typ"], names["solver_eng"]) == ("0", "2", "1")


def test_an_export_that_nobody_asked_anything_of_asks_for_nothing(tmp_path):
    document, path = lesson_document(bias=True), tmp_path / "ready.xlsx"
    written(None, document, path)
    assert is_only_ready(read_workbook(path))


def test_a_workbook_without_names_has_no_problem(tmp_path):
    document, path = lesson_document(bias=False), tmp_path / "bare.xlsx"
    written(None, document, path)
    rewrite(
        path, lambda part, content: content.replace(b"solver_", b"other_") if part == "xl/workbook.xml" else content
    )
    assert stored_solver(read_workbook(path)) is None
