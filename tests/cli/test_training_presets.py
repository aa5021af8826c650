"""`--preset` names a whole set of settings; what is given beside it counts instead of the preset's."""

import csv
import json

import numpy as np
import pytest

from cfstudio.cli import main
from cfstudio.learning.training_presets import PRESET_NAMES, TRAINING_PRESETS, training_preset
from cfstudio.workspace.session import open_session


@pytest.fixture
def train(tmp_path, capsys):
    def train(*options):
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.cfstudio"
        code = main(["train", "three-tastes", "--out", str(out), *options])
        assert code == 0, capsys.readouterr().err
        return open_session(out), out, capsys.readouterr().out

    return train


def test_the_preset_best_fits_the_bayesian_model_and_keeps_its_uncertainty(train):
    session, _, _ = train("--preset", "best", "--epochs", "12")
    assert (session.config.model, session.config.features) == ("bayes", "all")
    assert session.posterior is not None
    assert session.factorization.n_factors == session.config.n_factors == 50


def test_an_option_given_beside_a_preset_counts_even_with_the_value_that_it_has_without(train):
    session, _, _ = train("--preset", "best", "--epochs", "5", "--factors", "4", "--seed", "7")
    assert (session.config.epochs, session.config.n_factors, session.config.seed) == (5, 4, 7)
    assert session.config.model == "bayes"


def test_without_a_preset_the_settings_are_the_default_ones(train):
    session, _, _ = train("--epochs", "1")
    assert session.config.model == training_preset("default").config.model == "dot-bias"


def test_every_preset_is_listed_with_a_sentence_in_the_help(capsys):
    assert main(["train", "--help"]) == 0
    text = "".join(capsys.readouterr().out.split())  # lines may break anywhere
    for preset in TRAINING_PRESETS:
        assert "".join(f"{preset.name}: {preset.help}".split()) in text
    assert PRESET_NAMES == ("default", "lesson-dot", "lesson-bias", "lesson-net", "best")


def test_an_unknown_preset_is_wrong_usage(tmp_path, capsys):
    assert main(["train", "lesson", "--out", str(tmp_path / "x"), "--preset", "better"]) == 2
    assert "lesson-net" in capsys.readouterr().err


def test_many_sweeps_are_listed_in_a_table_that_fits_a_screen(train):
    _, _, out = train("--preset", "best", "--epochs", "100")
    lines = [line for line in out.splitlines() if line.strip()[:1].isdigit()]
    assert 10 <= len(lines) <= 30
    assert any(line.split()[0] == "100" for line in lines)


def test_predict_and_evaluate_take_the_session_as_any_other(train, tmp_path, capsys):
    session, path, _ = train("--preset", "best", "--epochs", "20")
    ratings, factors = session.ratings, session.factorization
    pairs = tmp_path / "pairs.csv"
    with pairs.open("w", newline="") as file:
        rows = zip(ratings.user_ids[ratings.users[:5]], ratings.item_table.ids[ratings.items[:5]], strict=True)
        csv.writer(file).writerows([("userId", "movieId"), *rows])
    assert main(["predict", str(path), str(pairs), "--out", str(tmp_path / "p.csv")]) == 0
    with (tmp_path / "p.csv").open() as file:
        predicted = [float(row["prediction"]) for row in csv.DictReader(file)]
    np.testing.assert_allclose(predicted, factors.predict(ratings.users[:5], ratings.items[:5]), atol=1e-5)
    capsys.readouterr()
    assert main(["evaluate", str(path), "three-tastes", "--json"]) == 0
    errors = factors.predict(ratings.users, ratings.items) - ratings.values
    assert json.loads(capsys.readouterr().out)["rmse"] == pytest.approx(float(np.sqrt(np.mean(errors**2))), abs=1e-5)
