"""A script gets one JSON object and an exit code; a person gets a table, or one line that says what is wrong."""

import json
import subprocess
import sys

import numpy as np
import pytest

from cfstudio.cli import main
from cfstudio.workspace.session import open_session

FAST = ["--factors", "3", "--epochs", "3", "--batch-size", "16", "--device", "cpu"]


@pytest.fixture
def run(capsys):
    """Run a command in this process: exit code, stdout, stderr."""

    def run(*argv):
        code = main([str(one) for one in argv])
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


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("session") / "x.cfstudio"
    assert main(["train", "three-tastes", "--out", str(path), *FAST]) == 0
    return path


def assert_one_line(err):
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


# datasets


def test_known_data_sets_are_listed_with_license_and_whether_they_are_here(run, run_json):
    listed = {one["name"]: one for one in run_json("datasets")["datasets"]}
    assert listed["lesson"]["available"]
    assert listed["three-tastes"]["available"]
    assert listed["ml-latest-small-2016"]["n_ratings"] == 100_004
    code, out, _ = run("datasets")
    assert code == 0
    assert "100,004" in out
    assert "ml-latest-small-2016" in out


def test_getting_an_unknown_data_set_is_one_line(run):
    code, out, err = run("datasets", "get", "ml-none")
    assert (code, out) == (1, "")
    assert_one_line(err)
    assert "ml-none" in err


# inspect


def test_inspect_counts_what_a_file_holds(run, run_json, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("userId,movieId,rating,timestamp\n1,10,4.0,100\n1,20,2.5,200\n2,10,5.0,300\n")
    report = run_json("inspect", path)
    assert (report["n_users"], report["n_items"], report["n_ratings"]) == (2, 2, 3)
    code, out, _ = run("inspect", path)
    assert code == 0
    assert "Users" in out


def test_inspect_takes_other_column_names(run_json, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("who,what,stars\na,b,4\nc,b,3\n")
    report = run_json("inspect", path, "--columns", "user=who,item=what,rating=stars")
    assert (report["n_users"], report["n_items"]) == (2, 1)


def test_inspect_reads_a_session(run_json, session):
    report = run_json("inspect", session)
    assert (report["n_users"], report["n_items"]) == (12, 10)


def test_inspect_of_a_missing_file_is_one_line(run, tmp_path):
    code, out, err = run("inspect", tmp_path / "none.csv")
    assert (code, out) == (1, "")
    assert_one_line(err)
    assert "none.csv" in err


@pytest.mark.parametrize("columns", ["user", "user=", "color=x", "user=a,user=b"])
def test_columns_that_name_no_role_are_wrong_usage(run, columns):
    code, _, err = run("inspect", "lesson", "--columns", columns)
    assert code == 2
    assert "user=COLUMN" in err


# train


def test_train_writes_a_session_whose_predictions_have_the_rmse_it_reports(run_json, tmp_path):
    result = run_json("train", "lesson", "--out", tmp_path / "x.cfstudio", *FAST)
    assert [row["epoch"] for row in result["epochs"]] == [1, 2, 3]
    assert set(result["epochs"][0]) == {"epoch", "train_rmse", "valid_rmse", "seconds"}
    assert (result["n_users"], result["n_items"]) == (15, 15)
    assert result["device"] == "cpu"
    saved = open_session(tmp_path / "x.cfstudio")
    ratings, rated = saved.ratings, saved.ratings.rated
    assert result["n_train"] == np.count_nonzero(rated & ~saved.held_out)
    assert result["n_valid"] == np.count_nonzero(rated & saved.held_out) == int(ratings.n_rated * 0.2)
    error = ratings.values - saved.factorization.predict(ratings.users, ratings.items)
    valid_rmse = float(np.sqrt(np.mean(error[rated & saved.held_out] ** 2)))
    assert result["epochs"][-1]["valid_rmse"] == pytest.approx(valid_rmse, abs=1e-4)
    assert result["best_valid_rmse"] == min(row["valid_rmse"] for row in result["epochs"])
    assert saved.config.n_factors == 3
    assert saved.history is not None


def test_nothing_held_out_has_no_validation_rmse(run_json, tmp_path):
    result = run_json("train", "lesson", "--out", tmp_path / "x.cfstudio", "--valid", "0", *FAST)
    assert result["n_valid"] == 0
    assert result["best_valid_rmse"] is None
    assert {row["valid_rmse"] for row in result["epochs"]} == {None}


def test_the_same_seed_trains_the_same_model(run_json, tmp_path):
    results = [run_json("train", "lesson", "--out", tmp_path / name, "--seed", "7", *FAST) for name in ("a", "b")]
    rmse = [[row["train_rmse"] for row in result["epochs"]] for result in results]
    assert rmse[0] == rmse[1]


def test_nothing_is_overwritten_without_force(run, run_json, tmp_path):
    path = tmp_path / "x.cfstudio"
    path.write_text("precious")
    code, _, err = run("train", "lesson", "--out", path, *FAST)
    assert code == 1
    assert_one_line(err)
    assert "--force" in err
    assert path.read_text() == "precious"
    run_json("train", "lesson", "--out", path, "--force", *FAST)
    assert open_session(path).ratings.n_users == 15


def test_a_missing_folder_is_told_before_training(run, tmp_path):
    code, _, err = run("train", "lesson", "--out", tmp_path / "none" / "x.cfstudio", *FAST)
    assert code == 1
    assert_one_line(err)


@pytest.mark.parametrize(
    "options",
    [
        ["--factors", "0"],
        ["--learning-rate", "fast"],
        ["--learning-rate", "nan"],
        ["--optimizer", "lbfgs"],
        ["--valid", "1"],
        [],
    ],
)
def test_settings_out_of_range_are_wrong_usage(run, tmp_path, options):
    out = ["--out", tmp_path / "x.cfstudio"] if options else []
    code, stdout, err = run("train", "lesson", *out, *options)
    assert (code, stdout) == (2, "")
    assert "Usage" in err
    assert not list(tmp_path.iterdir())


def test_a_diverging_run_says_so_and_saves_the_last_good_numbers(run, tmp_path):
    hot = ["--optimizer", "sgd", "--model", "dot", "--no-sigmoid", "--learning-rate", "100", "--epochs", "50"]
    code, out, err = run("train", "lesson", "--out", tmp_path / "x.cfstudio", *hot, "--schedule", "constant")
    assert code == 1
    assert "saved to" in out
    assert_one_line(err)
    assert np.isfinite(open_session(tmp_path / "x.cfstudio").factorization.user_factors).all()


def test_ctrl_c_saves_what_there_is_and_says_so(run, tmp_path, monkeypatch):
    import signal

    from cfstudio.learning.trainer import Trainer

    advance = Trainer.advance

    def press_ctrl_c(trainer, max_steps):
        done = advance(trainer, max_steps)
        if trainer.step >= 20:
            signal.raise_signal(signal.SIGINT)
        return done

    monkeypatch.setattr(Trainer, "advance", press_ctrl_c)
    path = tmp_path / "x.cfstudio"
    code, out, err = run("train", "lesson", "--out", path, "--epochs", "1000", "--batch-size", "16", "--json")
    assert code == 1
    assert "Stopped after step" in err
    json.loads(out)
    assert open_session(path).ratings.n_users == 15
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_every_setting_has_an_option_with_its_default_in_the_help(run):
    code, text, _ = run("train", "--help")
    assert code == 0
    for option in (
        "--model", "--factors", "--epochs", "--batch-size", "--optimizer", "--learning-rate", "--weight-decay",
        "--schedule", "--valid", "--seed", "--device",
    ):  # fmt: skip
        assert option in text
    assert "default: 0.005" in text.replace("\n", " ")


# neighbors


def test_neighbors_are_the_most_similar_by_cosine_of_the_saved_factors(run_json, session):
    saved = open_session(session)
    title, factors = saved.ratings.item_table.titles[3], saved.factorization.item_factors.astype(np.float64)
    result = run_json("neighbors", session, title, "-k", "4")["neighbors"]
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    cosine = unit @ unit[3]
    expected = [code for code in np.argsort(-cosine) if code != 3][:4]
    assert [one["title"] for one in result] == [saved.ratings.item_table.titles[code] for code in expected]
    assert [one["similarity"] for one in result] == pytest.approx([cosine[code] for code in expected])
    assert [one["bias"] for one in result] == pytest.approx([saved.factorization.item_bias[code] for code in expected])
    assert set(result[0]) == {"item_id", "title", "genres", "bias", "similarity"}
    assert [one["item_id"] for one in result] == [saved.ratings.item_table.ids[code] for code in expected]


def test_a_title_may_be_given_as_words_or_as_an_id(run_json, session):
    items = open_session(session).ratings.item_table
    by_title = run_json("neighbors", session, *items.titles[2].lower().split())
    assert run_json("neighbors", session, items.ids[2]) == by_title


def test_items_with_few_ratings_are_left_out(run_json, session):
    ratings = open_session(session).ratings
    counts = ratings.counts_by_item()
    title = ratings.item_table.titles[0]
    few = run_json("neighbors", session, title, "--min-ratings", int(counts.max()))["neighbors"]
    expected = set(ratings.item_table.titles[counts == counts.max()]) - {title}
    assert {one["title"] for one in few} == expected
    assert len(run_json("neighbors", session, title, "--min-ratings", "0", "-k", "100")["neighbors"]) == 9


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_neighbors_come_most_similar_first(run_json, session, metric):
    title = open_session(session).ratings.item_table.titles[0]
    values = [one["similarity"] for one in run_json("neighbors", session, title, "--metric", metric)["neighbors"]]
    assert values == sorted(values, reverse=True)


def test_a_genre_narrows_the_list(run, run_json, session):
    items = open_session(session).ratings.item_table
    genre = next(text for text in items.genres.tolist() if text).split("|")[0]
    found = run_json("neighbors", session, items.titles[0], "--genre", genre.upper(), "--min-ratings", "0")
    assert found["neighbors"]
    assert all(genre in one["genres"].split("|") for one in found["neighbors"])
    code, _, err = run("neighbors", session, items.titles[0], "--genre", "Kabuki")
    assert code == 1
    assert_one_line(err)
    assert genre in err


def test_an_unknown_title_is_one_line_with_the_closest(run, session):
    title = open_session(session).ratings.item_table.titles[0]
    code, out, err = run("neighbors", session, title[:-1] + "qq")
    assert (code, out) == (1, "")
    assert_one_line(err)
    assert title in err


def test_a_file_that_is_no_session_is_one_line(run, tmp_path):
    (tmp_path / "x.cfstudio").write_text("no zip")
    code, _, err = run("neighbors", tmp_path / "x.cfstudio", "1")
    assert code == 1
    assert_one_line(err)


def test_a_person_gets_a_table(run, session):
    title = open_session(session).ratings.item_table.titles[0]
    code, out, _ = run("neighbors", session, title)
    assert code == 0
    assert "Similarity" in out
    assert title in out


# As a process


def process(*argv):
    return subprocess.run(
        [sys.executable, "-m", "cfstudio", *map(str, argv)], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_program_ends_with_the_code_and_without_a_traceback(tmp_path):
    done = process("inspect", tmp_path / "none.csv")
    assert done.returncode == 1
    assert_one_line(done.stderr)
    assert process("train").returncode == 2
    assert process("--version").returncode == 0


@pytest.mark.parametrize("module", ["cfstudio.cli", "cfstudio.cli.window_options"])
def test_the_command_line_costs_the_window_nothing_at_its_start(module):
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "numba", "scipy", "pandas", "rich", "numpy", "pyarrow", "PySide6"} & set(loaded)


def test_reading_neighbors_needs_no_torch(session):
    title = open_session(session).ratings.item_table.titles[0]
    code = (
        "import sys; from cfstudio.cli import main\n"
        f"main(['neighbors', {str(session)!r}, {title!r}, '--json'])\n"
        "print(*[name for name in ('torch', 'numba', 'scipy', 'PySide6') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


def test_a_device_that_is_not_there_is_one_line(run, tmp_path):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has it")
    code, out, err = run("train", "lesson", "--out", tmp_path / "x.cfstudio", "--device", "cuda")
    assert (code, out) == (1, "")
    assert_one_line(err)
