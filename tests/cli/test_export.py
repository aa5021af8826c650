"""`cfstudio export` writes what others open, says what it wrote, and never half a file."""

import json
import os
import signal

import pandas as pd
import pytest

from cfstudio.cli import main
from cfstudio.cli.window_options import COMMANDS
from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.workspace.session import open_session

FAST = ["--factors", "3", "--epochs", "2", "--batch-size", "16", "--device", "cpu"]


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(COMMANDS, "export", "Write a session for other programs.")


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("session") / "x.cfstudio"
    assert main(["train", "three-tastes", "--out", str(path), *FAST]) == 0
    return path


@pytest.fixture
def run(capsys, session):
    def run(*argv):
        code = main(["export", str(session), *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_a_workbook_is_the_session(run, session, tmp_path):
    code, out, err = run(tmp_path / "x.xlsx", "--format", "xlsx", "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert result["files"] == [str(tmp_path / "x.xlsx")]
    assert (result["n_users"], result["n_items"]) == (12, 10)
    saved, found = open_session(session), read_workbook(tmp_path / "x.xlsx")
    assert found.to_ratings().values.tolist() == saved.ratings.values.tolist()
    assert found.to_factors().user_factors.tolist() == saved.factorization.user_factors.tolist()
    assert found.to_held_out().tolist() == saved.held_out.tolist()


def test_the_crosstab_can_be_smaller(run, tmp_path):
    code, out, _ = run(tmp_path / "x.xlsx", "--users", "4", "--items", "3")
    assert code == 0
    assert "4 × 3 of 12 × 10" in out
    assert read_workbook(tmp_path / "x.xlsx").blocks["ratings"].height == 4


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_are_written_beside_one_another(run, tmp_path, kind):
    code, out, _ = run(tmp_path / f"x.{kind}", "--format", kind, "--json")
    assert code == 0
    files = json.loads(out)["files"]
    assert sorted(os.path.basename(file) for file in files) == sorted(os.listdir(tmp_path))
    table = (pd.read_csv if kind == "csv" else pd.read_parquet)(tmp_path / f"x.{kind}")
    assert {"rating", "prediction", "held_out"} <= set(table)


@pytest.mark.parametrize("name", ["x.xlsx", "x-item-factors.csv"])
def test_nothing_is_overwritten_without_force(run, tmp_path, name):
    (tmp_path / name).write_text("precious")
    out = tmp_path / ("x.xlsx" if name == "x.xlsx" else "x.csv")
    code, _, err = run(out)
    assert code == 1
    assert err.count("\n") == 1
    assert "--force" in err
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "precious"
    assert run(out, "--force")[0] == 0
    assert (tmp_path / name).read_bytes() != b"precious"


@pytest.mark.parametrize(
    "options",
    [["x.zip"], ["x"], ["x.csv", "--users", "3"], ["x.xlsx", "--users", "251"], ["x.xlsx", "--format", "doc"]],
)
def test_wrong_usage_writes_nothing(run, tmp_path, options):
    code, _, err = run(tmp_path / options[0], *options[1:])
    assert code == 2
    assert "Usage" in err
    assert not os.listdir(tmp_path)


def test_a_missing_folder_or_session_is_one_line(run, tmp_path, capsys):
    code, _, err = run(tmp_path / "none" / "x.xlsx")
    assert (code, err.count("\n")) == (1, 1)
    assert main(["export", str(tmp_path / "none.cfstudio"), str(tmp_path / "x.xlsx")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv", "x.parquet"])
def test_ctrl_c_leaves_no_file(run, tmp_path, monkeypatch, name):
    from cfstudio.exchange.part import Watch

    advance = Watch.advance

    def press_ctrl_c(watch, n_rows=1):
        signal.raise_signal(signal.SIGINT)
        advance(watch, n_rows)

    monkeypatch.setattr(Watch, "advance", press_ctrl_c)
    # A second Ctrl-C interrupts at once, which must leave no file either.
    code, out, err = run(tmp_path / name)
    assert (code, out) == (1, "")
    assert err.strip() == "Error: stopped."
    assert not os.listdir(tmp_path)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_first_ctrl_c_is_enough(run, tmp_path, monkeypatch):
    from cfstudio.exchange.part import Watch

    check, calls = Watch.check, iter(range(100))

    def press_ctrl_c_once(watch):
        if next(calls) == 1:
            signal.raise_signal(signal.SIGINT)
        check(watch)

    monkeypatch.setattr(Watch, "check", press_ctrl_c_once)
    code, _, err = run(tmp_path / "x.xlsx")
    assert (code, err) == (1, "Error: stopped.\n")
    assert not os.listdir(tmp_path)
