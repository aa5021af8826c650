"""Commands that need a session say what to do where they are given something else."""

import pytest

from cfstudio.cli import main
from cfstudio.ratings.catalog import open_ratings

COMMANDS = (["neighbors", "{}", "Fargo"], ["export", "{}", "out.csv"], ["recommend", "{}", "--user", "1"])


@pytest.fixture
def refusal(capsys):
    def refusal(arguments, path):
        assert main([one.format(path) for one in arguments]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        return said

    return refusal


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_workbook_or_a_file_of_ratings_is_to_be_trained_first(arguments, tmp_path, refusal):
    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.workbook import default_crosstab, export_workbook
    from cfstudio.models.lesson_start import lesson_start

    ratings = open_ratings("lesson")
    users, items = default_crosstab(ratings)
    document = DocumentPart(ratings, ratings.rated & False, lesson_start(bias=False))
    book, table = tmp_path / "mine.xlsx", tmp_path / "mine.csv"
    export_workbook(document, book, users=users, items=items)
    table.write_text("userId,movieId,rating\n1,2,3\n")
    for path in (book, table):
        said = refusal(arguments, path)
        assert "no session" in said
        assert f"cfstudio train {path} --out mine.cfstudio" in said
    assert "workbook" in refusal(arguments, book)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_the_name_of_a_data_set_is_to_be_trained_first(arguments, refusal):
    assert "cfstudio train lesson --out lesson.cfstudio" in refusal(arguments, "lesson")
