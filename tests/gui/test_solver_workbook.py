"""The Solver's window and workbooks: what is asked goes out with an export and fills the window on import."""

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.exchange.stored_solver import solver_names_of
from cfstudio.ratings.builtin import three_tastes
from cfstudio.solver.cells import Cells
from cfstudio.solver.constraints import CellConstraint


@pytest.fixture
def solver(lesson):
    lesson.do("actionSolver")
    return lesson.find("solverDialog")


def export(person, path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    workbooks = person.window.workbooks
    workbooks.ask_export()
    person.find("exportWorkbookDialog", QDialog).accept()
    person.wait_until(lambda: not workbooks.is_busy)


def import_(person, path, monkeypatch):
    monkeypatch.setattr(QMessageBox, "question", lambda *_args: QMessageBox.StandardButton.Discard)
    files = person.window.files
    files.review = lambda found, open_it: open_it(found)
    files.open_chosen(str(path))
    person.wait_until(lambda: not files.is_busy)


def test_a_model_goes_out_with_an_export_and_comes_back_with_the_import(lesson, solver, tmp_path, monkeypatch):
    factors = lesson.window.workspace.factors
    limit = CellConstraint(Cells.whole(factors, ["user_factors"]), ">=", 0.25)
    solver.parameters.constraints.show_constraints((limit,))
    solver.parameters.changing.show_cells(Cells.whole(factors, ["user_factors"]))
    solver.parameters.objective.show_goal("value", 1.5)
    path = tmp_path / "asked.xlsx"
    export(lesson, path, monkeypatch)
    assert solver_names_of(read_workbook(path))["solver_num"] == "1"

    lesson.window.workspace.open_ratings(three_tastes())
    assert solver.parameters.objective.goal == "min"
    assert not solver.parameters.constraints.constraints
    import_(lesson, path, monkeypatch)
    asked = solver.parameters.problem()
    assert (asked.goal, asked.target) == ("value", 1.5)
    assert asked.changing.blocks == ("user_factors",)
    (constraint,) = asked.constraints
    assert (constraint.relation, constraint.bound) == (">=", 0.25)
    solver.solve()
    lesson.wait_until(lambda: solver.control.state == "finished")
    assert lesson.window.workspace.factors.user_factors.min() >= np.float32(0.25)
    assert solver.control.result.objective == pytest.approx(1.5, abs=1e-6)


def test_a_window_that_is_opened_after_the_import_is_filled_in_too(lesson, tmp_path, monkeypatch):
    lesson.do("actionSolver")
    first = lesson.find("solverDialog")
    first.parameters.objective.show_goal("max", 0.0)
    path = tmp_path / "asked.xlsx"
    export(lesson, path, monkeypatch)
    lesson.window.workspace.open_ratings(three_tastes())
    first.close()
    import_(lesson, path, monkeypatch)
    lesson.do("actionSolver")
    assert lesson.find("solverDialog").parameters.objective.goal == "max"


def test_an_export_without_a_word_to_the_solver_is_filled_in_ready(lesson, tmp_path, monkeypatch):
    path = tmp_path / "ready.xlsx"
    export(lesson, path, monkeypatch)
    names = solver_names_of(read_workbook(path))
    assert (names["solver_typ"], names["solver_drv"], names["solver_num"]) == ("2", "2", "0")
