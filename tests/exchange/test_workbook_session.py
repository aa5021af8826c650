"""A workbook opens as the document that it shows: its numbers, its RMSE, a model that goes on training."""

import numpy as np
import pytest
from exchange_support import document_of, export, lesson_document, set_number
from support import random_ratings
from test_workbook_foreign import LONG, PLAIN, lesson_page, write

from cfstudio.exchange.open_any import open_document
from cfstudio.exchange.read_workbook import read_workbook
from cfstudio.exchange.workbook_session import session_of
from cfstudio.ratings.builtin import lesson
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import Ratings
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.session import open_session, save_session


def opened(path):
    workspace = Workspace()
    workspace.open_session(session_of(read_workbook(path)))
    return workspace


@pytest.mark.parametrize(("bias", "rmse"), [(False, 2.80606206164831), (True, 2.01800380330463)])
@pytest.mark.parametrize("forgets_count", [False, True])
def test_the_lessons_pages_open_with_their_rmse(tmp_path, bias, rmse, forgets_count):
    path = write(tmp_path / "x.xlsx", dot=lesson_page(bias=bias, forgets_count=forgets_count))
    workspace = opened(path)
    assert workspace.score.train_rmse == pytest.approx(rmse, abs=1e-12)
    assert workspace.score.n_valid == 0
    config = workspace.config
    assert (config.model, config.n_factors, config.sigmoid) == ("dot-bias" if bias else "dot", 5, False)
    assert config.valid_fraction == 0
    assert not workspace.edits.is_modified


@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
@pytest.mark.parametrize("bias", [False, True])
def test_an_exported_document_opens_as_it_was(tmp_path, bias, rating_range):
    mean = 3.25 if bias and rating_range is None else 0.0
    document = document_of(random_ratings(20, 15, 150), bias=bias, rating_range=rating_range, mean=mean)
    export(document, tmp_path / "x.xlsx")
    workspace = opened(tmp_path / "x.xlsx")
    ratings, factors = document.ratings, document.factors
    errors = ratings.values - factors.predict(ratings.users, ratings.items)
    for score, rows in (
        (workspace.score.train_rmse, ~document.held_out),
        (workspace.score.valid_rmse, document.held_out),
    ):
        assert score == pytest.approx(np.sqrt(np.mean(errors[rows] ** 2)), abs=1e-12)
    assert workspace.config.sigmoid == (rating_range is not None)
    assert workspace.config.model == ("dot-bias" if bias else "dot")
    np.testing.assert_array_equal(workspace.held_out, document.held_out)


def test_the_settings_hold_out_as_many_cells_as_are_marked(tmp_path):
    document = lesson_document(bias=False)
    document.held_out[np.random.default_rng(5).choice(206, 41, replace=False)] = True
    export(document, tmp_path / "x.xlsx")
    workspace = opened(tmp_path / "x.xlsx")
    assert workspace.config.valid_fraction == 0.2
    assert workspace.held_out.sum() == 41


def test_one_factor_changed_there_is_changed_here(tmp_path):
    document = lesson_document(bias=False)
    export(document, tmp_path / "x.xlsx")
    # Movie factors stand under the ratings: 15 users, a blank row, titles.
    set_number(tmp_path / "x.xlsx", "Dot product", "H19", 0.125)
    workspace = opened(tmp_path / "x.xlsx")
    document.factors.item_factors[0, 0] = 0.125
    np.testing.assert_array_equal(workspace.factors.item_factors, document.factors.item_factors)
    np.testing.assert_array_equal(workspace.factors.user_factors, document.factors.user_factors)


def test_a_crosstab_without_factors_starts_like_plain_ratings(tmp_path):
    workspace, plain = opened(write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN)])), Workspace()
    plain.open_ratings(read_workbook(tmp_path / "x.xlsx").to_ratings())
    assert workspace.config == plain.config
    np.testing.assert_array_equal(workspace.factors.user_factors, plain.factors.user_factors)
    np.testing.assert_array_equal(workspace.held_out, plain.held_out)


def test_marks_without_factors_are_kept(tmp_path):
    marks = [[None, None, 1, None], [None, 1, None, None], [None] * 4]
    path = write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN), (6, 1, marks)])
    session = session_of(read_workbook(path).mended(ranges={"held_out": "B7:E9"}))
    assert session.ratings.values[session.held_out].tolist() == [3.5, 5]
    assert session.config.valid_fraction == 0.25


def test_what_was_opened_can_be_saved_as_a_session(tmp_path):
    session = session_of(read_workbook(write(tmp_path / "x.xlsx", page=lesson_page(bias=True))))
    save_session(session, tmp_path / "x.cfstudio")
    again = open_session(tmp_path / "x.cfstudio")
    np.testing.assert_array_equal(again.factorization.user_bias, session.factorization.user_bias)
    assert again.config == session.config


def test_more_factors_than_can_be_trained_are_a_sentence(tmp_path):
    path = write(tmp_path / "x.xlsx", page=[(0, 0, PLAIN)])
    found = read_workbook(path)
    wide = [(0, 0, PLAIN), (10, 1, np.ones((600, 4)).tolist()), (1, 10, np.ones((3, 600)).tolist())]
    path = write(tmp_path / "y.xlsx", page=wide)
    found = read_workbook(path).mended(ranges={"user_factors": "K2:WL4", "item_factors": "B11:E610"})
    assert found.to_factors().n_factors == 600
    with pytest.raises(DataError, match="between 1 and 512, not 600"):
        session_of(found)


# Lists


def test_a_page_that_lists_ratings_opens_as_they_are(tmp_path):
    rows = [["User-ID", "Title", "Stars"], ["ann", "=Alien", 4.5], ["ben", "Brazil", 3], ["ann", "Brazil", 2]]
    ratings = open_document(str(write(tmp_path / "mine.xlsx", page=[(0, 0, rows)])))
    assert isinstance(ratings, Ratings)
    assert ratings.name == "mine"
    assert ratings.user_ids.tolist() == ["ann", "ben"]
    assert ratings.values.tolist() == [4.5, 3, 2]


def test_a_long_list_opens_with_its_times(tmp_path):
    ratings = open_document(str(write(tmp_path / "long.xlsx", page=[(0, 0, LONG)])))
    assert ratings.n_rated == 3000
    assert ratings.timestamps[:2].tolist() == [10**9, 10**9 + 1]
    assert ratings.user_ids.tolist()[:2] == [1, 2]
    assert ratings.item_label == "movie"


def test_a_short_list_of_numbers_is_no_crosstab_of_items_and_ratings(tmp_path):
    rows = [["user", "item", "rating"], [1, 10, 4], [2, 20, 3], [3, 30, 5]]
    ratings = open_document(str(write(tmp_path / "x.xlsx", page=[(0, 0, rows)])))
    assert isinstance(ratings, Ratings)
    assert (ratings.n_users, ratings.n_items) == (3, 3)


def test_a_crosstab_on_another_page_wins_over_a_list(tmp_path):
    found = open_document(str(write(tmp_path / "x.xlsx", list=[(0, 0, LONG)], cross=[(0, 0, PLAIN)])))
    assert found.page == "cross"


def test_columns_can_be_named(tmp_path):
    rows = [["a", "b", "c"], [1, 10, 4], [2, 20, 3], [3, 30, 5]]
    path = str(write(tmp_path / "x.xlsx", page=[(0, 0, rows)]))
    ratings = open_document(path, {"user": "b", "item": "a", "rating": "c"})
    assert ratings.user_ids.tolist() == [10, 20, 30]
    with pytest.raises(DataError, match='no column "z"'):
        open_document(path, {"user": "z"})


def test_a_list_with_a_bad_cell_names_its_row(tmp_path):
    rows = [["user", "item", "rating"], [1, 10, 4], [1, 20, "good"], [1, 30, 5]]
    with pytest.raises(DataError, match=r'x.xlsx, row 3, has "good" in the column "rating"'):
        open_document(str(write(tmp_path / "x.xlsx", page=[(0, 0, rows)])))


def test_a_workbook_of_neither_kind_says_what_was_looked_for(tmp_path):
    with pytest.raises(DataError, match="looked for ids along a first row"):
        open_document(str(write(tmp_path / "x.xlsx", page=[(0, 0, [["a text"]])])))


def test_the_lesson_itself_still_opens_by_name():
    assert open_document("lesson").values.tolist() == lesson().values.tolist()
