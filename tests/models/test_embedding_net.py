"""The net as lecture module and as a document's numbers predict the same, and its shapes are what the lesson says."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import random_ratings

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.loss import mean_squared_error
from cfstudio.models.embedding_net import EmbeddingNet
from cfstudio.models.net import hidden_sizes
from cfstudio.models.start import random_start

CONFIG = TrainingConfig(model="net", n_factors=6, n_item_factors=4, hidden="8, 5", seed=2)
RATINGS = random_ratings(12, 10, 50)
NOTHING = np.zeros(50, dtype=bool)


def lively(config=CONFIG):
    """The seed's start with embeddings that matter."""
    start = random_start(RATINGS, config, NOTHING)
    return replace(start, user_factors=start.user_factors * 80, item_factors=start.item_factors * 80)


@pytest.mark.parametrize("config", [CONFIG, replace(CONFIG, sigmoid=False, hidden="7", n_item_factors=0)])
def test_the_documents_numbers_predict_what_the_plain_module_does(config):
    numbers = lively(config)
    model = EmbeddingNet.of(numbers).eval()
    users, items = (grid.ravel() for grid in np.mgrid[:12, :10])
    with torch.no_grad():
        expected = model(torch.tensor(users), torch.tensor(items)).numpy()
    np.testing.assert_allclose(numbers.predict(users, items), expected, atol=1e-5)
    np.testing.assert_allclose(numbers.predict_block(np.arange(12), np.arange(10)).ravel(), expected, atol=1e-5)
    assert np.ptp(expected) > 0.1


def test_the_first_layer_is_as_wide_as_both_embeddings_together():
    model = EmbeddingNet(12, 10, 6, 4, (8, 5))
    linear = [layer for layer in model.layers if isinstance(layer, torch.nn.Linear)]
    assert [(one.in_features, one.out_features) for one in linear] == [(10, 8), (8, 5), (5, 1)]
    assert model(torch.zeros(3, dtype=torch.int64), torch.zeros(3, dtype=torch.int64)).shape == (3,)


def test_a_target_of_one_column_is_refused_with_the_reason():
    model = EmbeddingNet(12, 10, 6)
    predicted = model(torch.zeros(4, dtype=torch.int64), torch.arange(4))
    with pytest.raises(ValueError, match=r"\(4,\) and the ratings \(4, 1\).*squeeze\(1\)"):
        mean_squared_error(predicted, torch.ones(4, 1))
    assert mean_squared_error(predicted, torch.ones(4)).shape == ()


@pytest.mark.parametrize("text", ["", "0", "100, -5", "many", "1.5", "9999", "1 1 1 1 1 1 1 1 1"])
def test_hidden_sizes_that_cannot_be_are_refused_with_what_can(text):
    with pytest.raises(ValueError, match="Hidden sizes must be one to 8 whole numbers from 1 to 4,096"):
        hidden_sizes(text)
    with pytest.raises(ValueError, match="Hidden sizes"):
        TrainingConfig(model="net", hidden=text)


def test_activations_are_those_of_the_layers_by_hand():
    numbers = lively()
    row = np.concatenate((numbers.user_factors[3], numbers.item_factors[7])).astype(np.float64)
    first = np.maximum(numbers.weights[0] @ row + numbers.offsets[0], 0)
    second = np.maximum(numbers.weights[1] @ first + numbers.offsets[1], 0)
    output = numbers.weights[2] @ second + numbers.offsets[2]
    found = numbers.activations(3, 7)
    for layer, expected in zip(found, (first, second, output), strict=True):
        np.testing.assert_allclose(layer, expected, atol=1e-5)
    predicted = numbers.predict(np.array([3]), np.array([7]))[0]
    assert predicted == pytest.approx(5.5 / (1 + np.exp(-output[0])), abs=1e-5)


def test_layers_start_as_torch_draws_them_and_embeddings_as_the_lesson_does():
    start = random_start(RATINGS, replace(CONFIG, n_factors=200, n_item_factors=200, hidden="300"), NOTHING)
    assert np.abs(start.user_factors).max() <= 0.01
    reach = 1 / np.sqrt(400)
    assert np.abs(start.weights[0]).max() <= reach
    assert start.weights[0].std() == pytest.approx(reach / np.sqrt(3), rel=0.02)


def test_another_size_of_one_table_leaves_the_other_tables_start():
    one, other = lively(), lively(replace(CONFIG, n_item_factors=9))
    np.testing.assert_array_equal(one.user_factors, other.user_factors)
    assert other.item_factors.shape == (10, 9)


def test_a_copy_shares_nothing_and_equality_sees_the_layers():
    numbers = lively()
    copied = numbers.copy()
    assert copied.equals(numbers)
    copied.weights[1][0, 0] += 1
    assert not copied.equals(numbers)
    assert numbers.n_bytes == 4 * sum(array.size for array in numbers.arrays().values())
