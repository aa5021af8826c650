"""Turning the factors to principal components changes their meaning and not one prediction."""

import numpy as np
import pytest
from explore_support import random_model

from cfstudio.explore.principal import principal_rotation, rotated


def test_components_and_variances_are_those_of_the_singular_value_decomposition():
    matrix = np.random.default_rng(0).normal(size=(80, 6)) @ np.random.default_rng(1).normal(size=(6, 6))
    found = principal_rotation(matrix)
    _, singular, directions = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(found.variances, singular**2 / 80)
    np.testing.assert_allclose(np.abs(np.sum(found.directions * directions.T, axis=0)), 1.0)
    np.testing.assert_allclose(found.explained.sum(), 1.0)
    np.testing.assert_allclose(
        np.abs(found.scores(matrix, 2)), np.abs((matrix - matrix.mean(axis=0)) @ directions[:2].T), atol=1e-9
    )
    largest = np.argmax(np.abs(found.directions), axis=0)
    assert (found.directions[largest, np.arange(6)] > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_prediction_stays(dtype):
    from dataclasses import replace

    model = random_model(rating_range=(0.0, 5.5))
    model = replace(model, user_factors=model.user_factors.astype(dtype), item_factors=model.item_factors.astype(dtype))
    turned = rotated(model, principal_rotation(model.item_factors))
    assert turned.item_factors.dtype == dtype
    users, items = np.arange(30), np.arange(40)
    np.testing.assert_allclose(turned.predict_block(users, items), model.predict_block(users, items), atol=1e-5)
    correlation = np.corrcoef(turned.item_factors, rowvar=False) - np.eye(4)
    assert np.abs(correlation).max() < 1e-5


def test_only_the_chosen_rows_are_looked_at():
    matrix = np.random.default_rng(3).normal(size=(30, 3))
    chosen = np.arange(30) < 20
    np.testing.assert_allclose(principal_rotation(matrix, chosen).variances, principal_rotation(matrix[:20]).variances)


def test_factors_without_any_spread_are_answered_with_a_sentence():
    with pytest.raises(ValueError, match="alike"):
        principal_rotation(np.full((10, 3), 0.7, dtype=np.float32))
    with pytest.raises(ValueError, match="alike"):
        principal_rotation(np.zeros((10, 3)))
    with pytest.raises(ValueError, match="two rows or more"):
        principal_rotation(np.ones((10, 3)), np.zeros(10, dtype=bool))
    with pytest.raises(ValueError, match="finite"):
        principal_rotation(np.array([[1.0, np.nan], [0.0, 1.0]]))


def test_one_factor_is_its_own_component():
    found = principal_rotation(np.array([[1.0], [3.0]]))
    assert found.directions.tolist() == [[1.0]]
    assert found.explained.tolist() == [1.0]
