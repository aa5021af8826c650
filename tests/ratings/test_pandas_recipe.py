"""The lines of pandas that a person is shown run, and build the crosstab that the program shows."""

import ast
import warnings
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import crosstab, random_ratings

from cfstudio.explore.titles import find_item
from cfstudio.ratings.builtin import lesson, three_tastes
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.crosstab_choice import ByGenre, BySelection, TopByCount
from cfstudio.ratings.crosstab_list import PickedList
from cfstudio.ratings.pandas_recipe import LINE_LENGTH, pandas_recipe

REAL_ZIP = Path(__file__).parents[3] / "shared" / "data" / "ml-latest-small-2016.zip"
real_data = pytest.mark.skipif(not REAL_ZIP.exists(), reason="needs the shared data set")


def write_files(ratings, folder):
    """The files as MovieLens has them, written by pandas."""
    rated = ratings.rated
    table = {"userId": ratings.user_ids[ratings.users], "movieId": ratings.item_table.ids[ratings.items]}
    pd.DataFrame({**table, "rating": ratings.values})[rated].to_csv(folder / "ratings.csv", index=False)
    items = ratings.item_table
    movies = pd.DataFrame({"movieId": items.ids, "title": items.titles, "genres": items.genres})
    movies.to_csv(folder / "movies.csv", index=False)


def run(code, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {}
    with warnings.catch_warnings():
        # Whoever pastes the lines should see no warning either.
        warnings.simplefilter("error")
        exec(compile(code, "recipe", "exec"), names)
    return names["crosstab"]


def check(ratings, choice, folder, monkeypatch, *, write=True):
    if write:
        write_files(ratings, folder)
    code = pandas_recipe(ratings, choice)
    table = run(code, folder, monkeypatch)
    users, items = choice.codes(ratings)
    assert table.index.tolist() == ratings.user_ids[users].tolist()
    assert table.columns.tolist() == ratings.item_table.ids[items].tolist()
    np.testing.assert_array_equal(table.to_numpy(dtype=float), ratings.block(users, items))
    assert max(map(len, code.splitlines())) <= LINE_LENGTH
    return code


def listed(ratings, users="", items=""):
    return PickedList(users, items, partial(find_item, ratings.item_table))


@pytest.mark.parametrize("size", [(1, 1), (5, 4), (7, 9), (12, 10), (50, 50)])
@pytest.mark.parametrize("data", [three_tastes, lesson])
def test_the_most_rated_of_a_small_data_set(data, size, tmp_path, monkeypatch):
    check(data(), TopByCount(*size), tmp_path, monkeypatch)


@pytest.mark.parametrize("genre", ["Sci-Fi", "Horror", "Romance", "Mystery"])
def test_a_genre_of_a_small_data_set(genre, tmp_path, monkeypatch):
    check(three_tastes(), ByGenre(genre, 5, 2), tmp_path, monkeypatch)
    check(three_tastes(), ByGenre(genre, 50, 50), tmp_path, monkeypatch)


def test_a_list_of_a_small_data_set(tmp_path, monkeypatch):
    ratings = three_tastes()
    check(ratings, listed(ratings, "Lena\nAda\nFinn", "Howl of the Marsh\n2"), tmp_path, monkeypatch)
    check(ratings, listed(ratings, "Lena\nBen", ""), tmp_path, monkeypatch)
    check(ratings, listed(ratings, "", "9\n1"), tmp_path, monkeypatch)
    check(ratings, listed(ratings), tmp_path, monkeypatch)


def test_a_selection_of_a_small_data_set(tmp_path, monkeypatch):
    check(three_tastes(), BySelection(np.array([4, 2, 9]), np.array([9, 8])), tmp_path, monkeypatch)


@pytest.mark.parametrize("seed", range(8))
def test_ties_and_blank_rows_and_the_order_of_the_file_come_out_alike(seed, tmp_path, monkeypatch):
    rng = np.random.default_rng(seed)
    ratings = random_ratings(25, 30, 70, seed)
    # Ids in no order, many equal counts, and rows that lose all their ratings.
    ratings.user_ids = rng.permutation(ratings.user_ids) * 7
    ratings.item_table.ids[:] = rng.permutation(ratings.item_table.ids)
    ratings.values[rng.random(70) < 0.2] = np.nan
    for size in ((3, 4), (10, 10), (25, 30)):
        check(ratings, TopByCount(*size), tmp_path, monkeypatch)
        check(ratings, ByGenre("Drama", *size), tmp_path, monkeypatch)


def test_ids_that_only_look_like_numbers_stay_as_they_are(tmp_path, monkeypatch):
    ratings = crosstab([[1, 2], [3, None], [4, 5]])
    ratings.user_ids = np.array(["007", "12", "3"], dtype=object)
    check(ratings, TopByCount(2, 2), tmp_path, monkeypatch)
    check(ratings, listed(ratings, "12\n007"), tmp_path, monkeypatch)


def test_ids_with_quotes_commas_and_backslashes_in_a_long_list(tmp_path, monkeypatch):
    ratings = random_ratings(40, 3, 100)
    ratings.user_ids = np.array([f'Ann "{n}" \\ O\'Neil, é' for n in range(40)], dtype=object)
    check(ratings, listed(ratings, "\n".join(ratings.user_ids[::-1])), tmp_path, monkeypatch)


def test_a_picked_crosstab_without_a_single_rating_is_blank(tmp_path, monkeypatch):
    ratings = crosstab([[None, 2], [3, None]])
    check(ratings, listed(ratings, "1", "101"), tmp_path, monkeypatch)


@pytest.mark.parametrize("choice", [TopByCount(15, 15), ByGenre("Drama", 15, 15)])
def test_the_lines_are_the_lessons_and_no_list_of_ids(choice):
    code = pandas_recipe(lesson(), choice)
    for word in ("groupby", "sort_values", "join", "pd.crosstab"):
        assert word in code
    assert len(code.splitlines()) < 25
    numbers = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    assert {one for one in numbers if isinstance(one, int) and not isinstance(one, bool)} <= {1, 15}


@real_data
@pytest.mark.parametrize(
    "choice",
    [
        TopByCount(15, 15),
        TopByCount(100, 250),
        ByGenre("Film-Noir", 20, 30),
        ByGenre("Comedy", 15, 15),
        BySelection(np.array([546, 3, 7]), np.array([9000, 12, 5])),
    ],
    ids=lambda choice: type(choice).__name__,
)
def test_the_whole_data_set_from_its_own_files(choice, tmp_path, monkeypatch):
    with zipfile.ZipFile(REAL_ZIP) as archive:
        for name in ("ratings.csv", "movies.csv"):
            (tmp_path / name).write_bytes(archive.read(f"ml-latest-small/{name}"))
    ratings = open_ratings(str(REAL_ZIP))
    check(ratings, choice, tmp_path, monkeypatch, write=False)


@real_data
def test_the_top_15_of_the_whole_data_set_are_the_lessons_crosstab(tmp_path, monkeypatch):
    with zipfile.ZipFile(REAL_ZIP) as archive:
        (tmp_path / "ratings.csv").write_bytes(archive.read("ml-latest-small/ratings.csv"))
    table = run(pandas_recipe(open_ratings(str(REAL_ZIP)), TopByCount(15, 15)), tmp_path, monkeypatch)
    shown = lesson()
    assert table.index.tolist() == shown.user_ids.tolist()
    assert sorted(table.columns) == sorted(shown.item_table.ids.tolist())
    block = shown.block(np.arange(15), np.arange(15))
    np.testing.assert_array_equal(table[shown.item_table.ids.tolist()].to_numpy(), block)
