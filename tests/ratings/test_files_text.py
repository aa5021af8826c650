"""A user opens the text files that spreadsheets, databases and other programs write, without preparing them."""

import gzip

import numpy as np
import pytest

from cfstudio.ratings.files import read_path
from cfstudio.ratings.table import RatingScale

CSV = "userId,movieId,rating,timestamp\n7,50,4.0,100\n3,50,2.5,200\n7,9,5.0,300\n"


@pytest.fixture
def read(tmp_path):
    """Read a text as a file of the given name."""

    def read(text, name="r.csv", columns=None, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return read_path(path, columns)

    return read


def triples(ratings):
    """(user id, item id, rating) by row."""
    users, items = ratings.user_ids[ratings.users].tolist(), ratings.item_table.ids[ratings.items].tolist()
    return list(zip(users, items, ratings.values.tolist(), strict=True))


PLAIN = [(7, 50, 4.0), (3, 50, 2.5), (7, 9, 5.0)]


def test_codes_follow_the_first_appearance_and_ids_stay(read):
    ratings = read(CSV)
    assert ratings.users.tolist() == [0, 1, 0]
    assert ratings.items.tolist() == [0, 0, 1]
    assert ratings.user_ids.tolist() == [7, 3]
    assert ratings.item_table.ids.tolist() == [50, 9]
    assert ratings.timestamps.tolist() == [100, 200, 300]
    assert [ratings.users.dtype, ratings.items.dtype, ratings.values.dtype] == [np.int32, np.int32, np.float64]
    assert [ratings.user_ids.dtype, ratings.item_table.ids.dtype, ratings.timestamps.dtype] == [np.int64] * 3
    assert ratings.name == "r"
    assert ratings.notes == ()


@pytest.mark.parametrize("name", ["r.csv", "r.tsv", "r.dat", "R.CSV"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "::"])
def test_any_usual_delimiter_is_found(read, name, delimiter):
    assert triples(read(CSV.replace(",", delimiter), name)) == PLAIN


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n", "\n\n") + "\n\n",
        lambda text: text + ",,,\n",
        lambda text: text.replace(",", " , "),
        lambda text: "\n".join(",".join(f'"{one}"' for one in line.split(",")) for line in text.splitlines()),
    ],
    ids=["bom", "crlf", "cr", "no last newline", "blank lines", "blank row", "spaces", "quotes"],
)
def test_habits_of_other_programs_change_nothing(read, change):
    ratings = read(change(CSV))
    assert triples(ratings) == PLAIN
    assert ratings.timestamps.tolist() == [100, 200, 300]


def test_a_spreadsheet_of_a_country_with_decimal_commas_is_read(read):
    text = "userId;movieId;rating;timestamp\n7;50;4,0;100\n3;50;2,5;200\n7;9;5;300\n"
    assert triples(read(text)) == PLAIN
    assert triples(read(text.replace("7;", "anna;"))) == [("anna", 50, 4.0), ("3", 50, 2.5), ("anna", 9, 5.0)]
    assert read(text).scale == RatingScale(0.5, 5.0, 0.5)


def test_a_quoted_decimal_comma_between_commas_is_read(read):
    assert triples(read('user,item,rating\n1,2,"3,5"\n')) == [(1, 2, 3.5)]


@pytest.mark.parametrize("header", ["user_id,movie_id,stars,time", "UID,Item,Score,Date", "User-ID,ISBN,Book-Rating,X"])
def test_usual_column_names_are_found(read, header):
    assert triples(read(CSV.replace("userId,movieId,rating,timestamp", header))) == PLAIN


def test_columns_are_found_in_any_order_and_others_are_passed_over(read):
    ratings = read("n,rating,when,movieId,userId\n1,4.5,x,10,20\n2,3.0,y,11,20\n")
    assert triples(ratings) == [(20, 10, 4.5), (20, 11, 3.0)]
    assert ratings.timestamps is None


def test_given_column_names_win_over_guessed_ones(read):
    text = "userId,movieId,rating,critic,mine\n1,2,3.0,9,1.5\n"
    assert triples(read(text, columns={"user": "critic", "rating": "MINE"})) == [(9, 2, 1.5)]


def test_what_an_item_is_called_comes_from_its_column(read):
    assert read(CSV).item_label == "movie"
    assert read(CSV.replace("movieId", "isbn")).item_label == "book"
    assert read(CSV.replace("movieId", "thing"), columns={"item": "thing"}).item_label == "item"


@pytest.mark.parametrize("name", ["u.data", "r.csv"])
def test_a_file_without_a_header_has_user_item_rating_time(read, name):
    ratings = read("196\t242\t3\t881250949\n186\t302\t3\t891717742\n", name)
    assert triples(ratings) == [(196, 242, 3.0), (186, 302, 3.0)]
    assert ratings.timestamps.tolist() == [881250949, 891717742]


def test_columns_without_a_header_can_be_given_by_number(read):
    assert triples(read("4.5,1,2\n3.5,1,3\n", columns={"user": "2", "item": "3", "rating": "1"})) == [
        (1, 2, 4.5),
        (1, 3, 3.5),
    ]


def test_a_headless_file_of_texts_is_read(read):
    assert triples(read("anna,Alien,4.5\nbert,Alien,3\n")) == [("anna", "Alien", 4.5), ("bert", "Alien", 3.0)]


# Ids


@pytest.mark.parametrize("ids", [["007", "8"], ["+7", "8"], ["a", "8"], ["1e3", "8"], ["99999999999999999999", "8"]])
def test_ids_that_are_no_plain_numbers_stay_text(read, ids):
    ratings = read("user,item,rating\n" + "".join(f"{one},5,3\n" for one in ids))
    assert ratings.user_ids.tolist() == ids
    assert ratings.user_ids.dtype == object
    assert ratings.item_table.ids.tolist() == [5]


@pytest.mark.parametrize("number", [9007199254740993, 2**63 - 1, -(2**63), 0, -5])
def test_whole_numbers_of_any_size_stay_exact(read, number):
    assert read(f"user,item,rating\n{number},1,3\n4,1,3\n").user_ids.tolist() == [number, 4]


def test_a_leading_zero_is_seen_wherever_it_lies_in_a_large_file(read):
    lines = [f"{1000 + number},{number % 97 + 100},3\n" for number in range(60_000)]
    for place in (0, 23_456, 59_999):
        changed = [*lines[:place], "042,100,3\n", *lines[place + 1 :]]
        assert "042" in read("user,item,rating\n" + "".join(changed)).user_ids.tolist()
    assert read("user,item,rating\n" + "".join(lines)).user_ids.dtype == np.int64


def test_ids_that_a_program_kept_as_floating_point_are_whole_numbers(read):
    assert read("user,item,rating\n1.0,20.0,3\n2.0,30.0,3\n").item_table.ids.tolist() == [20, 30]


def test_sparse_ids_are_coded_by_first_appearance_too(read):
    ratings = read("user,item,rating\n999999999999,5,1\n-4,5,2\n999999999999,6,3\n")
    assert ratings.user_ids.tolist() == [999999999999, -4]
    assert ratings.users.tolist() == [0, 1, 0]


# Times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("-1", -1),
        ("1260759144.0", 1260759144),
        ("2009-12-14", 1260748800),
        ("2009-12-14 02:52:24", 1260759144),
        ("2009-12-14T02:52:24Z", 1260759144),
        ("2009-12-14T03:52:24+01:00", 1260759144),
    ],
)
def test_times_are_seconds_or_iso_dates(read, text, seconds):
    assert read(f"user,item,rating,time\n1,2,3,{text}\n").timestamps.tolist() == [seconds]


def test_milliseconds_become_seconds_and_that_is_said(read):
    ratings = read("user,item,rating,time\n1,2,3,1260759144123\n1,3,3,1260759145000\n")
    assert ratings.timestamps.tolist() == [1260759144, 1260759145]
    assert "milliseconds" in ratings.notes[0]


def test_unreadable_times_are_left_out_unless_they_were_asked_for(read):
    ratings = read("user,item,rating,date\n1,2,3,2015-03-09\n1,3,3,9.3.15\n")
    assert ratings.timestamps is None
    assert ratings.notes == ('Times are left out, because line 3 has "9.3.15" in the column "date".',)


# Duplicates


def test_the_latest_of_repeated_ratings_counts_and_the_number_is_told(read):
    ratings = read("user,item,rating,time\n1,2,5,300\n1,3,1,50\n1,2,3,100\n1,2,4,300\n")
    assert triples(ratings) == [(1, 3, 1.0), (1, 2, 4.0)]
    assert len(ratings.notes) == 1
    assert ratings.notes[0].startswith("2 ratings repeated")


def test_without_times_the_last_row_counts(read):
    assert triples(read("user,item,rating\n1,2,5\n1,2,3\n4,2,1\n")) == [(1, 2, 3.0), (4, 2, 1.0)]


# Titles in the same file


def test_titles_and_genres_in_the_same_file_are_used(read):
    ratings = read(
        'userId,movieId,rating,title,genres\n1,5,3,"Fly, The (1986)",Horror|Sci-Fi\n2,6,4,"",(no genres listed)\n'
    )
    assert ratings.item_table.titles.tolist() == ["Fly, The (1986)", "movie 6"]
    assert ratings.item_table.genres.tolist() == ["Horror|Sci-Fi", ""]
    assert ratings.item_table.years.tolist() == [1986, 0]
    assert ratings.item_table.years.dtype == np.int16


def test_a_column_of_years_completes_the_titles(read):
    titles = read("user,movie,rating,title,year\n1,5,3,The Fly,1986\n1,6,3,Alien,NA\n").item_table
    assert titles.titles.tolist() == ["The Fly (1986)", "Alien"]
    assert titles.years.tolist() == [1986, 0]


def test_a_file_that_knows_items_by_title_only_is_read(read):
    items = read("user,title,rating\nanna,Alien (1979),5\nbert,Alien (1979),4\n").item_table
    assert items.ids.tolist() == items.titles.tolist() == ["Alien (1979)"]
    assert items.years.tolist() == [1979]


# Packed


def test_gzip_is_unpacked(read, tmp_path):
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    ratings = read_path(tmp_path / "r.csv.gz")
    assert triples(ratings) == PLAIN
    assert ratings.name == "r"
