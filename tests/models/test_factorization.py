"""The number in a cell is the same wherever it is computed: pair by pair, as a block, or by the lecture's module."""

import numpy as np
import pytest
import torch

from cfstudio.models.dot import Dot
from cfstudio.models.dot_bias import DotBias
from cfstudio.models.factorization import PAIRS_AT_ONCE, Factorization

N_USERS, N_ITEMS, N_FACTORS = 7, 9, 5


def factorization(*, bias, rating_range, dtype=np.float32):
    random = np.random.default_rng(4)

    def draw(*shape):
        return random.normal(0, 0.7, shape).astype(dtype)

    return Factorization(
        draw(N_USERS, N_FACTORS),
        draw(N_ITEMS, N_FACTORS),
        draw(N_USERS) if bias else None,
        draw(N_ITEMS) if bias else None,
        3.5 if bias and rating_range is None else 0.0,
        rating_range,
    )


def module_of(factors):
    if factors.has_bias:
        module = DotBias(N_USERS, N_ITEMS, N_FACTORS, factors.rating_range, factors.global_mean)
    else:
        module = Dot(N_USERS, N_ITEMS, N_FACTORS, factors.rating_range)
    module = module.double()
    with torch.no_grad():
        for name, weight in module.named_parameters():
            numbers = getattr(factors, name.removesuffix(".weight")).astype(np.float64)
            weight.copy_(torch.from_numpy(numbers).reshape(weight.shape))
    return module


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rating_range", [None, (0.0, 5.5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pairs_blocks_and_the_lectures_module_predict_the_same(bias, rating_range, dtype):
    factors = factorization(bias=bias, rating_range=rating_range, dtype=dtype)
    users, items = (codes.ravel() for codes in np.meshgrid(np.arange(N_USERS), np.arange(N_ITEMS), indexing="ij"))
    by_pair = factors.predict(users, items)
    block = factors.predict_block(np.arange(N_USERS), np.arange(N_ITEMS))
    with torch.no_grad():
        by_torch = module_of(factors)(torch.from_numpy(users), torch.from_numpy(items)).numpy()
    assert by_torch.shape == by_pair.shape
    np.testing.assert_allclose(by_pair, by_torch, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(block.ravel(), by_torch, rtol=1e-12, atol=1e-12)


def test_a_prediction_is_the_sum_of_products_plus_both_biases_and_the_mean():
    factors = Factorization(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5]), np.array([-0.25]), 3.0)
    assert factors.predict(np.array([0]), np.array([0])).tolist() == [1 * 3 + 2 * 4 + 0.5 - 0.25 + 3.0]


def test_a_sigmoid_stays_in_its_range_however_large_the_sum_and_warns_of_nothing():
    factors = Factorization(np.array([[1e4], [-1e4]]), np.array([[1e4]]), rating_range=(0.0, 5.5))
    assert factors.predict_block(np.array([0, 1]), np.array([0])).ravel().tolist() == [5.5, 0.0]


def test_more_pairs_than_are_predicted_at_once_are_all_predicted():
    factors = factorization(bias=True, rating_range=None)
    n = 2 * PAIRS_AT_ONCE + 3
    users, items = np.arange(n) % N_USERS, np.arange(n) % N_ITEMS
    block = factors.predict_block(np.arange(N_USERS), np.arange(N_ITEMS))
    np.testing.assert_allclose(factors.predict(users, items), block[users, items], rtol=1e-12)


def test_a_copy_can_be_edited_without_changing_the_original():
    factors = factorization(bias=True, rating_range=None)
    copy = factors.copy()
    copy.user_factors[0, 0] = 99
    copy.item_bias[0] = 99
    assert factors.user_factors[0, 0] != 99
    assert factors.item_bias[0] != 99
