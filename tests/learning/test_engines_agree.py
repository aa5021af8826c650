"""The fast steps are the lecture's: the compiled path, autograd and torch's own optimizers give the same numbers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import random_ratings

from cfstudio.learning.autograd_engine import AutogradEngine
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.engine import ARRAYS, Pairs
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.models.dot import Dot
from cfstudio.models.dot_bias import DotBias
from cfstudio.models.start import random_start

N_STEPS = 25


def cells(n_users=9, n_items=7, n=60, seed=1):
    """Rated cells in which users and items meet again and again, within a batch, too."""
    rng = np.random.default_rng(seed)
    return Pairs(
        rng.integers(n_users, size=n).astype(np.int32),
        rng.integers(n_items, size=n).astype(np.int32),
        (rng.integers(1, 11, n) / 2).astype(np.float32),
    )


def start_for(config, spread=0.3):
    ratings = random_ratings(9, 7, 40)
    start = random_start(ratings, config, np.zeros(40, dtype=bool))
    rng = np.random.default_rng(3)
    # Larger than the usual start, so that products and sigmoid matter from the first step on.
    for name in ARRAYS:
        array = getattr(start, name)
        if array is not None:
            array += rng.normal(0, spread, array.shape).astype(np.float32)
    return start


def repeated(pairs, batch_size, n_steps):
    """As many cells as `n_steps` whole batches need."""
    order = np.arange(batch_size * n_steps) % len(pairs)
    return pairs.take(order)


def assert_same_numbers(one, other, tolerance=1e-5):
    for name in ARRAYS:
        a, b = getattr(one, name), getattr(other, name)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("batch_size", [1, 7, 60])
@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("model", "sigmoid"), [("dot", False), ("dot-bias", True)])
def test_compiled_and_autograd_agree_after_every_step(model, sigmoid, optimizer, weight_decay, batch_size):
    config = TrainingConfig(
        model=model, sigmoid=sigmoid, optimizer=optimizer, weight_decay=weight_decay, n_factors=5, batch_size=batch_size
    )
    start, pairs = start_for(config), cells()
    fast, plain = FastEngine(start, config, batch_size), AutogradEngine(start, config, batch_size)
    batches = repeated(pairs, batch_size, N_STEPS)
    rates = np.linspace(0.02, 0.05, N_STEPS, dtype=np.float32)
    momenta = np.linspace(0.95, 0.85, N_STEPS, dtype=np.float32)
    for step in range(N_STEPS):
        batch = batches.part(step * batch_size, (step + 1) * batch_size)
        one = slice(step, step + 1)
        assert fast.steps(batch, rates[one], momenta[one], step) == 1
        assert plain.steps(batch, rates[one], momenta[one], step) == 1
        # where the mean square is young, a rounding of the gradient is divided by its own small root
        tolerance = 1e-4 if optimizer in ("rmsprop", "adagrad") else 1e-5
        assert_same_numbers(fast.factorization(), plain.factorization(), tolerance)
        assert fast.rmse(pairs) == pytest.approx(plain.rmse(pairs), abs=tolerance)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("model", ["dot", "dot-bias"])
def test_where_every_row_is_touched_the_steps_are_torchs_own(model, optimizer):
    """Row by row and dense are the same thing when each batch holds all users and items."""
    config = TrainingConfig(model=model, optimizer=optimizer, weight_decay=0.0, n_factors=5, batch_size=60)
    start, pairs = start_for(config), cells()
    assert len(np.unique(pairs.users)) == 9
    assert len(np.unique(pairs.items)) == 7
    fast = FastEngine(start, config, 60)
    kind = DotBias if model == "dot-bias" else Dot
    module = kind(9, 7, 5, start.rating_range)
    with torch.no_grad():
        for name, weight in module.named_parameters():
            numbers = torch.from_numpy(getattr(start, name.removesuffix(".weight")).copy())
            weight.copy_(numbers.reshape(weight.shape))
    steps = {
        "sgd": lambda: torch.optim.SGD(module.parameters(), lr=0.05),
        "adam": lambda: torch.optim.Adam(module.parameters(), lr=0.05, betas=(0.9, 0.99), eps=1e-5),
    }[optimizer]()
    users, items = torch.from_numpy(pairs.users.astype(np.int64)), torch.from_numpy(pairs.items.astype(np.int64))
    for step in range(N_STEPS):
        steps.zero_grad()
        torch.nn.functional.mse_loss(module(users, items), torch.from_numpy(pairs.ratings)).backward()
        steps.step()
        fast.steps(pairs, np.float32([0.05]), np.float32([0.9]), step)
    mine = fast.factorization()
    for name, weight in module.named_parameters():
        numbers = getattr(mine, name.removesuffix(".weight"))
        np.testing.assert_allclose(numbers.reshape(weight.shape), weight.detach().numpy(), rtol=0, atol=2e-5)


@pytest.mark.parametrize("sigmoid", [True, False])
def test_the_gradient_is_that_of_finite_differences(sigmoid):
    """One step of SGD at rate 1 moves each number by its gradient; NumPy in float64 is the independent source."""
    config = TrainingConfig(sigmoid=sigmoid, optimizer="sgd", weight_decay=0.0, n_factors=3, batch_size=60)
    start, pairs = start_for(config), cells()
    engine = FastEngine(start, config, 60)
    engine.steps(pairs, np.float32([1.0]), np.float32([0.9]), 0)
    after = engine.factorization()

    def loss(factors):
        return float(np.mean((factors.predict(pairs.users, pairs.items) - pairs.ratings.astype(float)) ** 2))

    exact = replace(start, **{name: getattr(start, name).astype(np.float64) for name in ARRAYS})
    for name, place in (("user_factors", (4, 1)), ("item_factors", (2, 0)), ("user_bias", (8,)), ("item_bias", (0,))):
        slopes = []
        for sign in (1, -1):
            moved = exact.copy()
            getattr(moved, name)[place] += sign * 1e-5
            slopes.append(loss(moved))
        slope = (slopes[0] - slopes[1]) / 2e-5
        assert getattr(start, name)[place] - getattr(after, name)[place] == pytest.approx(slope, abs=2e-5)


def test_a_row_that_no_batch_touches_keeps_its_numbers_also_under_weight_decay():
    config = TrainingConfig(weight_decay=1.0, n_factors=5, batch_size=4)
    start, pairs = start_for(config), cells()
    pairs = pairs.take(np.flatnonzero((pairs.users != 3) & (pairs.items != 5)))
    engine = FastEngine(start, config, 4)
    engine.steps(repeated(pairs, 4, 10), np.full(10, 0.05, np.float32), np.full(10, 0.9, np.float32), 0)
    after = engine.factorization()
    assert np.array_equal(after.user_factors[3], start.user_factors[3])
    assert after.item_bias[5] == start.item_bias[5]
    assert not np.array_equal(after.user_factors[2], start.user_factors[2])


def test_rows_are_those_of_the_whole_model():
    config = TrainingConfig(n_factors=5)
    start = start_for(config)
    for engine in (FastEngine(start, config, 4), AutogradEngine(start, config, 4)):
        users, items = np.array([8, 0]), np.array([3])
        rows = engine.rows(users, items)
        assert np.array_equal(rows.user_factors, start.user_factors[users])
        assert np.array_equal(rows.item_bias, start.item_bias[items])


@pytest.mark.parametrize("model", ["dot", "dot-bias"])
@pytest.mark.parametrize("sigmoid", [True, False])
def test_a_prediction_is_the_lectures_module_and_the_spreadsheets_formula(model, sigmoid):
    config = TrainingConfig(model=model, sigmoid=sigmoid, n_factors=5)
    factors = start_for(config)
    users, items = np.arange(9), np.arange(7)
    block = factors.predict_block(users, items)
    pairs = factors.predict(np.repeat(users, 7), np.tile(items, 9)).reshape(9, 7)
    np.testing.assert_allclose(block, pairs, atol=1e-12)
    engine = AutogradEngine(factors, config, 1)
    with torch.no_grad():
        torchs = engine._model(torch.arange(9).repeat_interleave(7), torch.arange(7).repeat(9)).reshape(9, 7)
    np.testing.assert_allclose(block, torchs.numpy(), atol=1e-5)
    total = sum(factors.user_factors[:, [k]].astype(float) * factors.item_factors[:, k] for k in range(5))
    if model == "dot-bias":
        total = total + factors.user_bias[:, None] + factors.item_bias[None, :] + factors.global_mean
    low, high = factors.rating_range or (0, 0)
    expected = low + (high - low) / (1 + np.exp(-total)) if sigmoid else total
    np.testing.assert_allclose(block, expected, atol=1e-6)
