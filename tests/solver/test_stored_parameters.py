"""What Excel's Solver keeps in hidden names is understood as Excel's dialog shows it."""

import numpy as np
import pytest
from exchange_support import export, lesson_document, rewrite

from cfstudio.ratings.errors import DataError
from cfstudio.solver.stored_parameters import StoredConstraint, addresses, read_solver_names, understood

NAMES = {
    "solver_opt": "'Dot product'!$V$41",
    "solver_adj": "'Dot product'!$H$20:$V$24,'Dot product'!$B$26:$F$40",
    "solver_typ": "2",
    "solver_eng": "1",
}


def test_the_parameters_of_the_lessons_workbook_are_read_back(tmp_path):
    path = tmp_path / "lesson.xlsx"
    export(lesson_document(bias=False), path)
    stored = understood(read_solver_names(path)["Dot product"])
    assert (stored.goal, stored.method, stored.non_negative, stored.constraints) == ("min", "grg", False, ())
    assert stored.objective == "$V$41"
    assert len(stored.changing) == 2
    options = stored.options
    assert (options.convergence, options.derivatives, options.max_seconds_without_improvement) == (1e-4, "central", 30)
    assert not options.multistart
    assert options.mutation_rate == 0.075


def test_everything_in_excels_dialog_is_understood():
    stored = understood(
        NAMES
        | {
            "solver_typ": "3",
            "solver_val": "1.5",
            "solver_eng": "3",
            "solver_neg": "1",
            "solver_num": "2",
            "solver_lhs1": "Sheet1!$B$26:$F$40",
            "solver_rel1": "3",
            "solver_rhs1": "0.5",
            "solver_lhs2": "Sheet1!$B$26",
            "solver_rel2": "4",
            "solver_rhs2": "integer",
            "solver_drv": "1",
            "solver_msl": "1",
            "solver_tim": "100",
            "solver_itr": "50",
            "solver_pre": "0.001",
            "solver_ssz": "20",
            "solver_rsd": "7",
            "solver_scl": "1",
        }
    )
    assert (stored.goal, stored.target, stored.method, stored.non_negative) == ("value", 1.5, "evolutionary", True)
    assert stored.constraints == (
        StoredConstraint("$B$26:$F$40", ">=", "0.5"),
        StoredConstraint("$B$26", "integer", "integer"),
    )
    options = stored.options
    assert (options.derivatives, options.multistart, options.automatic_scaling) == ("forward", True, True)
    assert (options.max_seconds, options.max_iterations, options.precision) == (100, 50, 0.001)
    assert (options.population, options.seed) == (20, 7)


@pytest.mark.parametrize("text", ["'It''s, a page'!$A$1:$B$2,Sheet1!$C$3", "$A$1:$B$2,$C$3"])
def test_lists_of_ranges_are_taken_apart(text):
    assert addresses(text) == ["$A$1:$B$2", "$C$3"]


@pytest.mark.parametrize("missing", ["solver_opt", "solver_adj"])
def test_no_objective_or_no_cells_is_told(missing):
    with pytest.raises(DataError, match="no objective or no changing cells"):
        understood({name: value for name, value in NAMES.items() if name != missing})


def test_a_constraint_that_is_no_range_is_told():
    with pytest.raises(DataError, match="constraint 1"):
        understood(NAMES | {"solver_num": "1", "solver_lhs1": "#REF!", "solver_rel1": "1", "solver_rhs1": "1"})


def test_numbers_that_are_no_numbers_take_the_default():
    assert understood(NAMES | {"solver_cvg": "#NAME?", "solver_num": "-"}).options.convergence == 1e-4


def test_a_damaged_workbook_is_told(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"no zip")
    with pytest.raises(DataError, match="damaged"):
        read_solver_names(path)
    export(lesson_document(bias=False), path)
    rewrite(path, lambda part, content: b"<a" if part == "xl/workbook.xml" else content)
    with pytest.raises(DataError, match="damaged"):
        read_solver_names(path)


def test_names_of_a_page_are_kept_apart(tmp_path):
    path = tmp_path / "both.xlsx"
    export(lesson_document(bias=True), path)
    names = read_solver_names(path)
    assert len(names) >= 1
    counts = [len(understood(one).changing) for one in names.values()]
    assert max(counts) == 4
    assert np.all([page in one["solver_opt"] for page, one in names.items()])
