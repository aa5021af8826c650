"""Whatever way people write down a few ratings, they are understood or the line is named."""

import pytest
from explore_support import items

from cfstudio.explore.rating_list import parse_rating_list, read_rating_list
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import RatingScale

TABLE = items(5)
TABLE.titles[2] = "Matrix, The (1999)"
TABLE.titles[3] = "Sense, Sensibility and Snow (2000)"
SCALE = RatingScale(0.5, 5.0)


@pytest.mark.parametrize(
    "text",
    [
        "movieId,rating\n103,4.5\n101,2\n",
        "userId,movieId,rating,timestamp\n9,103,4.5,1\n9,101,2,1\n",
        "rating;title\n4,5;The Matrix\n2;Film 0 (1970)\n",
        "103,4.5\n\n101,2",
        "The Matrix\t4.5\r\nfilm 0\t2\r\n",
        "Matrix, The (1999), 4.5\n101, 2",
        '"Matrix, The (1999)",4.5\n101,2',
    ],
)
def test_ids_and_titles_with_any_usual_separator(text):
    found = parse_rating_list(text, TABLE, SCALE)
    assert found.rated == {2: 4.5, 0: 2.0}
    assert found.problems == ()


def test_a_title_may_have_several_commas_and_the_last_of_two_ratings_counts():
    found = parse_rating_list("Sense, Sensibility and Snow (2000),3\n104,5", TABLE, SCALE)
    assert found.rated == {3: 5.0}


def test_what_cannot_be_used_is_named_by_its_line_and_the_rest_is_taken():
    text = "movieId,rating\n101,3\nMatirx,4\n103,9\n102,good\n104\n"
    found = parse_rating_list(text, TABLE, SCALE)
    assert found.rated == {0: 3.0}
    assert [one.split(":")[0] for one in found.problems] == ["Line 3", "Line 4", "Line 5", "Line 6"]
    assert "Matrix, The (1999)" in found.problems[0]
    assert "between 0.5 and 5; 9 does not" in found.problems[1]
    assert '"good" is no rating' in found.problems[2]


@pytest.mark.parametrize("number", ["nan", "inf", "-1"])
def test_numbers_off_the_scale_are_no_ratings(number):
    found = parse_rating_list(f"101,{number}", TABLE, SCALE)
    assert found.rated == {}
    assert len(found.problems) == 1


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_rating_list(tmp_path / "none.csv", TABLE, SCALE)
    (tmp_path / "x.csv").write_bytes(b"101,3\n\xff\xfe\x00")
    with pytest.raises(DataError, match="UTF-8"):
        read_rating_list(tmp_path / "x.csv", TABLE, SCALE)
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbfmovieId,rating\n101,3\n")
    assert read_rating_list(tmp_path / "bom.csv", TABLE, SCALE).rated == {0: 3.0}
