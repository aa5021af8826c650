"""Recommendations, predictions and an honest score for scripts and people, without a window."""

import csv
import json

import numpy as np
import pytest

from cfstudio.cli import main
from cfstudio.workspace.session import open_session


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
    fast = ["--factors", "3", "--epochs", "30", "--batch-size", "16", "--device", "cpu", "--valid", "0"]
    assert main(["train", "three-tastes", "--out", str(path), *fast]) == 0
    return path


@pytest.fixture(scope="module")
def opened(session):
    return open_session(session)


def assert_one_line(err):
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


# recommend


def test_a_known_user_gets_its_unseen_items_by_the_models_prediction(run_json, session, opened):
    ratings, model = opened.ratings, opened.factorization
    result = run_json("recommend", session, "--user", ratings.user_ids[2], "--min-ratings", "0", "-n", "3")
    seen = set(ratings.items[ratings.users == 2].tolist())
    predictions = model.predict(np.full(10, 2), np.arange(10))
    expected = [code for code in np.argsort(-predictions, kind="stable") if code not in seen][:3]
    assert [one["title"] for one in result["recommendations"]] == [ratings.item_table.titles[code] for code in expected]
    assert [one["prediction"] for one in result["recommendations"]] == pytest.approx(predictions[expected].tolist())
    first = result["recommendations"][0]
    assert set(first) == {"item_id", "title", "genres", "prediction", "uncertainty", "because"}
    assert set(first["because"][0]) == {"item_id", "title", "rating", "effect"}


def test_somebody_new_gets_recommendations_that_follow_its_ratings(run_json, session, opened, tmp_path):
    ratings = opened.ratings
    genres = ratings.item_table.genres
    liked = genres[0]
    rows = [(title, 5 if genre == liked else 1) for title, genre in zip(ratings.item_table.titles, genres, strict=True)]
    path = tmp_path / "mine.csv"
    hidden = next(place for place, genre in enumerate(genres) if genre == liked and place)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("title", "rating"), *(row for place, row in enumerate(rows) if place != hidden)])
    result = run_json("recommend", session, "--ratings", path, "--min-ratings", "0")
    assert [one["title"] for one in result["recommendations"]] == [ratings.item_table.titles[hidden]]
    assert result["user"] is None
    for row in rows:
        assert isinstance(row[0], str)
    opposite = tmp_path / "opposite.csv"
    opposite.write_text(path.read_text().replace(",5", ",x").replace(",1", ",5").replace(",x", ",1"))
    other = run_json("recommend", session, "--ratings", opposite, "--min-ratings", "0")
    assert other["recommendations"][0]["prediction"] < result["recommendations"][0]["prediction"]


def test_what_to_rate_next_is_asked_of_somebody_new(run_json, run, session, opened, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f"movieId,rating\n{opened.ratings.item_table.ids[0]},5\n")
    result = run_json("recommend", session, "--ratings", path)
    asked = [one["title"] for one in result["rate_next"]]
    assert asked
    assert opened.ratings.item_table.titles[0] not in asked
    code, out, _ = run("recommend", session, "--ratings", path)
    assert code == 0
    assert "Because of" in out
    assert asked[0] in out


def test_lines_that_cannot_be_used_are_told_on_stderr_and_the_rest_is_taken(run, session, opened, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f"movieId,rating\n{opened.ratings.item_table.ids[0]},5\nnosuch,3\n")
    code, out, err = run("recommend", session, "--ratings", path, "--json")
    assert code == 0
    assert "Line 3" in err
    assert json.loads(out)["recommendations"]


@pytest.mark.parametrize("options", [[], ["--user", "1", "--ratings", "x.csv"], ["--user", "1", "--diversity", "2"]])
def test_neither_or_both_kinds_of_user_are_wrong_usage(run, session, options):
    code, out, err = run("recommend", session, *options)
    assert (code, out) == (2, "")
    assert "Usage" in err


def test_an_unknown_user_a_useless_file_and_a_filter_that_leaves_nothing_are_one_line(run, session, tmp_path):
    (tmp_path / "empty.csv").write_text("movieId,rating\n")
    (tmp_path / "off.csv").write_text("movieId,rating\nnosuch,3\n")
    for options in (
        ["--user", "nobody"],
        ["--ratings", tmp_path / "none.csv"],
        ["--ratings", tmp_path / "empty.csv"],
        ["--ratings", tmp_path / "off.csv"],
        ["--user", "1", "--genre", "Kabuki"],
        ["--user", "1", "--year-from", "2999"],
    ):
        code, out, err = run("recommend", session, *options)
        assert (code, out) == (1, ""), options
        assert_one_line(err)


# predict


def test_a_prediction_for_every_row_in_the_same_order(run_json, session, opened, tmp_path):
    ratings = opened.ratings
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    rows = [(ratings.user_ids[u], ratings.item_table.ids[i]) for u, i in ((3, 2), (0, 0), (3, 2), (11, 9))]
    pairs.write_text("movieId,note,userId\n" + "".join(f"{item},x,{user}\n" for user, item in rows))
    summary = run_json("predict", session, pairs, "--out", out)
    assert (summary["n"], summary["unknown_users"], summary["unknown_items"]) == (4, 0, 0)
    with out.open(newline="") as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == ["userId", "movieId", "prediction"]
    assert [(one["userId"], one["movieId"]) for one in written] == [(str(user), str(item)) for user, item in rows]
    expected = opened.factorization.predict(np.array([3, 0, 3, 11]), np.array([2, 0, 2, 9]))
    assert [float(one["prediction"]) for one in written] == pytest.approx(expected.tolist(), abs=1e-6)


def test_unknown_ids_are_predicted_and_told(run, session, opened, tmp_path):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    pairs.write_text(f'who,what\nstranger,{opened.ratings.item_table.ids[0]}\n"a,b",nothing\n')
    code, said, _ = run("predict", session, pairs, "--out", out, "--user-column", "who", "--item-column", "what")
    assert code == 0
    assert "2 unknown users" in said
    assert "average" in said
    with out.open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [one["who"] for one in written] == ["stranger", "a,b"]
    assert all(0 < float(one["prediction"]) < 6 for one in written)


def test_predictions_overwrite_nothing_and_need_their_columns(run, session, tmp_path):
    pairs, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    out.write_text("precious")
    pairs.write_text("userId,movieId\n1,1\n")
    code, _, err = run("predict", session, pairs, "--out", out)
    assert code == 1
    assert "--force" in err
    assert out.read_text() == "precious"
    for content, word in (
        ("a,b\n1,1\n", "userId"),
        ("userId,movieId\n1,\n", "line 2"),
        ("userId,movieId\n", "no rows"),
        ("", "empty"),
    ):
        pairs.write_text(content)
        code, _, err = run("predict", session, pairs, "--out", tmp_path / "new.csv")
        assert code == 1
        assert_one_line(err)
        assert word in err
    code, _, err = run("predict", session, tmp_path / "none.csv", "--out", tmp_path / "new.csv")
    assert code == 1
    assert_one_line(err)
    assert not (tmp_path / "new.csv").exists()


# evaluate


def test_the_score_on_another_file_is_that_of_the_predictions(run_json, session, opened, tmp_path):
    ratings = opened.ratings
    path = tmp_path / "test.csv"
    rows = [(0, 0, 4.0), (5, 3, 2.5), (11, 9, 1.0)]
    lines = [f"{ratings.user_ids[u]},{ratings.item_table.ids[i]},{value}\n" for u, i, value in rows]
    path.write_text("userId,movieId,rating\n" + "".join(lines))
    result = run_json("evaluate", session, path)
    users, items, values = (np.array(one) for one in zip(*rows, strict=True))
    errors = opened.factorization.predict(users, items) - values
    assert result["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert result["mae"] == pytest.approx(np.mean(np.abs(errors)))
    assert (result["n_ratings"], result["unknown_users"], result["unknown_items"]) == (3, 0, 0)


def test_unknown_users_and_items_are_counted_and_how_they_were_predicted_is_said(
    run, run_json, session, opened, tmp_path
):
    path = tmp_path / "test.csv"
    user, item = opened.ratings.user_ids[0], opened.ratings.item_table.ids[0]
    path.write_text(f"userId,movieId,rating\n{user},{item},4\n{user},999,3\n888,999,2\n888,998,2\n")
    result = run_json("evaluate", session, path)
    assert (result["unknown_users"], result["unknown_items"]) == (1, 2)
    assert (result["ratings_of_unknown_users"], result["ratings_of_unknown_items"]) == (2, 3)
    assert result["n_known"] == 1
    code, out, _ = run("evaluate", session, path)
    assert code == 0
    assert "1 unknown user in 2 rows: predicted as the average user." in out
    assert "RMSE" in out
    assert "MAE" in out


def test_a_data_set_goes_by_its_name_and_other_columns_can_be_given(run_json, session, tmp_path):
    assert run_json("evaluate", session, "three-tastes")["n_known"] > 50
    path = tmp_path / "test.csv"
    path.write_text("who,what,stars\n1,1,4\n")
    assert run_json("evaluate", session, path, "--columns", "user=who,item=what,rating=stars")["n_ratings"] == 1


def test_a_missing_file_is_one_line(run, session, tmp_path):
    code, out, err = run("evaluate", session, tmp_path / "none.csv")
    assert (code, out) == (1, "")
    assert_one_line(err)


# neighbors of several


def test_neighbors_of_several_leave_out_those_named(run_json, session, opened):
    titles = opened.ratings.item_table.titles
    result = run_json(
        "neighbors", session, titles[0], "--and", titles[1], "--not", titles[9], "--min-ratings", "0", "-k", "50"
    )
    assert len(result["neighbors"]) == 7
    assert not {titles[0], titles[1], titles[9]} & {one["title"] for one in result["neighbors"]}
    assert titles[1] in result["item"]


def test_a_movie_cannot_be_both_liked_and_not(run, session, opened):
    title = opened.ratings.item_table.titles[0]
    code, _, err = run("neighbors", session, title, "--not", title)
    assert code == 1
    assert_one_line(err)
