"""A person edits the open document: every number follows at once, and everything can be taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crosstab, random_ratings

from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace import edits
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.reshaping import with_item, with_user, without

SMALL = [[5, None, 3], [None, 4.5, 1], [2, 2, None]]


def opened(ratings=None):
    workspace = Workspace()
    workspace.open_ratings(ratings if ratings is not None else crosstab(SMALL))
    return workspace


def dense(workspace):
    ratings = workspace.ratings
    return ratings.block(np.arange(ratings.n_users), np.arange(ratings.n_items))


def rmse(workspace, part):
    """The spreadsheet's formula over the dense crosstab, as an independent source."""
    table, factors = dense(workspace), workspace.factors
    predicted = factors.user_factors.astype(float) @ factors.item_factors.astype(float).T
    held_out = np.zeros(table.shape, dtype=bool)
    held_out[workspace.ratings.users[workspace.held_out], workspace.ratings.items[workspace.held_out]] = True
    chosen = ~np.isnan(table) & (held_out if part == "valid" else ~held_out)
    return np.sqrt(np.mean((table - predicted)[chosen] ** 2)) if chosen.any() else np.nan


def test_the_lesson_opens_untrained_with_the_workbooks_numbers():
    workspace = opened(open_ratings("lesson"))
    assert workspace.score.train_rmse == pytest.approx(2.80606206164831, abs=1e-12)
    assert (workspace.score.n_train, workspace.score.n_valid) == (206, 0)
    assert not workspace.edits.is_modified


def test_a_rating_outside_the_scale_is_refused_with_the_reason():
    workspace = opened()
    with pytest.raises(ValueError, match=r"between 0\.5 and 5"):
        workspace.set_rating(0, 0, 7)
    assert workspace.edits.top is None


def test_a_factor_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        opened().set_factor("user", 0, 0, float("nan"))


def test_rating_a_blank_cell_and_undoing_it_leaves_the_cell_blank():
    workspace = opened()
    before = workspace.score
    workspace.set_rating(0, 1, 4)
    assert dense(workspace)[0, 1] == 4
    assert workspace.score.n_train == before.n_train + 1
    workspace.edits.undo()
    assert np.isnan(dense(workspace)[0, 1])
    assert workspace.score == before


def test_other_factors_and_a_bias_give_a_model_of_that_shape_and_undo_brings_the_old_one_back():
    workspace = opened()
    old = workspace.factors
    workspace.configure(replace(workspace.config, n_factors=7, model="dot-bias"))
    assert workspace.factors.user_factors.shape == (3, 7)
    assert workspace.factors.has_bias
    workspace.edits.undo()
    assert workspace.factors is old


def test_a_changed_learning_rate_keeps_the_factors():
    workspace = opened()
    factors = workspace.factors
    workspace.configure(replace(workspace.config, learning_rate=0.5))
    assert workspace.factors is factors


def test_a_new_start_keeps_the_held_out_cells_and_reset_returns_to_it():
    workspace = opened(random_ratings(20, 12, 100))
    workspace.configure(replace(workspace.config, valid_fraction=0.2))
    held_out, first = workspace.held_out, workspace.factors.user_factors.copy()
    workspace.new_start()
    assert np.array_equal(workspace.held_out, held_out)
    start = workspace.factors.user_factors.copy()
    assert not np.array_equal(start, first)
    workspace.set_factor("user", 3, 1, 9.0)
    workspace.reset_factors()
    assert np.array_equal(workspace.factors.user_factors, start)


def test_a_rating_added_while_cells_are_held_out_is_a_training_rating_also_after_undo():
    workspace = opened(random_ratings(10, 10, 40))
    blank = np.argwhere(np.isnan(dense(workspace)))[0]
    workspace.configure(replace(workspace.config, valid_fraction=0.5))
    workspace.set_rating(*map(int, blank), 3.0)
    assert workspace.score.n_train == 21
    workspace.edits.undo()
    workspace.edits.undo()
    assert len(workspace.held_out) == len(workspace.ratings.values)
    assert workspace.score.n_valid == 0


action = st.one_of(
    st.tuples(st.just("rate"), st.integers(0, 5), st.integers(0, 4), st.sampled_from([None, 0.5, 3.0, 4.5])),
    st.tuples(st.just("user"), st.integers(0, 5), st.integers(0, 4), st.floats(-2, 2)),
    st.tuples(st.just("item"), st.integers(0, 4), st.integers(0, 4), st.floats(-2, 2)),
    st.tuples(st.just("hold out"), st.sampled_from([0.0, 0.2, 0.5])),
    st.tuples(st.sampled_from(["undo", "redo", "reset", "new start"])),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(action, max_size=25))
def test_after_any_edits_undos_and_redos_the_rmse_is_that_of_the_visible_numbers(actions):
    workspace = opened(random_ratings(6, 5, 18))
    for name, *values in actions:
        match name:
            case "rate":
                workspace.set_rating(*values)
            case "user" | "item":
                workspace.set_factor(name, *values)
            case "hold out":
                workspace.configure(replace(workspace.config, valid_fraction=values[0]))
            case "undo":
                workspace.edits.undo()
            case "redo":
                workspace.edits.redo()
            case "reset":
                workspace.reset_factors()
            case "new start":
                workspace.new_start()
        score = workspace.score
        assert score.train_rmse == pytest.approx(rmse(workspace, "train"), rel=1e-9, nan_ok=True)
        assert score.valid_rmse == pytest.approx(rmse(workspace, "valid"), rel=1e-9, nan_ok=True)


@settings(deadline=None, max_examples=60)
@given(st.lists(action, max_size=15))
def test_undoing_everything_gives_the_opened_document(actions):
    workspace = opened(random_ratings(6, 5, 18))
    table, users, items = dense(workspace), workspace.factors.user_factors.copy(), workspace.factors.item_factors.copy()
    for name, *values in actions:
        if name == "rate":
            workspace.set_rating(*values)
        elif name in ("user", "item"):
            workspace.set_factor(name, *values)
        elif name == "hold out":
            workspace.configure(replace(workspace.config, valid_fraction=values[0]))
        elif name == "new start":
            workspace.new_start()
    while workspace.edits.top is not None:
        workspace.edits.undo()
    assert np.array_equal(dense(workspace), table, equal_nan=True)
    assert np.array_equal(workspace.factors.user_factors, users)
    assert np.array_equal(workspace.factors.item_factors, items)
    assert not workspace.edits.is_modified


def test_a_huge_number_that_has_come_and_gone_leaves_no_trace_in_the_score():
    workspace = opened(open_ratings("lesson"))
    before = workspace.score
    workspace.set_factor("user", 0, 0, 1e17)
    workspace.edits.undo()
    assert workspace.score == before


def test_a_factor_too_large_for_the_numbers_it_joins_is_refused():
    workspace = opened(random_ratings(40, 40, 1_200))
    assert workspace.factors.user_factors.dtype == np.float32
    with pytest.raises(Refusal, match="too large"):
        workspace.set_factor("user", 0, 0, 1e39)
    assert workspace.edits.top is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [1e19, -1e308, 1e308, float("inf")])
def test_a_factor_of_the_lessons_sheet_that_no_product_could_hold_is_refused(value):
    workspace = opened(open_ratings("lesson"))
    with pytest.raises(Refusal, match="at most 1e18"):
        workspace.set_factor("item", 2, 1, value)
    workspace.set_factor("item", 2, 1, -1e18)
    workspace.set_factor("user", 2, 1, 1e18)
    assert np.isfinite(workspace.score.train_rmse)


def test_a_new_user_of_the_lesson_starts_like_the_others():
    workspace = opened(open_ratings("lesson"))
    workspace.configure(replace(workspace.config, model="dot-bias"))
    start = workspace.state.start
    for _ in range(40):
        workspace.exchange_contents("add user", with_user)
    new, bias = workspace.factors.user_factors[15:], workspace.factors.user_bias[15:]
    assert np.isin(new, start.user_factors).all()
    assert np.isin(bias, start.user_bias).all()
    assert abs(new.mean() - start.user_factors.mean()) < 0.1
    assert len(np.unique(bias)) > 8
    assert np.array_equal(workspace.state.start.user_factors[15:], new)


def test_another_split_starts_anew_so_that_no_held_out_cell_was_ever_seen():
    workspace = opened(random_ratings(20, 12, 100))
    workspace.set_factor("user", 3, 1, 9.0)
    workspace.configure(replace(workspace.config, valid_fraction=0.2))
    assert np.array_equal(workspace.factors.user_factors, workspace.state.start.user_factors)
    workspace.edits.undo()
    assert workspace.factors.user_factors[3, 1] == 9.0


def test_many_ratings_are_one_step():
    workspace = opened(random_ratings(6, 5, 18))
    before = dense(workspace)
    workspace.set_ratings(np.array([0, 0, 5]), np.array([0, 1, 4]), 4.0)
    assert dense(workspace)[[0, 0, 5], [0, 1, 4]].tolist() == [4.0, 4.0, 4.0]
    workspace.edits.undo()
    assert np.array_equal(dense(workspace), before, equal_nan=True)
    assert workspace.edits.top is None


def test_undo_keeps_within_its_memory_and_never_loses_the_last_step(monkeypatch):
    workspace = opened(random_ratings(30, 20, 100))
    monkeypatch.setattr(edits, "MOST_BYTES", 3 * workspace.factors.n_bytes)
    for _ in range(10):
        workspace.new_start()
    n_undone = 0
    while workspace.edits.top is not None:
        workspace.edits.undo()
        n_undone += 1
    assert 1 <= n_undone <= 3
    assert workspace.edits.is_modified


def test_one_factor_more_and_one_less_leaves_the_others_as_they_were():
    workspace = opened(open_ratings("lesson"))
    users, start = workspace.factors.user_factors.copy(), workspace.state.start.user_factors.copy()
    workspace.set_factor("user", 3, 1, 9.0)
    workspace.configure(replace(workspace.config, n_factors=6))
    assert workspace.factors.user_factors.shape == (15, 6)
    assert workspace.factors.user_factors[3, 1] == 9.0
    workspace.configure(replace(workspace.config, n_factors=5))
    users[3, 1] = 9.0
    assert np.array_equal(workspace.factors.user_factors, users)
    assert np.array_equal(workspace.state.start.user_factors, start)


def test_a_model_that_was_put_aside_comes_back_with_the_numbers_it_had():
    workspace = opened(open_ratings("lesson"))
    workspace.set_factor("user", 3, 1, 9.0)
    with_bias = replace(workspace.config, model="dot-bias")
    workspace.configure(with_bias)
    assert workspace.score.train_rmse == pytest.approx(2.01800380330463, abs=1e-12)
    workspace.configure(replace(with_bias, model="dot", learning_rate=0.1))
    assert workspace.factors.user_factors[3, 1] == 9.0
    assert workspace.config.learning_rate == 0.1


@pytest.mark.parametrize("model", ["dot", "dot-bias", "net"])
def test_a_bayesian_model_with_all_columns_makes_room_for_any_other_and_comes_back(model):
    workspace = opened(open_ratings("lesson"))
    workspace.configure(replace(workspace.config, model="bayes", features="all", sigmoid=False))
    workspace.set_factor("user", 3, 1, 9.0)
    workspace.configure(replace(workspace.config, model=model))
    assert (workspace.config.model, workspace.config.features) == (model, "")
    workspace.configure(replace(workspace.config, model="bayes"))
    assert workspace.factors.user_factors[3, 1] == 9.0
    assert workspace.config.features == "all"


def test_a_model_put_aside_before_the_table_changed_starts_anew():
    workspace = opened(open_ratings("lesson"))
    workspace.configure(replace(workspace.config, model="dot-bias"))
    workspace.exchange_contents("add user", with_user)
    workspace.configure(replace(workspace.config, model="dot"))
    assert workspace.factors.user_factors.shape == (16, 5)


def test_a_removed_movie_takes_its_ratings_and_held_out_marks_with_it_and_comes_back_with_them():
    workspace = opened(random_ratings(12, 9, 60))
    workspace.configure(replace(workspace.config, valid_fraction=0.5))
    before, held_out = dense(workspace), workspace.held_out.copy()
    workspace.exchange_contents("remove", lambda contents: without(contents, "item", np.array([4])))
    assert np.array_equal(dense(workspace), np.delete(before, 4, axis=1), equal_nan=True)
    assert workspace.score.valid_rmse == pytest.approx(rmse(workspace, "valid"), rel=1e-9)
    workspace.edits.undo()
    assert np.array_equal(dense(workspace), before, equal_nan=True)
    assert np.array_equal(workspace.held_out, held_out)


def test_the_last_user_stays_and_a_taken_id_is_refused():
    workspace = opened(crosstab([[3.0, 4.0]]))
    with pytest.raises(Refusal, match="at least one user"):
        workspace.exchange_contents("remove", lambda contents: without(contents, "user", np.array([0])))
    with pytest.raises(Refusal, match="user 1 already"):
        workspace.exchange_contents("add", lambda contents: with_user(contents, "1"))
    assert workspace.edits.top is None


def test_a_user_with_a_name_among_numbers_and_a_movie_with_its_year():
    workspace = opened(crosstab([[3.0, 4.0]]))
    workspace.exchange_contents("add", lambda contents: with_user(contents, "me"))
    assert workspace.ratings.user_ids.tolist() == [1, "me"]
    workspace.exchange_contents("add", lambda contents: with_item(contents, "Our film (2024)", "Comedy"))
    table = workspace.ratings.item_table
    assert (table.ids[-1], table.years[-1], table.genres[-1]) == (103, 2024, "Comedy")
    workspace.set_rating(1, 2, 5.0)
    assert dense(workspace)[1, 2] == 5.0


def test_a_block_of_different_ratings_is_one_step_with_a_name():
    workspace = opened(random_ratings(6, 5, 18))
    before = dense(workspace)
    workspace.set_ratings(np.array([0, 0, 5]), np.array([0, 1, 4]), np.array([4.0, np.nan, 2.5]), "paste 1 × 3 ratings")
    assert workspace.edits.top.label == "paste 1 × 3 ratings"
    assert np.array_equal(dense(workspace)[[0, 0, 5], [0, 1, 4]], [4.0, np.nan, 2.5], equal_nan=True)
    workspace.edits.undo()
    assert np.array_equal(dense(workspace), before, equal_nan=True)


def test_columns_that_a_model_does_not_use_do_not_stand_in_its_way():
    workspace = Workspace()
    workspace.open_ratings(open_ratings("lesson"))
    best = replace(workspace.config, model="bayes", features="genres, sets")
    workspace.configure(best)
    workspace.configure(replace(best, model="dot"))
    assert workspace.config.model == "dot"
    workspace.configure(replace(best, model="net"))
    assert (workspace.config.model, workspace.config.features) == ("net", "")
    with pytest.raises(ValueError, match="no column “nonsense”"):
        workspace.configure(replace(best, features="nonsense"))
