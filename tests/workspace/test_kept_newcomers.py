"""Somebody new who was tried out beside the document becomes a row of it, in one step that can be taken back."""

from __future__ import annotations

import numpy as np
import pytest
from support import random_ratings

from cfstudio.workspace.document import Workspace
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.newcomers import with_kept_item, with_kept_user


@pytest.fixture
def workspace():
    opened = Workspace()
    opened.open_ratings(random_ratings(12, 9, 60))
    return opened


def test_a_kept_user_has_its_ratings_and_numbers_and_the_others_keep_theirs(workspace):
    before, ratings = workspace.factors.copy(), workspace.ratings
    old = ratings.block(np.arange(12), np.arange(9))
    numbers = np.arange(before.n_factors + before.has_bias, dtype=float) / 10
    workspace.exchange_contents("keep", lambda contents: with_kept_user(contents, {3: 4.5, 7: 1.0}, numbers))
    kept = workspace.ratings
    block = kept.block(np.arange(13), np.arange(9))
    np.testing.assert_array_equal(block[:12], old)
    assert [block[12, 3], block[12, 7]] == [4.5, 1.0]
    assert np.count_nonzero(~np.isnan(block[12])) == 2
    np.testing.assert_array_equal(workspace.factors.user_factors[:12], before.user_factors)
    np.testing.assert_allclose(workspace.factors.user_factors[12], numbers[: before.n_factors], rtol=1e-6)
    assert len(workspace.held_out) == len(kept.values)
    assert not workspace.held_out[-2:].any()
    # The row of the random start stays random: a training from the start must not begin at the answer.
    assert not np.allclose(workspace.state.start.user_factors[12], numbers[: before.n_factors])
    workspace.edits.undo()
    assert workspace.ratings is ratings
    assert ratings.n_users == 12
    np.testing.assert_array_equal(ratings.block(np.arange(12), np.arange(9)), old)
    workspace.edits.redo()
    assert workspace.ratings.values_at(np.array([12]), np.array([3]))[0] == 4.5


def test_a_kept_item_has_its_title_genres_year_ratings_and_numbers(workspace):
    numbers = np.full(workspace.factors.n_factors + workspace.factors.has_bias, 0.25)
    workspace.exchange_contents(
        "keep", lambda contents: with_kept_item(contents, "Made Up (2031)", ("Drama", "War"), {5: 2.0}, numbers)
    )
    table = workspace.ratings.item_table
    assert (table.titles[-1], table.genres[-1], int(table.years[-1])) == ("Made Up (2031)", "Drama|War", 2031)
    assert workspace.ratings.values_at(np.array([5]), np.array([9]))[0] == 2.0
    np.testing.assert_allclose(workspace.factors.item_factors[9], 0.25)


def test_an_id_that_is_taken_is_refused(workspace):
    numbers = np.zeros(workspace.factors.n_factors)
    with pytest.raises(Refusal, match="There is a user 3 already"):
        workspace.exchange_contents("keep", lambda contents: with_kept_user(contents, {}, numbers, "3"))
