"""A sparse table answers like the dense one that a person has in mind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crosstab, random_ratings

from cfstudio.ratings.order import order_items, order_users
from cfstudio.ratings.split import random_hold_out

cell = st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from([np.nan, 0.5, 3.0, 5.0]))


@settings(deadline=None)
@given(st.integers(0, 20), st.lists(cell, max_size=30))
def test_any_edits_leave_the_same_as_on_a_dense_table(seed, edits):
    ratings = random_ratings(7, 5, 12, seed)
    dense = np.full((7, 5), np.nan)
    dense[ratings.users, ratings.items] = ratings.values
    for user, item, value in edits:
        ratings.set(user, item, value)
        dense[user, item] = value
    assert np.array_equal(ratings.block(np.arange(7), np.arange(5)), dense, equal_nan=True)
    assert np.array_equal(ratings.block(np.array([5, 0]), np.array([3])), dense[[5, 0]][:, [3]], equal_nan=True)
    assert np.array_equal(ratings.counts_by_user(), np.count_nonzero(~np.isnan(dense), axis=1))
    assert np.array_equal(ratings.counts_by_item(), np.count_nonzero(~np.isnan(dense), axis=0))
    assert ratings.n_rated == np.count_nonzero(~np.isnan(dense))
    for user in range(7):
        rows = ratings.rows_of_user(user)
        assert set(ratings.users[rows]) <= {user}
        assert np.nansum(ratings.values[rows]) == np.nansum(dense[user])
    for item in range(5):
        rows = ratings.rows_of_item(item)
        assert set(ratings.items[rows]) <= {item}
        assert np.nansum(ratings.values[rows]) == np.nansum(dense[:, item])


TABLE = [[5, None, 3], [None, 4.5, 1], [2, 2, None], [None, 1, None]]


@pytest.mark.parametrize(
    ("name", "users", "items"),
    [
        ("file", [0, 1, 2, 3], [0, 1, 2]),
        ("count", [0, 1, 2, 3], [1, 0, 2]),
        ("mean", [0, 1, 2, 3], [0, 1, 2]),
        ("id", [0, 1, 2, 3], [0, 1, 2]),
        ("title", [0, 1, 2, 3], [0, 1, 2]),
    ],
)
def test_orders_put_the_most_or_best_rated_first_and_equals_as_in_the_file(name, users, items):
    ratings = crosstab(TABLE)
    assert order_users(ratings, name).tolist() == users
    assert order_items(ratings, name).tolist() == items


def test_ids_and_titles_are_sorted_whatever_the_file_had():
    ratings = crosstab(TABLE)
    ratings.user_ids[:] = [30, 4, 200, 1]
    ratings.item_table.titles[:] = ["the Matrix", "Alien", "Zodiac"]
    assert order_users(ratings, "id").tolist() == [3, 1, 0, 2]
    assert order_items(ratings, "title").tolist() == [1, 0, 2]


def test_the_same_seed_holds_out_the_same_cells_and_another_seed_others():
    ratings = random_ratings(30, 20, 300)
    first = random_hold_out(ratings, 0.2, 42)
    assert first.sum() == 60
    assert np.array_equal(first, random_hold_out(ratings, 0.2, 42))
    assert not np.array_equal(first, random_hold_out(ratings, 0.2, 43))


def test_held_out_cells_are_the_first_fifth_of_numpys_permutation():
    ratings = random_ratings(30, 20, 300)
    expected = np.sort(np.random.default_rng(42).permutation(300)[:60])
    assert np.flatnonzero(random_hold_out(ratings, 0.2, 42)).tolist() == expected.tolist()


def test_blanked_cells_are_never_held_out():
    ratings = random_ratings(10, 10, 50)
    ratings.values[:40] = np.nan
    held_out = random_hold_out(ratings, 0.5, 1)
    assert held_out.sum() == 5
    assert not held_out[:40].any()


@pytest.mark.parametrize("fraction", [-0.1, 1.0])
def test_a_part_that_leaves_nothing_or_less_is_refused(fraction):
    with pytest.raises(ValueError, match="at least 0 and less than 1"):
        random_hold_out(random_ratings(3, 3, 5), fraction, 0)
