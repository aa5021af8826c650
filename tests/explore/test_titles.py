"""Whoever types a title, roughly, finds the item or is told the closest ones."""

import numpy as np
import pytest

from cfstudio.explore.titles import UnknownItem, find_item, search_titles
from cfstudio.ratings.table import ItemTable

TITLES = [
    "GoldenEye (1995)",
    "Matrix, The (1999)",
    "Sabrina (1995)",
    "Sabrina (1954)",
    "300 (2007)",
    "Goldfinger (1964)",
    "Misérables, Les (1998)",
    "Man with the Golden Gun, The (1974)",
]


def item_table(ids=None):
    n = len(TITLES)
    return ItemTable(
        ids=np.array([10, 2571, 7, 915, 51662, 2947, 1873, 3639]) if ids is None else np.array(ids),
        titles=np.array(TITLES, dtype=object),
        genres=np.array([""] * n, dtype=object),
        years=np.zeros(n, dtype=np.int16),
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("10", "GoldenEye (1995)"),
        ("GoldenEye (1995)", "GoldenEye (1995)"),
        ("goldeneye (1995)", "GoldenEye (1995)"),
        ("goldeneye", "GoldenEye (1995)"),
        ("The Matrix", "Matrix, The (1999)"),
        ("matrix, the", "Matrix, The (1999)"),
        ("les misérables (1998)", "Misérables, Les (1998)"),
        ("sabrina (1954)", "Sabrina (1954)"),
        (" 300 (2007) ", "300 (2007)"),
    ],
)
def test_an_item_is_found_by_id_or_by_its_title_as_people_write_it(text, title):
    assert TITLES[find_item(item_table(), text)] == title


def test_ids_may_be_text():
    table = item_table([f"tt{n}" for n in range(len(TITLES))])
    assert find_item(table, "tt4") == 4


def test_an_id_goes_before_a_title_that_looks_like_one():
    table = item_table([300, 1, 2, 3, 4, 5, 6, 7])
    assert TITLES[find_item(table, "300")] == "GoldenEye (1995)"


def test_a_typing_error_is_answered_with_the_closest_titles():
    with pytest.raises(
        UnknownItem, match=r'No movie has the title or id "Goldneye": the closest are GoldenEye \(1995\)'
    ):
        find_item(item_table(), "Goldneye")


def test_a_part_of_a_title_is_answered_with_the_titles_that_contain_it():
    with pytest.raises(UnknownItem, match=r"Man with the Golden Gun, The \(1974\)"):
        find_item(item_table(), "golden gun")


def test_nonsense_gets_no_suggestion_but_a_mend():
    with pytest.raises(UnknownItem, match='No book has the title or id "qqqq": check the spelling'):
        find_item(item_table(), "qqqq", label="book")


def test_two_films_of_one_name_are_told_apart_by_their_ids():
    with pytest.raises(UnknownItem, match=r"Sabrina \(1995\) \(id 7\), Sabrina \(1954\) \(id 915\)"):
        find_item(item_table(), "Sabrina")


def found(text, limit=20, n_ratings=None):
    return [TITLES[code] for code in search_titles(item_table(), text, limit, n_ratings)]


def test_a_completer_offers_titles_that_start_so_first_then_the_most_rated():
    n_ratings = np.array([5, 50, 6, 7, 8, 40, 10, 900])
    assert found("gold", n_ratings=n_ratings) == [
        "Goldfinger (1964)",
        "GoldenEye (1995)",
        "Man with the Golden Gun, The (1974)",
    ]
    assert found("gold", limit=1, n_ratings=n_ratings) == ["Goldfinger (1964)"]


def test_a_completer_knows_where_the_article_went():
    assert found("the m") == ["Matrix, The (1999)", "Man with the Golden Gun, The (1974)"]


def test_an_empty_search_offers_nothing():
    assert found("  ") == []
