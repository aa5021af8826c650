"""Whatever is done, undone and done again: the document is what a plain NumPy model of it says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import random_ratings

from cfstudio.workspace.document import Workspace
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.reshaping import with_item, with_user, without

N_USERS, N_ITEMS = 6, 5


@dataclass
class Model:
    """The document as dense arrays; users and items are known by their ids."""

    table: np.ndarray
    users: np.ndarray
    items: np.ndarray
    user_ids: list
    item_ids: list
    shown_users: list
    shown_items: list

    def same(self, other):
        arrays = ("table", "users", "items")
        lists = ("user_ids", "item_ids", "shown_users", "shown_items")
        return all(np.array_equal(getattr(self, one), getattr(other, one), equal_nan=True) for one in arrays) and all(
            getattr(self, one) == getattr(other, one) for one in lists
        )


def seen(workspace):
    """What can be read off a document."""
    ratings, shown = workspace.ratings, workspace.shown
    return Model(
        ratings.block(np.arange(ratings.n_users), np.arange(ratings.n_items)),
        workspace.factors.user_factors.copy(),
        workspace.factors.item_factors.copy(),
        ratings.user_ids.tolist(),
        ratings.item_table.ids.tolist(),
        ratings.user_ids[shown.users].tolist(),
        ratings.item_table.ids[shown.items].tolist(),
    )


rating = st.sampled_from([np.nan, 0.5, 3.0, 4.5, 5.0])
act = st.one_of(
    st.tuples(st.just("paste"), st.integers(0, 9), st.integers(0, 9), st.lists(rating, min_size=4, max_size=4)),
    st.tuples(st.just("factors"), st.sampled_from(["user", "item"]), st.integers(0, 9), st.floats(-2, 2, width=32)),
    st.tuples(st.just("add"), st.sampled_from(["user", "item"])),
    st.tuples(st.just("remove"), st.sampled_from(["user", "item"]), st.integers(0, 9)),
    st.tuples(st.just("n_factors"), st.integers(1, 7)),
    st.tuples(st.just("show"), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)),
    st.tuples(st.sampled_from(["undo", "redo", "undo"])),
)


def apply(workspace, model, name, values):
    """Do the same to both; returns the model of what should be there, None if nothing changes."""
    n_users, n_items = model.table.shape
    new = replace(model, table=model.table.copy(), users=model.users.copy(), items=model.items.copy())
    if name == "paste":
        row, column, block = values[0] % n_users, values[1] % n_items, np.array(values[2]).reshape(2, 2)
        block = block[: n_users - row, : n_items - column]
        users, items = np.mgrid[row : row + block.shape[0], column : column + block.shape[1]]
        workspace.set_ratings(users.ravel(), items.ravel(), block.ravel(), "paste")
        new.table[row : row + 2, column : column + 2] = block
    elif name == "factors":
        matrix = new.users if values[0] == "user" else new.items
        code, k = values[1] % len(matrix), matrix.shape[1]
        workspace.set_factors(values[0], np.full(k, code), np.arange(k), np.full(k, values[2]), "fill")
        matrix[code] = np.float32(values[2])
    elif name == "add":
        add = with_user if values[0] == "user" else lambda contents: with_item(contents, "New one (2001)")
        workspace.exchange_contents("add", add)
        after = seen(workspace)
        if values[0] == "user":
            new.table = np.vstack((new.table, np.full((1, n_items), np.nan)))
            new.users = np.vstack((new.users, after.users[-1:]))
            new.user_ids = [*new.user_ids, max(new.user_ids) + 1]
            new.shown_users = [*new.shown_users, new.user_ids[-1]]
        else:
            new.table = np.hstack((new.table, np.full((n_users, 1), np.nan)))
            new.items = np.vstack((new.items, after.items[-1:]))
            new.item_ids = [*new.item_ids, max(new.item_ids) + 1]
            new.shown_items = [*new.shown_items, new.item_ids[-1]]
    elif name == "remove":
        side, code = values[0], values[1] % (n_users if values[0] == "user" else n_items)
        try:
            workspace.exchange_contents("remove", lambda contents: without(contents, side, np.array([code])))
        except Refusal:
            return None
        axis, ids, shown = (0, "user_ids", "shown_users") if side == "user" else (1, "item_ids", "shown_items")
        gone = getattr(new, ids)[code]
        new.table = np.delete(new.table, code, axis=axis)
        setattr(new, f"{side}s", np.delete(getattr(new, f"{side}s"), code, axis=0))
        for one in (ids, shown):
            setattr(new, one, [an_id for an_id in getattr(new, one) if an_id != gone])
    elif name == "n_factors":
        k = values[0]
        workspace.configure(replace(workspace.config, n_factors=k))
        after = seen(workspace)
        new.users = np.hstack((new.users[:, :k], after.users[:, new.users.shape[1] :]))
        new.items = np.hstack((new.items[:, :k], after.items[:, new.items.shape[1] :]))
    elif name == "show":
        users = np.unique(np.array(values[0]) % n_users)[::-1]
        workspace.show(replace(workspace.shown, users=users, users_by=None), "hide users")
        new.shown_users = [new.user_ids[code] for code in users.tolist()]
    return None if new.same(model) and name != "show" else new


@settings(deadline=None, max_examples=150)
@given(st.lists(act, max_size=25))
def test_any_edits_undos_and_redos_give_what_numpy_says(acts):
    workspace = Workspace()
    workspace.open_ratings(random_ratings(N_USERS, N_ITEMS, 18))
    past, future, now = [], [], seen(workspace)
    for name, *values in acts:
        if name == "undo":
            workspace.edits.undo()
            if past:
                future.append(now)
                now = past.pop()
        elif name == "redo":
            workspace.edits.redo()
            if future:
                past.append(now)
                now = future.pop()
        else:
            top = workspace.edits.top
            new = apply(workspace, now, name, values)
            if new is None:
                # Even what changes nothing may be a step, such as a setting.
                assert workspace.edits.top is top or name == "n_factors"
                continue
            past.append(now)
            future.clear()
            now = new
        assert seen(workspace).same(now)
        assert rmse(workspace) == pytest.approx(rmse_of(now), rel=1e-9, nan_ok=True)


def rmse(workspace):
    return workspace.score.train_rmse


def rmse_of(model):
    errors = model.table - model.users.astype(float) @ model.items.astype(float).T
    rated = ~np.isnan(errors)
    return np.sqrt(np.mean(errors[rated] ** 2)) if rated.any() else np.nan
