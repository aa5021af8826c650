"""Turning all factors changes no prediction; dropping one is as if it were zero; both can be taken back."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from support import random_ratings

from cfstudio.workspace.document import Workspace
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.factor_edits import drop_factor, rotate_to_components


@pytest.fixture
def workspace():
    document = Workspace()
    document.open_ratings(random_ratings(12, 9, 60))
    rng = np.random.default_rng(0)
    document.factors.item_factors[:] = rng.normal(size=document.factors.item_factors.shape)
    document.factors_overwritten()
    return document


def predictions(document):
    return document.factors.predict_block(np.arange(12), np.arange(9))


def test_a_rotation_changes_every_factor_and_no_prediction(workspace):
    before, old, told = predictions(workspace), workspace.factors.copy(), []
    workspace.factors_changed.connect(lambda: told.append(True))
    rotate_to_components(workspace)
    assert told
    assert not np.allclose(workspace.factors.item_factors, old.item_factors, atol=0.1)
    np.testing.assert_allclose(predictions(workspace), before, atol=1e-5)
    expected = PCA().fit(old.item_factors.astype(float))
    turned = workspace.factors.item_factors.astype(float)
    np.testing.assert_allclose(turned.var(axis=0, ddof=1), expected.explained_variance_, rtol=1e-4)
    workspace.edits.undo()
    assert workspace.factors.equals(old)
    workspace.edits.redo()
    np.testing.assert_allclose(predictions(workspace), before, atol=1e-5)


@pytest.mark.parametrize("of_components", [False, True])
def test_a_dropped_factor_is_as_if_it_were_zero(workspace, of_components):
    old = workspace.factors.copy()
    if of_components:
        rotate_to_components(workspace)
    zeroed = workspace.factors.copy()
    zeroed.item_factors[:, 2] = 0
    expected = zeroed.predict_block(np.arange(12), np.arange(9))
    if of_components:
        workspace.edits.undo()
    drop_factor(workspace, 2, of_components=of_components)
    assert workspace.factors.n_factors == workspace.config.n_factors == workspace.state.start.n_factors == 4
    np.testing.assert_allclose(predictions(workspace), expected, atol=1e-5)
    assert workspace.edits.top.label == f"dropping {'component' if of_components else 'factor'} 3"
    workspace.edits.undo()
    assert workspace.factors.equals(old)
    assert workspace.config.n_factors == 5


def test_the_only_factor_and_alike_factors_are_refused_in_a_sentence(workspace):
    for _ in range(4):
        drop_factor(workspace, 0, of_components=False)
    with pytest.raises(Refusal, match="the only factor"):
        drop_factor(workspace, 0, of_components=False)
    workspace.factors.item_factors[:] = 1.0
    with pytest.raises(Refusal, match="no principal components"):
        rotate_to_components(workspace)


def test_a_name_for_a_direction_can_be_taken_back_and_goes_with_its_document(workspace):
    names = workspace.axis_names
    names.give("item component 1", "  dark –  light ")
    assert names.get("item component 1") == "dark – light"
    assert names.to_view() == {"item component 1": "dark – light"}
    names.give("item component 1", "")
    assert names.to_view() == {}
    workspace.edits.undo()
    assert names.get("item component 1") == "dark – light"
    workspace.open_ratings(random_ratings(4, 5, 10))
    assert names.to_view() == {}
    names.take({"item component 2": "old – new", "bad": 3, 4: "x"})
    assert names.to_view() == {"item component 2": "old – new"}
    names.take("nonsense")
    assert names.to_view() == {}
