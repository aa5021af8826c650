"""Workbooks on the command line: inspected, trained on, what cannot be read is one line; exports for other tools."""

import json
import os

import numpy as np
import pytest
import xlsxwriter

from cfstudio.cli import main
from cfstudio.exchange.part import DocumentPart
from cfstudio.exchange.workbook import default_crosstab, export_workbook
from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.builtin import lesson
from cfstudio.workspace.session import open_session

FAST = ["--factors", "3", "--epochs", "2", "--batch-size", "16", "--device", "cpu"]


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(one) for one in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def book(tmp_path):
    """The lesson's crosstab with its starting numbers, as we export it."""
    ratings = lesson()
    users, items = default_crosstab(ratings)
    document = DocumentPart(ratings, np.zeros(206, bool), lesson_start(bias=False))
    export_workbook(document, tmp_path / "book.xlsx", users=users, items=items)
    return tmp_path / "book.xlsx"


def page(path, rows):
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_inspect_says_what_was_understood_of_a_workbook(run, book):
    code, out, err = run("inspect", book, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert (facts["n_users"], facts["n_items"], facts["n_ratings"]) == (15, 15, 206)
    assert facts["page"] == "Dot product"
    assert facts["ranges"]["ratings"] == "H2:V16"
    assert facts["rmse"] == pytest.approx(2.80606206164831, abs=1e-9)
    assert facts["shown_rmse"] is None
    code, out, _ = run("inspect", book)
    assert code == 0
    assert "The RMSE over the rated cells is 2.80606" in out


def test_a_workbook_can_be_trained_on(run, book, tmp_path):
    code, out, _ = run("train", book, "--out", tmp_path / "x.cfstudio", *FAST, "--json")
    assert code == 0
    assert json.loads(out)["n_train"] + json.loads(out)["n_valid"] == 206
    session = open_session(tmp_path / "x.cfstudio")
    assert session.ratings.values.tolist() == lesson().values.tolist()
    assert session.factorization.n_factors == 3


def test_a_list_of_ratings_in_a_workbook_can_be_trained_on(run, tmp_path):
    rng = np.random.default_rng(0)
    rows = [[int(u), int(i), float(r)] for u, i, r in zip(*rng.integers(1, 6, (3, 40)), strict=True)]
    path = page(tmp_path / "long.xlsx", [["userId", "movieId", "rating"], *rows])
    n_cells = len({(user, item) for user, item, _ in rows})
    code, out, _ = run("inspect", path, "--json")
    assert code == 0
    assert json.loads(out)["n_ratings"] == n_cells
    assert json.loads(out)["format"] == "Excel workbook, a list of ratings"
    assert run("train", path, "--out", tmp_path / "x.cfstudio", *FAST)[0] == 0


def test_columns_of_a_list_can_be_named(run, tmp_path):
    path = page(tmp_path / "x.xlsx", [["who", "what", "how"], ["ann", "Alien", 4], ["ben", "Brazil", 2]])
    code, out, _ = run("inspect", path, "--columns", "user=who,item=what,rating=how", "--json")
    assert code == 0
    assert json.loads(out)["n_users"] == 2


@pytest.mark.parametrize("command", [["inspect"], ["train", "--out", "x.cfstudio"]])
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: page(path, [["only", "texts"]]), "looked for ids along a first row and a first column"),
        (lambda path: path.write_bytes(b"PK no zip"), "is damaged or no Excel workbook"),
        (lambda path: None, "cannot be opened"),
    ],
)
def test_what_cannot_be_read_is_one_line(run, tmp_path, monkeypatch, command, make, reason):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "book.xlsx")
    code, out, err = run(*command, "book.xlsx")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert reason in err
    assert not os.path.exists("x.cfstudio")


# Exports for other tools


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("session") / "x.cfstudio"
    assert main(["train", "three-tastes", "--out", str(path), *FAST]) == 0
    return path


@pytest.mark.parametrize(
    ("out", "options", "files"),
    [
        ("x.tsv", [], ["x-item-metadata.tsv", "x-item-vectors.tsv", "x-user-metadata.tsv", "x-user-vectors.tsv"]),
        ("x.safetensors", [], ["x.json", "x.safetensors"]),
        ("x", ["--format", "pytorch"], ["x/model.json", "x/model.safetensors"]),
        (
            "x",
            ["--format", "projector"],
            ["x/item-metadata.tsv", "x/item-vectors.tsv", "x/user-metadata.tsv", "x/user-vectors.tsv"],
        ),
    ],
)
def test_vectors_and_state_dicts_are_written_and_never_over_others(run, session, tmp_path, out, options, files):
    code, printed, err = run("export", session, tmp_path / out, *options, "--json")
    assert (code, err) == (0, "")
    assert sorted(json.loads(printed)["files"]) == [str(tmp_path / file) for file in files]
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()) == files
    code, _, err = run("export", session, tmp_path / out, *options)
    assert code == 1
    assert "--force" in err
    assert run("export", session, tmp_path / out, *options, "--force")[0] == 0


def test_the_state_dict_is_the_sessions_model(run, session, tmp_path):
    import torch
    from safetensors.torch import load_file

    from cfstudio.models.dot_bias import DotBias

    assert run("export", session, tmp_path / "x.safetensors")[0] == 0
    facts, saved = json.loads((tmp_path / "x.json").read_text()), open_session(session)
    assert facts["model"] == "dot-bias"
    model = DotBias(12, 10, facts["n_factors"], facts["rating_range"], facts["global_mean"])
    model.load_state_dict(load_file(tmp_path / "x.safetensors"), strict=True)
    users, items = saved.ratings.users, saved.ratings.items
    with torch.no_grad():
        predicted = model(torch.from_numpy(users).long(), torch.from_numpy(items).long()).numpy()
    np.testing.assert_allclose(predicted, saved.factorization.predict(users, items), rtol=0, atol=1e-5)
