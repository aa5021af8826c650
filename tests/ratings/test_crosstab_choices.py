"""A person chooses what the crosstab shows, and is told in words what that is."""

from functools import partial

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.explore.titles import find_item
from cfstudio.ratings.builtin import three_tastes
from cfstudio.ratings.crosstab_choice import (
    ByGenre,
    BySelection,
    TopByCount,
    genre_names,
    top_crosstab,
)
from cfstudio.ratings.crosstab_facts import CrosstabFacts
from cfstudio.ratings.crosstab_list import PickedList


def picked(ratings, users="", items=""):
    return PickedList(users, items, partial(find_item, ratings.item_table))


def names(ratings, choice):
    users, items = choice.codes(ratings)
    assert users.dtype == items.dtype == np.int64
    return ratings.user_ids[users].tolist(), ratings.item_table.ids[items].tolist()


def test_the_most_rated_are_those_of_the_lessons_recipe():
    ratings = random_ratings(30, 40, 300)
    for chosen, expected in zip(TopByCount(7, 9).codes(ratings), top_crosstab(ratings, 7, 9), strict=True):
        np.testing.assert_array_equal(chosen, expected)
    assert TopByCount(7, 9).sentence(ratings).startswith("The 7 users and the 9 movies with the most ratings")
    assert TopByCount(99, 1).sentence(ratings).startswith("The 30 users and the 1 movie with")


def test_a_genre_shows_its_movies_and_whoever_rated_most_of_them():
    ratings = three_tastes()
    horror = {8: "Horror|Mystery", 9: "Horror", 10: "Horror|Thriller"}
    # Counted by hand from the table: blanks per user among the three, of whom the first by name come in.
    block = ratings.block(np.arange(12), np.array([7, 8, 9]))
    n_rated = (~np.isnan(block)).sum(axis=1)
    expected = sorted(range(12), key=lambda user: (-n_rated[user], ratings.user_ids[user]))[:4]
    users, items = names(ratings, ByGenre("Horror", 4, 5))
    assert items == list(horror)
    assert users == [ratings.user_ids[user] for user in sorted(expected)]
    sentence = ByGenre("Horror", 4, 5).sentence(ratings)
    assert "3 movies of the genre Horror" in sentence
    assert "4 users" in sentence


def test_a_genre_is_a_whole_word_between_bars():
    ratings = three_tastes()
    ratings.item_table.genres[0] = "Sci-Fi-like|Other"
    assert 1 not in names(ratings, ByGenre("Sci-Fi", 12, 10))[1]
    assert genre_names(ratings) == tuple(sorted(set("|".join(ratings.item_table.genres.tolist()).split("|"))))


def test_a_genre_without_ratings_is_empty_and_says_so():
    ratings = crosstab([[1, None], [2, None]])
    ratings.item_table.genres[1] = "Western"
    users, items = ByGenre("Western", 5, 5).codes(ratings)
    assert len(users) == len(items) == 0
    assert "choose another genre" in ByGenre("Western", 5, 5).sentence(ratings)
    with pytest.raises(ValueError, match="at least one"):
        ByGenre("Western", 0, 5).codes(ratings)


def test_a_list_keeps_its_order_and_takes_ids_and_titles_as_people_write_them():
    ratings = crosstab([[1, 2, 3], [4, 5, None], [1, None, 2]])
    choice = picked(ratings, "user 3\n1, 3", "Film 2\n\n 101 \nfilm 2 (1972)\n")
    assert names(ratings, choice) == ([3, 1], [103, 101])
    assert choice.problems(ratings) == ()
    assert choice.sentence(ratings) == "The 2 users and the 2 movies listed, in this order."


def test_names_of_users_may_hold_commas_and_spaces():
    ratings = three_tastes()
    ratings.user_ids[0] = "Lovelace, Ada"
    assert names(ratings, picked(ratings, "Lovelace, Ada\nBen"))[0] == ["Lovelace, Ada", "Ben"]


def test_an_empty_list_stands_for_all():
    ratings = crosstab([[1, 2, 3], [4, 5, None]])
    assert names(ratings, picked(ratings, "", "102")) == ([1, 2], [102])
    assert picked(ratings, "", "102").sentence(ratings).startswith("All users and the 1 movie listed")


def test_what_a_list_names_in_vain_is_told_line_by_line_and_the_rest_counts():
    ratings = crosstab([[1, 2, 3], [4, 5, None]])
    choice = picked(ratings, "1\n77", "Film 1\nFilm 9")
    assert names(ratings, choice) == ([1], [102])
    of_user, of_item = choice.problems(ratings)
    assert of_user == 'No user has the id "77"; ids look like 1.'
    assert of_item.startswith('No movie has the title or id "Film 9": the closest are')
    many = picked(ratings, "\n".join(map(str, range(50, 60)))).problems(ratings)
    assert len(many) == 4
    assert many[-1] == "7 more lines could not be found either."


def test_a_list_of_nothing_known_gives_an_empty_crosstab_rather_than_all():
    ratings = crosstab([[1, 2, 3]])
    assert names(ratings, picked(ratings, "99"))[0] == []


def test_a_selection_is_taken_as_it_is():
    ratings = crosstab([[1, 2, 3], [4, 5, None]])
    choice = BySelection(np.array([1, 0]), np.array([2]))
    assert names(ratings, choice) == ([2, 1], [103])
    assert "2 users and the 1 movie that are selected" in choice.sentence(ratings)
    nothing = BySelection(np.array([], dtype=np.int64), np.array([0]))
    assert "select cells" in nothing.sentence(ratings)


def test_size_and_density_of_a_crosstab_are_counted_cell_by_cell():
    ratings = random_ratings(30, 40, 300)
    ratings.set(int(ratings.users[0]), int(ratings.items[0]), float("nan"))
    users, items = np.array([3, 1, 20, int(ratings.users[0])]), np.array([0, 7, 39, int(ratings.items[0])])
    n_rated = int(np.count_nonzero(~np.isnan(ratings.block(users, items))))
    facts = CrosstabFacts.of(ratings, users, items)
    assert facts == CrosstabFacts(4, 4, n_rated)
    assert facts.density == n_rated / 16


def test_the_facts_are_said_in_words():
    assert CrosstabFacts(15, 15, 206).sentence("movie") == ("15 users × 15 movies: 206 of 225 cells are rated, 92%.")
    assert CrosstabFacts(671, 9066, 100_004).sentence("movie") == (
        "671 users × 9,066 movies: 100,004 of 6,083,286 cells are rated, 1.6%."
    )
    assert CrosstabFacts(0, 3, 0).sentence("book") == "0 users × 3 books: no cells."
