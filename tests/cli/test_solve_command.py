"""`cfstudio solve` does without a window, and without Excel, what the lesson does with Data → Solver."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from exchange_support import document_of, export, lesson_document, rewrite, set_number
from support import random_ratings

from cfstudio.cli import main
from cfstudio.exchange.read_workbook import read_workbook

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "lesson_crosstab.json"

KEYS = {"start", "objective", "iterations", "evaluations", "seconds", "status"}


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main(["solve", *(str(one) for one in argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def run_json(run):
    def run_json(*argv):
        code, out, err = run(*argv, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return run_json


@pytest.mark.parametrize(("bias", "start", "most"), [([], 2.80606, 0.39291), (["--bias"], 2.01800, 0.31870)])
def test_the_lesson_is_solved_from_the_workbooks_own_numbers(run_json, bias, start, most):
    result = run_json(*bias)
    assert result.keys() >= KEYS
    assert result["start"] == pytest.approx(start, abs=1e-5)
    assert result["objective"] <= most
    assert result["status"] in ("found", "converged")
    assert result["evaluations"] >= result["iterations"] > 0


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference files")
def test_the_solution_in_the_written_workbook_has_the_rmse_that_was_printed(run_json, tmp_path):
    out = tmp_path / "solved.xlsx"
    result = run_json("--out", out)
    found = read_workbook(out).to_factors()
    known = json.loads(REFERENCE.read_text())["ratings"]
    known = np.array([[np.nan if one is None else one for one in row] for row in known], dtype=float)
    errors = (found.user_factors @ found.item_factors.T - known)[~np.isnan(known)]
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(result["objective"], rel=1e-9)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_another_spreadsheet_program_calculates_the_same_rmse(run_json, tmp_path):
    out = tmp_path / "solved.xlsx"
    result = run_json("--bias", "--out", out)
    (tmp_path / "calculated").mkdir()
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", tmp_path / "calculated", out],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    from python_calamine import CalamineWorkbook

    page = CalamineWorkbook.from_path(str(tmp_path / "calculated" / "solved.xlsx")).get_sheet_by_name("With bias")
    rows = page.to_python(skip_empty_area=False)
    numbers = [cell for row in rows for cell in row if isinstance(cell, float)]
    assert min(abs(number - result["objective"]) for number in numbers) < 1e-9


def test_what_the_workbook_stores_is_solved_as_excel_would(run_json, tmp_path):
    start, out = tmp_path / "start.xlsx", tmp_path / "solved.xlsx"
    export(lesson_document(bias=False), start)
    result = run_json(start, "--stored", "--out", out)
    assert result["start"] == pytest.approx(2.80606206164831)
    assert result["objective"] <= 0.3930
    # The lesson's workbook asks for central differences: 301 recalculations per gradient.
    assert result["recalculations"] >= 301 * result["iterations"]
    assert run_json(out)["start"] == pytest.approx(result["objective"])


def test_options_of_the_command_go_before_stored_ones(run_json, tmp_path):
    path = tmp_path / "start.xlsx"
    export(lesson_document(bias=True), path)
    result = run_json(path, "--stored", "--derivatives", "analytic", "--iterations", 5)
    assert (result["iterations"], result["status"]) == (5, "iteration-limit")
    assert result["recalculations"] < 30
    assert result["changing_cells"] == 180


def test_stored_constraints_are_met(run_json, tmp_path):
    path, out = tmp_path / "start.xlsx", tmp_path / "solved.xlsx"
    export(lesson_document(bias=False), path)
    page = "'Dot product'"
    where = read_workbook(path).blocks["user_factors"].fixed

    def constrain(part, content):
        if part != "xl/workbook.xml":
            return content
        text = content.decode()
        assert ">0</definedName>" in text
        head, tail = text.split('name="solver_num"', 1)
        text = head + 'name="solver_num"' + tail.replace(">0<", ">1<", 1)
        new = "".join(
            f'<definedName name="solver_{name}1" localSheetId="0" hidden="1">{value}</definedName>'
            for name, value in (("lhs", f"{page}!{where}"), ("rel", "3"), ("rhs", "1.25"))
        )
        return text.replace("</definedNames>", new + "</definedNames>").encode()

    rewrite(path, constrain)
    run_json(path, "--stored", "--derivatives", "analytic", "--out", out)
    factors = read_workbook(out).to_factors().user_factors
    assert factors.min() >= 1.25
    assert (factors == 1.25).any()


def test_a_stored_objective_that_shows_something_else_is_told(run, tmp_path):
    path = tmp_path / "start.xlsx"
    export(lesson_document(bias=False), path)
    set_number(path, "Dot product", read_workbook(path).blocks["user_factors"].row(0).name.split(":")[0], 9.0)
    code, out, err = run(path, "--stored")
    assert (code, out) == (1, "")
    assert "recalculate and save the workbook" in err
    assert err.count("\n") == 1


def test_held_out_cells_of_a_workbook_stay_out_and_keep_their_marks(run_json, tmp_path):
    path, out = tmp_path / "start.xlsx", tmp_path / "solved.xlsx"
    document = replace(lesson_document(bias=True, held_out=0.2))
    export(document, path)
    result = run_json(path, "--out", out)
    found = read_workbook(out)
    np.testing.assert_array_equal(found.to_held_out(), document.held_out)
    ratings, model = found.to_ratings(), found.to_factors()
    errors = model.predict(ratings.users, ratings.items) - ratings.values
    assert result["objective"] == pytest.approx(np.sqrt(np.mean(errors[~document.held_out] ** 2)))
    assert result["held_out_rmse"] == pytest.approx(np.sqrt(np.mean(errors[document.held_out] ** 2)))


def test_six_factors_with_biases_change_210_cells_which_excel_refuses(run_json):
    result = run_json("--bias", "--factors", 6)
    assert result["changing_cells"] == 210
    assert result["objective"] < 0.3


@pytest.mark.parametrize(
    "options",
    [
        ["--method", "als"],
        ["--method", "evolutionary", "--max-time", 0.5],
        ["--method", "evolutionary", "--algorithm", "dual-annealing", "--max-time", 0.5],
        ["--derivatives", "forward"],
        ["--multistart", "--population", 5],
        ["--non-negative"],
    ],
)
def test_every_way_to_search_makes_the_rmse_smaller(run_json, options):
    result = run_json(*options)
    assert result["objective"] < result["start"]


def test_ratings_that_are_no_workbook_are_solved_too(run_json):
    result = run_json("three-tastes", "--factors", 2, "--valid", 0.2)
    assert result["objective"] < result["start"]
    assert result["held_out_rmse"] > 0


def test_a_sigmoid_model_of_a_workbook_stays_one(run_json, tmp_path):
    path, out = tmp_path / "start.xlsx", tmp_path / "solved.xlsx"
    export(document_of(random_ratings(8, 6, 30), rating_range=(0.0, 5.5)), path)
    result = run_json(path, "--out", out, "--iterations", 30)
    solved = read_workbook(out)
    assert solved.to_factors().rating_range == (0.0, 5.5)
    assert result["objective"] < result["start"]


def test_reports_are_printed_as_tables_and_as_json(run, run_json):
    code, out, err = run("--iterations", 2, "--report", "answer")
    assert (code, err) == (0, "")
    assert "Changing cells" in out
    assert "User 15, factor 1" in out
    reports = run_json("--iterations", 2, "--report", "sensitivity", "--report", "limits")["reports"]
    assert [table["title"] for table in reports["sensitivity"]] == ["Changing cells", "Sums and formulas"]
    assert len(reports["limits"][0]["rows"]) == 150


@pytest.mark.parametrize(
    ("argv", "code", "word"),
    [
        (["none.xlsx"], 1, "none.xlsx"),
        (["--stored"], 2, "workbook"),
        (["--method", "als", "--non-negative"], 1, "no constraints"),
        (["--factors", "0"], 2, "factors"),
        (["--method", "simplex"], 2, "method"),
        (["--out", "no/such/folder/x.xlsx"], 1, "folder"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(run, tmp_path, monkeypatch, argv, code, word):
    monkeypatch.chdir(tmp_path)
    found, out, err = run(*argv)
    assert (found, out) == (code, "")
    assert word in err
    assert "Traceback" not in err


def test_an_existing_file_is_not_overwritten(run, tmp_path):
    out = tmp_path / "x.xlsx"
    out.write_text("mine")
    code, _, err = run("--out", out)
    assert code == 1
    assert "--force" in err
    assert out.read_text() == "mine"
    assert run("--out", out, "--force", "--iterations", 1)[0] == 0
