"""`cfstudio train` holds out what it is told, ends when it is told, and goes on after Ctrl-C as if nothing had been."""

import json
import signal

import numpy as np
import pytest

from cfstudio.cli import main
from cfstudio.learning.gibbs_trainer import GibbsTrainer
from cfstudio.learning.trainer import Trainer
from cfstudio.workspace.session import open_session

FAST = ["--factors", "3", "--epochs", "4", "--batch-size", "16", "--device", "cpu"]


@pytest.fixture
def run(capsys):
    def run(*argv):
        code = main([str(one) for one in argv])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def interrupted_at(step, monkeypatch):
    """Press Ctrl-C as soon as so many steps are done."""
    advance = Trainer.advance

    def press(trainer, most_steps):
        done = advance(trainer, min(most_steps, max(step - trainer.step, 1)))
        if trainer.step == step:
            signal.raise_signal(signal.SIGINT)
        return done

    monkeypatch.setattr(Trainer, "advance", press)


@pytest.mark.parametrize("step", [1, 5, 12, 17])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "momentum", "rmsprop"])
def test_a_run_interrupted_and_resumed_through_its_session_is_the_uninterrupted_one(
    run, tmp_path, monkeypatch, step, optimizer
):
    options = [*FAST, "--optimizer", optimizer, "--schedule", "sgdr", "--keep-best"]
    straight, broken, resumed = (tmp_path / f"{name}.cfstudio" for name in ("straight", "broken", "resumed"))
    assert run("train", "lesson", "--out", straight, *options)[0] == 0
    with monkeypatch.context() as patched:
        interrupted_at(step, patched)
        code, _, err = run("train", "lesson", "--out", broken, *options)
    assert code == 1
    assert f"Stopped after step {step} of" in err
    assert "--resume" in err
    code, out, err = run("train", broken, "--resume", "--out", resumed, "--json")
    assert (code, err) == (0, "")
    assert [row["epoch"] for row in json.loads(out)["epochs"]] == [1, 2, 3, 4]
    one, two = open_session(straight), open_session(resumed)
    assert one.factorization.equals(two.factorization)
    columns = [session.history.to_dict() for session in (one, two)]
    for column in columns:
        del column["seconds"]
    assert columns[0] == columns[1]
    assert open_session(broken).unfinished.step == step
    assert two.unfinished is None


@pytest.mark.parametrize("sweeps", [2, 9])
def test_the_bayesian_model_interrupted_and_resumed_is_the_uninterrupted_one(run, tmp_path, monkeypatch, sweeps):
    """Also where no sample counts yet."""
    options = ["--model", "bayes", "--factors", "2", "--epochs", "20", "--features", "all"]
    straight, broken, resumed = (tmp_path / f"{name}.cfstudio" for name in ("straight", "broken", "resumed"))
    assert run("train", "lesson", "--out", straight, *options)[0] == 0
    advance = GibbsTrainer.advance

    def press(trainer, most_steps):
        if trainer.epoch >= sweeps:
            signal.raise_signal(signal.SIGINT)
        return advance(trainer, most_steps)

    with monkeypatch.context() as patched:
        patched.setattr(GibbsTrainer, "advance", press)
        code, _, err = run("train", "lesson", "--out", broken, *options)
    assert code == 1
    assert "--resume" in err
    code, out, err = run("train", broken, "--resume", "--out", resumed, "--json")
    assert (code, err) == (0, "")
    assert [row["epoch"] for row in json.loads(out)["epochs"]] == list(range(1, 21))
    one, two = open_session(straight), open_session(resumed)
    assert one.factorization.equals(two.factorization)
    assert all(np.array_equal(array, two.posterior.tensors()[name]) for name, array in one.posterior.tensors().items())
    assert one.history.to_dict()["valid_rmse"] == two.history.to_dict()["valid_rmse"]
    assert two.unfinished is None


def test_a_run_that_diverges_saves_its_last_good_numbers_and_says_so(run, tmp_path):
    path = tmp_path / "x.cfstudio"
    wild = ["--optimizer", "sgd", "--learning-rate", "90", "--no-sigmoid", "--schedule", "constant"]
    code, _, err = run("train", "lesson", *FAST, *wild, "--epochs", "30", "--out", path)
    assert code == 1
    assert "learning rate 90" in err
    assert f"saved to {path}" in err
    session = open_session(path)
    assert np.isfinite(session.factorization.user_factors).all()
    assert session.unfinished is None


def test_thousands_of_short_epochs_run_to_their_end(run, tmp_path):
    """A piece ends with its epoch: the number of steps asked for once doubled beyond all numbers."""
    path = tmp_path / "x.cfstudio"
    options = ["--factors", "1", "--epochs", "1200", "--batch-size", "0", "--target-rmse", "0.01"]
    code, out, _ = run("train", "three-tastes", *options, "--out", path, "--json")
    assert code == 0
    assert json.loads(out)["epochs"][-1]["epoch"] == 1_200


def test_an_option_without_effect_is_named(run, tmp_path):
    options = ["--preset", "best", "--epochs", "5", "--factors", "2", "--learning-rate", "3", "--keep-best"]
    code, _, err = run("train", "lesson", "--out", tmp_path / "x.cfstudio", *options)
    assert code == 0
    assert err == "--learning-rate, --keep-best have no effect with the other settings (model bayes).\n"


def test_another_model_can_be_chosen_beside_the_preset_best(run, tmp_path):
    for model in ("net", "dot-bias", "dot"):
        path = tmp_path / f"{model}.cfstudio"
        options = ["--preset", "best", "--model", model, "--factors", "2", "--epochs", "1"]
        code, _, err = run("train", "lesson", "--out", path, *options)
        assert (code, err) == (0, "")


def test_only_an_unfinished_run_goes_on_and_only_under_its_own_settings(run, tmp_path):
    path = tmp_path / "x.cfstudio"
    assert run("train", "lesson", "--out", path, *FAST)[0] == 0
    code, _, err = run("train", path, "--resume", "--out", tmp_path / "y.cfstudio")
    assert code == 1
    assert "holds no unfinished run" in err
    code, _, err = run("train", path, "--resume", "--epochs", "9", "--out", tmp_path / "y.cfstudio")
    assert code == 2
    assert "under its own settings" in err


def write_ratings(path, rows):
    lines = ["userId,movieId,rating,timestamp", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path):
    """Ratings of two files that overlap in no cell, the second with a user and a movie of its own."""
    rng = np.random.default_rng(4)
    cells = [(u, m) for u in range(1, 9) for m in range(1, 7)]
    rows = [(u, m, int(rng.integers(1, 6)), 1_000 + n) for n, (u, m) in enumerate(cells)]
    base, test = rows[:40], [*rows[40:], (9, 3, 4, 2_000), (2, 77, 5, 2_001)]
    return write_ratings(tmp_path / "base.csv", base), write_ratings(tmp_path / "test.csv", test)


def test_a_second_file_is_what_is_held_out(run, tmp_path, files):
    base, test = files
    path = tmp_path / "x.cfstudio"
    code, out, _ = run("train", base, "--valid-file", test, "--out", path, "--json", *FAST)
    assert code == 0
    result = json.loads(out)
    assert (result["n_train"], result["n_valid"]) == (40, 10)
    assert (result["n_users"], result["n_items"]) == (9, 7)
    saved = open_session(path)
    assert (saved.config.split, saved.config.valid_file) == ("file", "test.csv")
    errors = saved.ratings.values - saved.factorization.predict(saved.ratings.users, saved.ratings.items)
    expected = np.sqrt(np.mean(errors[saved.held_out] ** 2))
    assert result["epochs"][-1]["valid_rmse"] == pytest.approx(expected, abs=1e-4)
    for options in (["--valid", "0.1"], ["--fold", "2"]):
        code, _, err = run("train", base, "--valid-file", test, "--out", tmp_path / "y.cfstudio", *options)
        assert code == 2
        assert "--valid-file says what is held out" in err


def test_a_split_that_the_data_has_nothing_for_is_refused_in_one_line(run, tmp_path, files):
    timeless = tmp_path / "timeless.csv"
    lines = files[0].read_text(encoding="utf-8").splitlines()
    timeless.write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    last = ["--split", "last", "--last-n", "2", "--out"]
    code, _, err = run("train", timeless, *last, tmp_path / "y.cfstudio", *FAST)
    assert code == 1
    assert "have no times" in err
    assert err.count("\n") == 1
    code, out, err = run("train", files[0], *last, tmp_path / "z.cfstudio", "--json", *FAST)
    assert code == 0
    assert json.loads(out)["n_valid"] == 14, "two of each of seven users, the seventh has four"
    code, _, err = run("train", "lesson", "--split", "file", "--out", tmp_path / "y.cfstudio", *FAST)
    assert code == 2
    assert "--valid-file FILE" in err


def test_a_rule_that_ends_the_run_is_said(run, tmp_path):
    options = ["--target-rmse", "4", "--epochs", "50", "--batch-size", "16", "--factors", "3"]
    code, out, err = run("train", "lesson", "--out", tmp_path / "x.cfstudio", "--json", *options)
    assert code == 0
    assert "has reached the target of 4" in err
    assert "has reached the target of 4" in json.loads(out)["stopped_because"]


def test_an_optimizer_brings_a_rate_that_suits_it_unless_one_is_given(run, tmp_path):
    for options, expected in (
        ([], (0.005, 0.6)),
        (["--optimizer", "sgd"], (2.0, 0.001)),
        (["--optimizer", "sgd", "--learning-rate", "0.3"], (0.3, 0.001)),
    ):
        path = tmp_path / "x.cfstudio"
        assert run("train", "lesson", "--out", path, "--force", *FAST, *options)[0] == 0
        config = open_session(path).config
        assert (config.learning_rate, config.weight_decay) == expected
