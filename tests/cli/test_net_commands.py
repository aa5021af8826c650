"""Every command takes a session whose model is a net, or says in one line why not."""

import csv
import json

import numpy as np
import pytest

from cfstudio.cli import main
from cfstudio.workspace.session import open_session

SETTINGS = ["--model", "net", "--factors", "4", "--hidden", "8, 6", "--epochs", "2", "--device", "cpu"]
MORE = ["--item-factors", "3", "--features", "genres", "--batch-size", "16", "--valid", "0"]


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(one) for one in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / "net.cfstudio"
    assert main(["train", "three-tastes", "--out", str(path), *SETTINGS, *MORE]) == 0
    return path


def test_the_net_is_trained_with_the_sizes_and_columns_asked_for(session):
    found = open_session(session)
    net = found.factorization
    assert (net.width("user"), net.hidden) == (4, (8, 6))
    assert [name for name, _ in net.item_parts] == ["", "genres"]
    assert net.item_parts[0][1] == 3
    assert len(found.history) > 2


def test_predictions_written_are_those_of_the_net(session, run, tmp_path):
    found = open_session(session)
    pairs, out = tmp_path / "pairs.csv", tmp_path / "predicted.csv"
    users, items = found.ratings.user_ids[:3], found.ratings.item_table.ids[:3]
    rows = "".join(f"{user},{item}\n" for user, item in zip(users, items, strict=True))
    pairs.write_text(f"userId,movieId\n{rows}", encoding="utf-8")
    assert run("predict", session, pairs, "--out", out)[0] == 0
    with out.open(encoding="utf-8") as file:
        predicted = [float(row["prediction"]) for row in csv.DictReader(file)]
    np.testing.assert_allclose(predicted, found.factorization.predict(np.arange(3), np.arange(3)), atol=1e-5)


def test_evaluation_neighbors_and_recommendations_work(session, run, tmp_path):
    found = open_session(session)
    code, out, _ = run("evaluate", session, "three-tastes", "--json")
    assert code == 0
    ratings = found.ratings
    errors = found.factorization.predict(ratings.users, ratings.items) - ratings.values
    assert json.loads(out)["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), abs=1e-6)
    title = ratings.item_table.titles[0]
    code, out, _ = run("neighbors", session, title, "-k", "3", "--min-ratings", "0", "--json")
    assert code == 0
    vectors = found.factorization.item_factors.astype(float)
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = (vectors @ vectors[0]) / (lengths * lengths[0])
    assert json.loads(out)["neighbors"][0]["similarity"] == pytest.approx(np.sort(cosines)[-2], abs=1e-5)
    user = str(ratings.user_ids[0])
    code, out, _ = run("recommend", session, "--user", user, "--min-ratings", "0", "--json")
    assert code == 0
    best = json.loads(out)["recommendations"][0]
    unseen = np.setdiff1d(np.arange(ratings.n_items), ratings.items[ratings.users == 0])
    expected = found.factorization.predict_block(np.array([0]), unseen).max()
    assert best["prediction"] == pytest.approx(expected, abs=1e-5)
    mine = tmp_path / "mine.csv"
    mine.write_text(f"movieId,rating\n{ratings.item_table.ids[0]},5\n", encoding="utf-8")
    assert run("recommend", session, "--ratings", mine, "--min-ratings", "0", "--json")[0] == 0


def test_tables_and_state_dict_are_exported_and_a_workbook_is_refused_in_one_line(session, run, tmp_path):
    assert run("export", session, tmp_path / "net.csv")[0] == 0
    assert run("export", session, tmp_path / "net.safetensors")[0] == 0
    code, _, err = run("export", session, tmp_path / "net.xlsx")
    assert code == 1
    assert "needs a model that is a dot product" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "net.xlsx").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--features", "director"], "no column “director”"),
        (["--hidden", "many"], "Hidden sizes must be"),
    ],
)
def test_what_the_data_or_the_net_cannot_have_is_refused(run, tmp_path, options, sentence):
    code, _, err = run("train", "three-tastes", "--out", tmp_path / "x.cfstudio", "--model", "net", *options)
    assert code in (1, 2)
    assert sentence in err
