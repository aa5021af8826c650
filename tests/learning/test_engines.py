"""Both engines keep their promises: the same bits in any pieces, copies, refusals in sentences, every device."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from support import random_ratings

from cfstudio.learning.autograd_engine import AutogradEngine
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.engine import ARRAYS, Pairs, make_engine
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.models.start import random_start

N_USERS, N_ITEMS, N_PAIRS = 6, 8, 90
"""More pairs than cells: a batch of 7 or more holds users, items and even cells twice."""


@dataclass(frozen=True)
class Case:
    config: TrainingConfig
    batch_size: int

    @property
    def n_steps(self):
        """Steps of an epoch."""
        return -(-N_PAIRS // self.batch_size)


def case(model, sigmoid, optimizer, decay, batch_size):
    rate = {"adam": 0.02, "sgd": 0.01}[optimizer]
    config = TrainingConfig(
        model=model,
        sigmoid=sigmoid,
        optimizer=optimizer,
        weight_decay=decay,
        bias_decay=-1.0,
        learning_rate=rate,
        n_factors=5,
        seed=7,
    )
    return Case(config, batch_size)


def pairs():
    random = np.random.default_rng(11)
    return Pairs(
        random.integers(N_USERS, size=N_PAIRS).astype(np.int32),
        random.integers(N_ITEMS, size=N_PAIRS).astype(np.int32),
        (random.integers(1, 11, N_PAIRS) / 2).astype(np.float32),
    )


def start(config):
    ratings = random_ratings(N_USERS, N_ITEMS, 30)
    return random_start(ratings, config, np.zeros(30, dtype=bool))


def constants(config, n_steps):
    return np.full(n_steps, config.learning_rate, dtype=np.float32), np.full(n_steps, 0.9, dtype=np.float32)


def assert_same(one, other, tolerance):
    for name in ARRAYS:
        numbers, expected = getattr(one, name), getattr(other, name)
        assert (numbers is None) == (expected is None)
        if numbers is not None:
            np.testing.assert_allclose(numbers, expected, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_many_steps_in_one_call_are_the_same_bits_as_one_by_one(engine, optimizer):
    made = case("dot-bias", True, optimizer, 0.1, 7)
    cells = pairs()
    rates, momenta = constants(made.config, made.n_steps)
    at_once, one_by_one = (engine(start(made.config), made.config, 7) for _ in range(2))
    assert at_once.steps(cells, rates, momenta, 0) == made.n_steps
    for step in range(made.n_steps):
        batch = cells.part(7 * step, min(7 * step + 7, N_PAIRS))
        one_by_one.steps(batch, rates[:1], momenta[:1], step)
    assert_same(at_once.factorization(), one_by_one.factorization(), 0)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
def test_the_error_is_that_of_the_formula(engine):
    made = case("dot-bias", False, "adam", 0.0, 7)
    factors = start(made.config)
    cells = pairs()
    expected = np.sqrt(np.mean((factors.predict(cells.users, cells.items) - cells.ratings) ** 2))
    made_engine = engine(factors, made.config, 7)
    assert made_engine.rmse(cells) == pytest.approx(expected, rel=1e-6)
    assert np.isnan(made_engine.rmse(cells.part(0, 0)))


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
@pytest.mark.parametrize("model", ["dot", "dot-bias"])
def test_numbers_loaded_come_back_as_they_were_and_as_copies(engine, model):
    made = case(model, True, "adam", 0.1, 7)
    factors = start(made.config)
    made_engine = engine(factors, made.config, 7)
    assert_same(made_engine.factorization(), factors, 0)
    users, items = np.array([4, 1]), np.array([0, 7, 3])
    rows = made_engine.rows(users, items)
    np.testing.assert_array_equal(rows.user_factors, factors.user_factors[users])
    np.testing.assert_array_equal(rows.item_factors, factors.item_factors[items])
    assert (rows.item_bias is None) == (model == "dot")
    if model == "dot-bias":
        np.testing.assert_array_equal(rows.user_bias, factors.user_bias[users])
        np.testing.assert_array_equal(rows.item_bias, factors.item_bias[items])
    before = rows.user_factors.copy()
    made_engine.steps(pairs(), *constants(made.config, made.n_steps), 0)
    np.testing.assert_array_equal(rows.user_factors, before)
    assert (made_engine.rows(users, items).user_factors != before).any()


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
def test_factors_of_another_model_and_infinite_ones_are_refused_with_a_sentence(engine):
    made = case("dot-bias", False, "adam", 0.1, 7)
    factors = start(made.config)
    made_engine = engine(factors, made.config, 7)
    others = (
        replace(factors, user_bias=None, item_bias=None),
        replace(factors, user_factors=factors.user_factors[:, :1], item_factors=factors.item_factors[:, :1]),
        replace(factors, rating_range=(0.0, 5.5)),
    )
    for other in others:
        with pytest.raises(ValueError, match="another model"):
            made_engine.load(other)
    for number in (np.nan, np.inf, 1e300):
        broken = factors.item_factors.astype(np.float64)
        broken[2, 1] = number
        with pytest.raises(ValueError, match="item factors hold numbers that are not finite"):
            made_engine.load(replace(factors, item_factors=broken))
    assert_same(made_engine.factorization(), factors, 0)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
def test_steps_stop_where_the_loss_is_no_number_any_more(engine):
    made = case("dot", False, "sgd", 0.0, 7)
    rates = np.full(made.n_steps, 1e4, dtype=np.float32)
    momenta = np.full(made.n_steps, 0.9, dtype=np.float32)
    done = engine(start(made.config), made.config, 7).steps(pairs(), rates, momenta, 0)
    assert 1 <= done < made.n_steps


def test_the_cpu_takes_the_fast_path_and_a_missing_device_is_named():
    made = case("dot", True, "sgd", 0.0, 7)
    engine = make_engine(start(made.config), replace(made.config, device="cpu"), 7)
    assert (type(engine), engine.device) == (FastEngine, "cpu")
    assert make_engine(start(made.config), made.config, 7).device == "cpu"
    missing = [name for name, there in available().items() if not there]
    for device in missing:
        with pytest.raises(RuntimeError, match=f"no {device} device"):
            make_engine(start(made.config), replace(made.config, device=device), 7)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_gpu_takes_the_steps_of_the_cpu(device, optimizer):
    if not available()[device]:
        pytest.skip(f"no {device} device here")
    made = case("dot-bias", True, optimizer, 0.1, 7)
    rates, momenta = constants(made.config, made.n_steps)
    there, here = (AutogradEngine(start(made.config), made.config, 7, name) for name in (device, "cpu"))
    assert there.device == device
    for engine in (there, here):
        engine.steps(pairs(), rates, momenta, 0)
    assert_same(there.factorization(), here.factorization(), 1e-4)
    assert there.rmse(pairs()) == pytest.approx(here.rmse(pairs()), rel=1e-4)


def available():
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}


def test_weight_decay_where_every_row_is_touched_is_that_of_torchs_adamw():
    made = case("dot-bias", True, "adam", 0.5, N_PAIRS)
    cells, factors = pairs(), start(made.config)
    weights = {name: torch.nn.Parameter(torch.from_numpy(getattr(factors, name).copy())) for name in ARRAYS}
    theirs = torch.optim.AdamW(
        weights.values(), lr=made.config.learning_rate, betas=(0.9, 0.99), eps=1e-5, weight_decay=0.5
    )
    engines = [engine(factors, made.config, N_PAIRS) for engine in (FastEngine, AutogradEngine)]
    users, items = torch.from_numpy(cells.users).long(), torch.from_numpy(cells.items).long()
    low, high = factors.rating_range
    for step in range(30):
        theirs.zero_grad()
        product = (weights["user_factors"][users] * weights["item_factors"][items]).sum(1)
        total = product + weights["user_bias"][users] + weights["item_bias"][items]
        predicted = low + (high - low) * torch.sigmoid(total)
        ((predicted - torch.from_numpy(cells.ratings)) ** 2).mean().backward()
        theirs.step()
        for engine in engines:
            engine.steps(cells, *constants(made.config, 1), step)
    expected = replace(factors, **{name: weight.detach().numpy() for name, weight in weights.items()})
    for engine in engines:
        assert_same(engine.factorization(), expected, 2e-5)
