"""Every way to hold ratings out holds out what it says, and the rest is for training."""

from dataclasses import replace

import numpy as np
import pytest
from support import crosstab, random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.ratings.split import fold_hold_out, last_hold_out, user_hold_out
from cfstudio.ratings.table import RatingScale
from cfstudio.ratings.valid_file import with_held_out
from cfstudio.workspace.presets import hold_out_for


def with_times(ratings, times):
    return replace(ratings, timestamps=np.array(times, dtype=np.int64))


def test_the_last_ratings_are_the_latest_of_each_user_and_an_only_one_stays():
    ratings = with_times(crosstab([[1, 2, 3, 4], [5, 4, None, None], [None, None, 3, None]]), [40, 10, 30, 20, 7, 9, 1])
    assert np.flatnonzero(last_hold_out(ratings, 1)).tolist() == [0, 5]
    assert np.flatnonzero(last_hold_out(ratings, 2)).tolist() == [0, 2, 5]
    assert np.flatnonzero(last_hold_out(ratings, 100)).tolist() == [0, 2, 3, 5]


def test_of_ratings_at_the_same_time_the_later_row_is_later():
    ratings = with_times(crosstab([[1, 2, 3]]), [5, 5, 5])
    assert np.flatnonzero(last_hold_out(ratings, 1)).tolist() == [2]


def test_last_ratings_are_those_of_pandas():
    import pandas as pd

    ratings = random_ratings(30, 20, 300)
    ratings = with_times(ratings, np.random.default_rng(8).permutation(300))
    frame = pd.DataFrame({"user": ratings.users, "time": ratings.timestamps})
    rank = frame.groupby("user")["time"].rank(ascending=False)
    count = frame.groupby("user")["user"].transform("size")
    expected = (rank <= 3) & (rank < count)
    np.testing.assert_array_equal(last_hold_out(ratings, 3), expected.to_numpy())


def test_without_times_a_sentence_says_so():
    with pytest.raises(ValueError, match="have no times"):
        last_hold_out(random_ratings(5, 5, 10), 1)


def test_whole_users_are_held_out_and_the_others_not_at_all():
    ratings = random_ratings(30, 20, 300)
    held_out = user_hold_out(ratings, 0.2, 42)
    users = np.unique(ratings.users[held_out])
    assert len(users) == 6
    np.testing.assert_array_equal(held_out, np.isin(ratings.users, users))
    assert not np.array_equal(held_out, user_hold_out(ratings, 0.2, 43))


def test_folds_share_no_cell_and_leave_none_out():
    ratings = random_ratings(30, 20, 301)
    ratings.values[7] = np.nan
    folds = [fold_hold_out(ratings, 7, fold, 42) for fold in range(1, 8)]
    np.testing.assert_array_equal(np.sum(folds, axis=0), ratings.rated.astype(int))
    sizes = [fold.sum() for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    with pytest.raises(ValueError, match="between 1 and 7, not 8"):
        fold_hold_out(ratings, 7, 8, 42)


def test_the_settings_choose_the_split():
    ratings = with_times(random_ratings(30, 20, 300), range(300))
    config = TrainingConfig(split="folds", n_folds=4, fold=2, split_seed=1)
    np.testing.assert_array_equal(hold_out_for(ratings, config), fold_hold_out(ratings, 4, 2, 1))
    np.testing.assert_array_equal(hold_out_for(ratings, TrainingConfig(split="last")), last_hold_out(ratings, 5))
    by_user = TrainingConfig(split="users", valid_fraction=0.5)
    np.testing.assert_array_equal(hold_out_for(ratings, by_user), user_hold_out(ratings, 0.5, 42))
    with pytest.raises(ValueError, match="--valid-file"):
        hold_out_for(ratings, TrainingConfig(split="file"))


def test_a_file_of_held_out_ratings_joins_the_data_with_its_new_users_and_items():
    base = crosstab([[1, 2, None], [4, None, None]])
    held = crosstab([[None, 5, 3, None], [None, None, None, None], [None, 1, None, 2]])
    held.item_table.titles[3] = "New Film"
    whole, held_out = with_held_out(base, held)
    assert (whole.n_users, whole.n_items) == (3, 4)
    assert whole.item_table.titles[3] == "New Film"
    table = whole.block(np.arange(3), np.arange(4))
    np.testing.assert_array_equal(table[0], [1, 5, 3, np.nan])
    np.testing.assert_array_equal(table[1], [4, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(table[2], [np.nan, 1, np.nan, 2])
    held_cells = set(zip(whole.users[held_out].tolist(), whole.items[held_out].tolist(), strict=True))
    assert held_cells == {(0, 1), (0, 2), (2, 1), (2, 3)}
    assert (base.n_users, base.values.tolist()) == (2, [1, 2, 4])


def test_ids_match_as_text_where_one_file_has_numbers_and_the_other_text():
    base = crosstab([[1, 2], [3, 4]])
    held = crosstab([[None, 5], [None, None]])
    held = replace(held, user_ids=np.array(["2", "x"], dtype=object))
    whole, held_out = with_held_out(base, held)
    assert whole.n_users == 3
    assert np.flatnonzero(held_out).tolist() == [3]
    assert whole.values[3] == 5


def test_a_file_of_other_people_and_other_things_is_refused():
    base, held = crosstab([[1, 2], [4, None]]), crosstab([[3, 5]])
    strangers = replace(held, user_ids=np.array([88]), item_table=replace(held.item_table, ids=np.array([7, 8])))
    with pytest.raises(ValueError, match="no user and no movie of these ratings"):
        with_held_out(base, strangers)
    # Somebody new who rates what is known is what whole held-out users are.
    whole, held_out = with_held_out(base, replace(held, user_ids=np.array([88])))
    assert (whole.n_users, held_out.sum()) == (3, 2)


def test_a_file_that_rates_everything_is_refused_for_nothing_would_be_left_to_train_on():
    base = crosstab([[1, 2], [4, None]])
    with pytest.raises(ValueError, match="none would be left to train on"):
        with_held_out(base, crosstab([[1, 2], [4, 3]]))


def test_the_scale_becomes_wide_enough_for_the_held_out_ratings():
    base = replace(crosstab([[4, 2], [3, None]]), scale=RatingScale(2.0, 4.0, 1.0))
    whole, _ = with_held_out(base, crosstab([[None, None], [None, 5]]))
    assert whole.scale == RatingScale(2.0, 5.0, 1.0)
    assert base.scale == RatingScale(2.0, 4.0, 1.0)


def test_what_is_known_of_users_stays_and_is_taken_over_for_new_ones():
    base, held = crosstab([[1, 2], [4, None]]), crosstab([[None, None], [None, 3], [5, None]])
    base = replace(base, user_columns={"job": np.array(["artist", "doctor"], dtype=object)})
    job = np.array(["other", "other", "student"], dtype=object)
    whole, _ = with_held_out(base, replace(held, user_columns={"job": job}))
    assert whole.user_columns["job"].tolist() == ["artist", "doctor", "student"]
    whole, _ = with_held_out(base, held)
    assert whole.user_columns["job"].tolist() == ["artist", "doctor", ""]


def test_an_empty_file_of_held_out_ratings_is_refused():
    held = crosstab([[1.0]])
    held.values[:] = np.nan
    with pytest.raises(ValueError, match="holds no ratings"):
        with_held_out(crosstab([[1.0]]), held)
