"""Before training on a file, a person sees what it holds and what will be done about its problems."""

import json

import pytest

from cfstudio.cli import main

TEXT = "userId,movieId,rating,timestamp\n1,10,4.0,86400\n1,20,2.5,172800\n2,10,5.0,86399\n2,10,1.0,5\n3,10,3.0,9\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(TEXT)
    return path


def test_numbers_are_those_of_the_ratings_that_will_be_used(path, capsys):
    assert main(["inspect", str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts.pop("notes")[0].startswith("1 rating repeated")
    assert facts == {
        "name": "mine",
        "format": "comma-separated text (CSV)",
        "n_users": 3,
        "n_items": 2,
        "n_ratings": 4,
        "density": 4 / 6,
        "scale": {"low": 0.5, "high": 5.0, "step": 0.5},
        "mean": 14.5 / 4,
        "first_date": "1970-01-01",
        "last_date": "1970-01-03",
        "ratings_per_user_median": 1.0,
        "ratings_per_item_median": 2.0,
        "item_label": "movie",
    }


def test_a_person_reads_the_same_with_what_was_mended(path, capsys):
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    for text in ("66.67%", "0.5 to 5 by 0.5", "1970-01-01 to 1970-01-03", "• 1 rating repeated", "Movies"):
        assert text in out


def test_a_file_without_problems_or_dates_says_so(path, capsys):
    path.write_text("user,item,rating\n1,10,4\n")
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "No problems found." in out
    assert "none" in out
    assert "1 to 5 by 1" in out
