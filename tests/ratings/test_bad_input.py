"""Whatever a user opens by mistake, one sentence says which file, which line or column, and what to do."""

import contextlib
import gzip
import io
import os
import pickle
import random
import zipfile

import numpy as np
import pytest

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files import archive, read_path

HEADER = "userId,movieId,rating,timestamp\n"
GOOD = HEADER + "".join(f"{user},{item},3.5,{user * 100 + item}\n" for user in range(1, 30) for item in range(1, 9))


@pytest.fixture
def refusal(tmp_path):
    """The sentence about a file with this content."""

    def refusal(content, name="r.csv", columns=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return sentence_about(path, columns)

    return refusal


def sentence_about(path, columns=None):
    with pytest.raises(DataError) as caught:
        read_path(path, columns)
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


def zipped(**files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "."), content)
    return sink.getvalue()


# Cells


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("1,2,good,5", '"good" in the column "rating"'),
        ("1,2,,5", 'no rating in the column "rating"'),
        ("1,2, ,5", 'no rating in the column "rating"'),
        ("1,2,nan,5", '"nan"'),
        ("1,2,inf,5", '"inf"'),
        ("1,2,-Infinity,5", '"-Infinity"'),
        ("1,2,1e999,5", '"1e999"'),
        ("1,2,4_0,5", '"4_0"'),
        ("1,2,4/5,5", '"4/5"'),
        ('1,2,"4,5,6",5', '"4,5,6"'),
        ("1,2,\x1b[31m,5", r'"\x1b[31m"'),
        (f"1,2,{'x' * 5000},5", "…"),
        (",2,4,5", "no user"),
        (" ,2,4,5", "no user"),
        ("1,,4,5", "no item"),
        ("1,2,4", "3 fields where 4 are expected"),
        ("1", "1 field where 4 are expected"),
        ("1,2,4,5,6", "5 fields where 4 are expected"),
        ("1,2,3,5,1260759144", "5 fields where 4 are expected"),
        ('1,2,4,"5', "line 234"),
        ("1;2;4;5", "1 field where 4 are expected"),
    ],
)
def test_the_line_and_the_text_that_cannot_be_used_are_named(refusal, row, found):
    sentence = refusal(f"{GOOD}{row}\n{HEADER.replace('userId', '9')}")
    assert "r.csv, line 234," in sentence
    assert found in sentence


def test_lines_are_counted_as_a_text_editor_does(refusal):
    assert "line 5," in refusal('user,item,rating\n\n"1","a\nb",3\n1,2,bad\n')
    assert "line 3," in refusal("user,item,rating\r\n1,2,3\r\n1,2,bad\r\n")
    assert "line 2," in refusal("1::2::3\n1::2\n", "r.dat")
    assert "line 3," in refusal("user;item;rating\n1;2;3,5\n1;2;3,5,5\n")


def test_the_first_wrong_line_is_named_in_a_large_file(refusal):
    lines = [f"{number % 1000 + 1},{number},4\n" for number in range(200_000)]
    lines[123_456] = "5,5,four\n"
    assert "line 123458," in refusal("user,item,rating\n" + "".join(lines))


def test_an_unreadable_time_that_was_asked_for_is_named(refusal):
    sentence = refusal("u,i,r,w\n1,2,3,5\n1,3,3,soon\n", columns={"user": "u", "item": "i", "rating": "r", "time": "w"})
    assert 'line 3, has "soon" in the column "w"' in sentence


# Columns


def test_a_missing_column_is_named_with_those_there_are(refusal):
    sentence = refusal("userId,movieId,opinion\n1,2,3\n")
    assert "looks like rating" in sentence
    assert "userId, movieId, opinion" in sentence
    assert "--columns rating=…" in sentence
    assert "user or item or rating" in refusal("a,b,c\n1,2,x\n")


def test_a_given_column_that_is_not_there_is_named(refusal):
    sentence = refusal(GOOD, columns={"rating": "stars"})
    assert '"stars"' in sentence
    assert "userId, movieId, rating, timestamp" in sentence


def test_a_name_given_for_a_file_without_a_header_is_explained(refusal):
    assert "numbers 1 to 3" in refusal("1,2,3\n", columns={"user": "reader"})


def test_very_many_columns_do_not_flood_the_sentence(refusal):
    assert "988 more" in refusal(",".join(f"c{number}" for number in range(1000)) + "\n")


# Files


@pytest.mark.parametrize("content", ["", "\n\n \n", "\ufeff"])
def test_an_empty_file_is_called_empty(refusal, content):
    assert "is empty" in refusal(content)


@pytest.mark.parametrize("name", ["r.csv", "r.tsv"])
def test_a_header_without_ratings_is_told(refusal, name):
    assert "no ratings" in refusal(HEADER, name)


def test_other_encodings_are_named_with_their_line(refusal):
    text = "user,item,rating\n1,Heat,3\n1,Léon,4\n"
    assert "not UTF-8 text in line 3" in refusal(text.encode("latin-1"))
    assert "not UTF-8 text in line 1" in refusal(text.encode("utf-16"))


def test_an_encoding_is_checked_to_the_end_of_a_large_file(refusal):
    content = ("user,item,rating,x\n" + "1,2,3,y\n" * 300_000).encode() + b"1,2,3,\xff\n"
    assert "line 300002" in refusal(content)


def test_what_is_not_there_is_told(tmp_path):
    assert "does not exist" in sentence_about(tmp_path / "none.csv")


def test_kinds_that_are_not_ratings_are_told_with_those_that_are(refusal):
    for name in ("r.txt", "r.xlsx", "r", "r.parquet.gz", "r.pkl", "r.gz"):
        assert ".parquet" in refusal(b"x", name)


def test_a_file_without_permission_is_told(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    names = ("r.csv", "r.csv.gz", "r.zip", "r.parquet")
    for name in names:
        (tmp_path / name).write_text(GOOD)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    for name in names:
        assert "permissions" in sentence_about(tmp_path / name)


def test_a_folder_without_permission_is_told(tmp_path, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    assert "permissions" in sentence_about(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "r.csv")
    assert "neither a file nor a folder" in sentence_about(tmp_path / "r.csv")


def test_a_folder_or_zip_without_ratings_says_what_was_looked_for(tmp_path, refusal):
    (tmp_path / "ml").mkdir()
    assert "no files" in sentence_about(tmp_path / "ml")
    (tmp_path / "ml" / "movies.csv").write_text("movieId,title\n1,Heat\n")
    sentence = sentence_about(tmp_path / "ml")
    assert "ratings.csv, ratings.dat, u.data" in sentence
    assert "movies.csv" in sentence
    assert "readme.md" in refusal(zipped(readme__md="x"), "x.zip")
    assert "a.csv, b.csv" in refusal(zipped(a__csv=GOOD, b__csv=GOOD), "x.zip")


def test_problems_in_a_zip_name_the_member(refusal):
    assert "x.zip, ratings.csv, line 3, " in refusal(zipped(ratings__csv=HEADER + "1,2,3,4\n1,2,x,4\n"), "x.zip")
    movies = zipped(ratings__csv=GOOD, movies__csv="movieId,title,genres\n1,American President, The,Drama\n")
    assert "x.zip, movies.csv, line 2, has 4 fields where 3" in refusal(movies, "x.zip")
    flags = zipped(**{"u.data": "1\t2\t3\t4\n", "u.item": "2|Heat|||http|" + "|".join("012" + "0" * 16)})
    assert "u.item, line 1, has other genre flags" in refusal(flags, "x.zip")
    assert "no column that looks like the ids of movies" in refusal(
        zipped(ratings__csv=GOOD, movies__csv="a,b\n1,2\n"), "x.zip"
    )


def test_a_locked_zip_is_told(refusal):
    content = bytearray(zipped(ratings__csv=GOOD))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    assert "password" in refusal(bytes(content), "x.zip")


@pytest.mark.parametrize("name", ["x.zip", "r.csv.gz", "r.parquet"])
def test_what_is_not_what_its_name_says_is_told(refusal, name):
    for content in (GOOD.encode(), b"", b"\0" * 100, pickle.dumps([1, 2])):
        sentence = refusal(content, name)
        assert "damaged" in sentence or (not content and "is empty" in sentence)


def parquet(**columns):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def good(name):
    if name == "x.zip":
        return zipped(ratings__csv=GOOD, movies__csv="movieId,title,genres\n1,Heat (1995),Crime\n")
    if name == "r.csv.gz":
        return gzip.compress(GOOD.encode(), mtime=0)
    return parquet(userId=np.arange(200), movieId=np.arange(200) % 7, rating=np.full(200, 3.5))


@pytest.mark.parametrize("name", ["x.zip", "r.csv.gz", "r.parquet"])
def test_truncated_files_are_refused_wherever_they_end(refusal, name):
    content = good(name)
    for length in range(0, len(content) - 1, max(1, len(content) // 60)):
        refusal(content[:length], name)


@pytest.mark.parametrize("name", ["x.zip", "r.csv.gz", "r.parquet"])
def test_flipped_bits_are_refused_or_harmless(tmp_path, name):
    content, numbers = good(name), random.Random(1)
    path = tmp_path / name
    for _ in range(200):
        damaged = bytearray(content)
        damaged[numbers.randrange(len(content))] ^= 1 << numbers.randrange(8)
        path.write_bytes(damaged)
        with contextlib.suppress(DataError):
            read_path(path)


def test_random_bytes_and_texts_are_never_a_traceback(tmp_path):
    numbers = random.Random(2)
    alphabet = [*'12,;|".-é \t\n\r\0', "2.5", "::", "user", "item", "rating"]
    for round_number in range(300):
        text = "".join(numbers.choices(alphabet, k=numbers.randrange(60)))
        prefix = "user,item,rating\n" if round_number % 2 else ""
        path = tmp_path / numbers.choice(["r.csv", "r.tsv", "r.dat", "u.data"])
        path.write_bytes((prefix + text).encode() + numbers.randbytes(numbers.choice([0, 0, 3])))
        with contextlib.suppress(DataError):
            read_path(path)


@pytest.mark.parametrize("name", ["x.zip", "r.csv.gz"])
def test_what_unpacks_to_too_much_is_refused_whatever_size_it_claims(refusal, monkeypatch, name):
    monkeypatch.setattr(archive, "UNPACKED_LIMIT", 1 << 20)
    text = HEADER + "1,2,3,4\n" * 400_000
    content = bytearray(zipped(ratings__csv=text) if name == "x.zip" else gzip.compress(text.encode()))
    if name == "x.zip":
        place = content.index(b"PK\1\2") + 24
        content[place : place + 4] = (1000).to_bytes(4, "little")
        # Python's zip reader stops at the declared size, where the checksum then differs.
        assert "damaged" in refusal(bytes(content), name)
        content = zipped(ratings__csv=text)
    assert "unpacks to more than" in refusal(bytes(content), name)


def test_nothing_is_extracted_or_unpickled(tmp_path, monkeypatch):
    for owner, name in (
        (zipfile.ZipFile, "extract"),
        (zipfile.ZipFile, "extractall"),
        (pickle, "load"),
        (pickle, "loads"),
    ):
        monkeypatch.setattr(owner, name, lambda *a, **k: pytest.fail("extracted or unpickled"))
    (tmp_path / "x.zip").write_bytes(zipped(**{"../ratings.csv": GOOD}))
    assert read_path(tmp_path / "x.zip").n_users == 29
    assert [one.name for one in tmp_path.iterdir()] == ["x.zip"]


# Parquet


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"rating": [3.0, None, 4.0]}, '"rating" for the rating has no value in row 2'),
        ({"rating": [3.0, float("nan"), 4.0]}, 'has "nan" in row 2'),
        ({"rating": ["3", "x", "4"]}, 'has "x" in row 2'),
        ({"rating": [[1], [2], [3]]}, "and not ratings"),
        ({"userId": [1, 2, None]}, '"userId" for the user has no value in row 3'),
        ({"userId": ["a", " ", "b"]}, "is blank in row 2"),
        ({"movieId": [1.5, 2.0, 3.0]}, "not whole"),
        ({"movieId": [True, False, True]}, "and not ids"),
        ({"rating": [], "userId": [], "movieId": []}, "no ratings"),
    ],
)
def test_the_row_or_column_of_a_parquet_file_is_named(refusal, columns, found):
    assert found in refusal(
        parquet(**({"userId": [1, 2, 3], "movieId": [4, 5, 6], "rating": [3, 4, 5]} | columns)), "r.parquet"
    )


def test_missing_columns_of_a_parquet_file_are_told(refusal):
    assert "userId, n" in refusal(parquet(userId=[1], n=[2]), "r.parquet")


def test_a_parquet_file_that_claims_too_many_rows_is_refused(refusal, monkeypatch):
    monkeypatch.setattr("cfstudio.ratings.files.parquet.MAX_ROWS", 2)
    assert "more than 2 rows" in refusal(parquet(userId=[1, 2, 3], movieId=[1, 2, 3], rating=[1, 2, 3]), "r.parquet")


def test_too_little_memory_is_told(refusal, monkeypatch):
    def exhausted(*_args):
        raise MemoryError

    monkeypatch.setattr("cfstudio.ratings.files.reading.assemble", exhausted)
    assert "memory" in refusal(GOOD)
