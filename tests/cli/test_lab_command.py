"""A script gets an optimizer's rows as one JSON object; a person gets a table and a sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cfstudio.cli import main

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "optimizer_lab.json"


@pytest.fixture
def run(capsys):
    """Run `cfstudio lab` in this process: exit code, stdout, stderr."""

    def run(*argv):
        code = main(["lab", *(str(one) for one in argv)])
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


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the shared reference files")
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_the_workbooks_numbers_come_out(run_json, name):
    expected = json.loads(REFERENCE.read_text())[name]
    result = run_json(name, "--epochs", 1, "--workbook")
    assert (result["optimizer"], result["epochs"], len(result["rows"])) == (name, 1, 29)
    after = expected["after_1_epoch"]
    assert [result["a"], result["b"]] == pytest.approx([after["a"], after["b"]], abs=1e-9)
    last = result["rows"][-1]
    assert (last["new_a"], last["new_b"]) == (result["a"], result["b"])
    for average in set(after) - {"a", "b"}:
        assert last[average] == pytest.approx(after[average], rel=1e-12)
    for cell, value in expected.get("first_row", {}).items():
        assert result["rows"][0][cell] == pytest.approx(value, abs=1e-9)


def test_rows_are_those_of_the_last_epoch(run_json):
    result = run_json("sgd", "--epochs", 5, "--workbook")
    assert [result["a"], result["b"]] == pytest.approx([2.6082798599908945, 1.2982217226445087], abs=1e-9)
    first = result["rows"][0]
    assert (first["slope"], first["intercept"]) == (result["top"]["a"], result["top"]["b"])
    assert first["slope"] != 1


def test_forms_differ_and_say_in_what(run_json, run):
    papers, workbook = run_json("adam"), run_json("adam", "--workbook")
    assert (papers["form"], workbook["form"]) == ("papers", "workbook")
    assert "step" in papers["rows"][0]
    assert "step" not in workbook["rows"][0]
    code, out, _ = run("adam", "--workbook")
    assert code == 0
    assert "neither the bias correction" in out
    assert "After 1 epoch: a = 3.39424, b = 9.1243" in out


def test_numbers_beyond_all_bounds_are_null_and_explained(run_json, run):
    result = run_json("sgd", "--learning-rate", 1, "--epochs", 300)
    assert (result["a"], result["rows"][-1]["pred"]) == (None, None)
    assert "above 0.000438059" in result["diverged"]
    code, out, _ = run("sgd", "--learning-rate", 1, "--epochs", 300)
    assert code == 0
    assert "above 0.000438059" in out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["lion"], "sgd"),
        (["sgd", "--epochs", 0], "--epochs"),
        (["sgd", "--learning-rate", 0], "Learning rate must be greater than 0"),
        (["sgd", "--learning-rate", "fast"], "fast"),
        (["sgd", "--batch-size", 30], "at most 29"),
        (["sgd", "--out", "page.doc"], ".xlsx or .csv"),
        ([], "OPTIMIZER"),
    ],
)
def test_wrong_usage_says_what_would_be_right(run, argv, words):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_page_is_saved_and_nothing_is_overwritten_without_force(run, run_json, tmp_path, suffix):
    path = tmp_path / f"page.{suffix}"
    assert run_json("eve", "--epochs", 2, "--out", path)["file"] == str(path)
    saved = path.read_bytes()
    code, _, err = run("eve", "--out", path)
    assert (code, err.count("\n")) == (1, 1)
    assert "--force" in err
    assert path.read_bytes() == saved
    assert run("eve", "--out", path, "--force")[0] == 0


def test_help_names_the_optimizers_and_needs_neither_torch_nor_qt():
    code = "import sys; from cfstudio.cli import main; main(['lab', 'adam', '--json']); "
    code += "assert not {'torch', 'PySide6', 'scipy', 'xlsxwriter'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    shown = subprocess.check_output([sys.executable, "-m", "cfstudio", "lab", "--help"], text=True, encoding="utf-8")
    assert "adam-annealing" in shown
