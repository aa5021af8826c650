"""A document whose model is a net: edits show at once, runs are one undo step, and a session brings all of it back."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from support import random_ratings

from cfstudio.exchange.part import DocumentPart
from cfstudio.exchange.state_dict import export_state_dict
from cfstudio.exchange.workbook import default_crosstab, export_workbook
from cfstudio.models.embedding_net import EmbeddingNet
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import ItemTable
from cfstudio.solver.problem import Problem
from cfstudio.workspace.document import Workspace
from cfstudio.workspace.document_session import session_of_document
from cfstudio.workspace.reshaping import with_item, with_user, without
from cfstudio.workspace.session import SessionError, open_session, save_session
from cfstudio.workspace.training_control import TrainingControl

N_USERS, N_ITEMS = 12, 10


@pytest.fixture
def workspace():
    workspace = Workspace()
    plain = random_ratings(N_USERS, N_ITEMS, 70)
    items = plain.item_table
    genres = np.array(["Drama", "Comedy", "Comedy|Drama", "", "Horror"] * 2, dtype=object)
    table = ItemTable(items.ids, items.titles, genres, items.years)
    workspace.open_ratings(replace(plain, item_table=table))
    workspace.configure(
        replace(
            workspace.config,
            model="net",
            sigmoid=True,
            n_factors=4,
            n_item_factors=6,
            hidden="7, 5",
            batch_size=16,
            epochs=3,
            learning_rate=0.01,
            valid_fraction=0.2,
            device="cpu",
        )
    )
    for rows in (workspace.factors.user_factors, workspace.factors.item_factors):
        rows[...] = 60 * rows
    return workspace


def everything():
    return np.arange(N_USERS), np.arange(N_ITEMS)


def by_module(workspace):
    """All predictions by the plain torch module."""
    users, items = (torch.tensor(grid.ravel()) for grid in np.mgrid[:N_USERS, :N_ITEMS])
    with torch.no_grad():
        return EmbeddingNet.of(workspace.factors).eval()(users, items).numpy().reshape(N_USERS, N_ITEMS)


def train(workspace):
    control = TrainingControl(workspace)
    control.train()
    end = time.monotonic() + 60
    while control.state != "finished" and time.monotonic() < end:
        control.poll(*everything())
        time.sleep(0.001)
    control.poll(*everything())
    assert control.state == "finished"
    control.close()
    control.join()


def test_a_typed_number_changes_its_rows_predictions_and_the_rmse_at_once(workspace):
    before = workspace.factors.predict_block(*everything())
    first = workspace.score.train_rmse
    workspace.set_factor("item", 3, 5, 2.5)
    after = workspace.factors.predict_block(*everything())
    assert (after[:, 3] != before[:, 3]).all()
    np.testing.assert_array_equal(np.delete(after, 3, axis=1), np.delete(before, 3, axis=1))
    np.testing.assert_allclose(after, by_module(workspace), atol=1e-5)
    rated = workspace.ratings.rated & ~workspace.held_out
    predicted = by_module(workspace)[workspace.ratings.users[rated], workspace.ratings.items[rated]]
    expected = np.sqrt(np.mean((predicted - workspace.ratings.values[rated]) ** 2))
    assert workspace.score.train_rmse == pytest.approx(expected, abs=1e-5)
    workspace.edits.undo()
    assert workspace.score.train_rmse == first


def test_a_run_moves_the_layers_too_and_is_one_undo_step(workspace):
    before = workspace.factors.copy()
    train(workspace)
    after = workspace.factors
    for name, array in before.arrays().items():
        assert (after.arrays()[name] != array).any(), name
    assert workspace.score.valid_rmse == pytest.approx(workspace.history.valid_rmse[-1], abs=1e-5)
    workspace.edits.undo()
    assert workspace.factors.equals(before)
    workspace.edits.redo()
    assert workspace.factors.equals(after)


def test_more_and_fewer_numbers_leave_the_others_and_their_weights(workspace):
    config, old = workspace.config, workspace.factors
    workspace.configure(replace(config, n_factors=5, n_item_factors=4))
    new = workspace.factors
    np.testing.assert_array_equal(new.user_factors[:, :4], old.user_factors)
    np.testing.assert_array_equal(new.item_factors, old.item_factors[:, :4])
    np.testing.assert_array_equal(new.weights[0][:, :4], old.weights[0][:, :4])
    np.testing.assert_array_equal(new.weights[0][:, 5:], old.weights[0][:, 4:8])
    np.testing.assert_allclose(new.predict_block(*everything()), by_module(workspace), atol=1e-5)
    workspace.edits.undo()
    assert workspace.factors is old


def test_other_hidden_sizes_start_anew_and_another_model_keeps_the_net(workspace):
    config, net = workspace.config, workspace.factors
    workspace.configure(replace(config, model="dot"))
    assert workspace.factors.is_dot_product
    workspace.configure(config)
    assert workspace.factors is net
    workspace.configure(replace(config, hidden="9"))
    assert workspace.factors.hidden == (9,)


@pytest.mark.parametrize("features", ["", "genres, year"])
def test_somebody_new_and_something_new_join_and_leave(workspace, features):
    workspace.configure(replace(workspace.config, features=features))
    train(workspace)
    old = workspace.factors.predict_block(*everything())
    workspace.exchange_contents("add", with_user)
    workspace.exchange_contents("add", lambda one: with_item(one, "New (1974)", "Comedy|Western"))
    np.testing.assert_allclose(workspace.factors.predict_block(*everything()), old, atol=1e-6)
    assert np.isfinite(workspace.factors.predict(np.array([N_USERS]), np.array([N_ITEMS]))).all()
    if features:
        comedy = workspace.factors.item_factors[1, 6:]
        # The same bucket of years, and of its two genres only one that the net knows.
        np.testing.assert_allclose(workspace.factors.item_factors[-1, 6:], comedy, atol=1e-5)
    workspace.exchange_contents("remove", lambda one: without(one, "user", np.array([0])))
    np.testing.assert_allclose(workspace.factors.predict_block(*everything())[: N_USERS - 1], old[1:], atol=1e-6)


def test_an_unknown_column_is_refused_at_once(workspace):
    with pytest.raises(ValueError, match=r"no column “director”.*genres, year"):
        workspace.configure(replace(workspace.config, features="director"))
    assert workspace.config.features == ""


@pytest.mark.parametrize("features", ["", "genres"])
def test_a_session_brings_back_layers_parts_and_the_start(workspace, tmp_path, features):
    workspace.configure(replace(workspace.config, features=features))
    train(workspace)
    save_session(session_of_document(workspace, {}), tmp_path / "net.cfstudio")
    found = open_session(tmp_path / "net.cfstudio")
    assert found.factorization.equals(workspace.factors)
    assert found.factorization.item_parts == workspace.factors.item_parts
    again = Workspace()
    again.open_session(found)
    again.reset_factors()
    assert again.factors.equals(workspace.state.start)


def test_a_session_whose_layers_do_not_fit_is_refused(workspace, tmp_path):
    workspace.state = replace(workspace.state, start=workspace.factors.copy())
    session = session_of_document(workspace, {})
    net = session.factorization
    wrong = replace(net, offsets=(net.offsets[0][:-1], *net.offsets[1:]))
    with pytest.raises(SessionError, match=r"layers\.1\.bias are 6 numbers and not 7"):
        save_session(replace(session, factorization=wrong, start=None), tmp_path / "x.cfstudio")
    save_session(session, tmp_path / "y.cfstudio")
    with zipfile.ZipFile(tmp_path / "y.cfstudio") as archive:
        assert "model.safetensors" in archive.namelist()


def test_the_exported_state_dict_makes_the_plain_module_predict_the_same(workspace, tmp_path):
    train(workspace)
    part = DocumentPart(workspace.ratings, workspace.held_out, workspace.factors)
    paths = export_state_dict(part, tmp_path / "net.safetensors")
    import json

    facts = json.loads(paths["ids"].read_text(encoding="utf-8"))
    model = EmbeddingNet(
        len(facts["user_ids"]),
        len(facts["item_ids"]),
        facts["n_factors"],
        facts["n_item_factors"],
        facts["hidden"],
        rating_range=facts["rating_range"],
        global_mean=facts["global_mean"],
    )
    model.load_state_dict(load_file(paths["state_dict"]))
    users, items = (torch.tensor(grid.ravel()) for grid in np.mgrid[:N_USERS, :N_ITEMS])
    with torch.no_grad():
        predicted = model.eval()(users, items).numpy()
    np.testing.assert_allclose(predicted, workspace.factors.predict_block(*everything()).ravel(), atol=1e-5)


def test_what_only_a_dot_product_can_do_says_so(workspace, tmp_path):
    part = DocumentPart(workspace.ratings, workspace.held_out, workspace.factors)
    users, items = default_crosstab(workspace.ratings)
    with pytest.raises(DataError, match="needs a model that is a dot product"):
        export_workbook(part, tmp_path / "x.xlsx", users=users, items=items)
    problem = Problem.ready_for(workspace.ratings, workspace.held_out, workspace.factors)
    assert problem.check() == [
        "The Solver needs a model that is a dot product, which a net is not; choose “With biases” as the model."
    ]
