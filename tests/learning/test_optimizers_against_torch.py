"""Every optimizer is torch's own: 200 steps of `torch.optim` give the same numbers, decay and all."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import random_ratings

from cfstudio.learning.autograd_engine import AutogradEngine
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.engine import ARRAYS, Pairs
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.models.start import random_start

N_USERS, N_ITEMS, BATCH, N_STEPS = 12, 15, 8, 200
RATES = {
    "sgd": 0.05,
    "momentum": 0.01,
    "nesterov": 0.01,
    "adagrad": 0.05,
    "rmsprop": 0.005,
    "adam": 0.01,
    "adamw": 0.01,
}


def batches(seed=5):
    """Cells of 200 batches, each of which leaves rows untouched and touches some twice."""
    rng = np.random.default_rng(seed)
    n = BATCH * N_STEPS
    return Pairs(
        rng.integers(N_USERS, size=n).astype(np.int32),
        rng.integers(N_ITEMS, size=n).astype(np.int32),
        (rng.integers(1, 11, n) / 2).astype(np.float32),
    )


def start_of(config):
    start = random_start(random_ratings(N_USERS, N_ITEMS, 60), config, np.zeros(60, dtype=bool))
    rng = np.random.default_rng(3)
    for name in ARRAYS:
        if getattr(start, name) is not None:
            getattr(start, name)[...] += rng.normal(0, 0.3, getattr(start, name).shape).astype(np.float32)
    return start


def torchs_optimizer(config, weights):
    """The optimizer of `torch.optim`, and what decoupled decay it does not know itself."""
    groups = []
    for name, weight in weights.items():
        decay = config.bias_decay if name.endswith("bias") and config.bias_decay >= 0 else config.weight_decay
        groups.append({"params": [weight], "weight_decay": decay})
    beside = config.decay_kind == "decoupled" and config.optimizer not in ("adamw",)
    decays = [group["weight_decay"] for group in groups]
    if beside:
        for group in groups:
            group["weight_decay"] = 0.0
    rate, betas = config.learning_rate, (config.momentum, config.beta2)
    made = {
        "sgd": lambda: torch.optim.SGD(groups, lr=rate),
        "momentum": lambda: torch.optim.SGD(groups, lr=rate, momentum=config.momentum),
        "nesterov": lambda: torch.optim.SGD(groups, lr=rate, momentum=config.momentum, nesterov=True),
        "adagrad": lambda: torch.optim.Adagrad(groups, lr=rate, eps=config.epsilon),
        "rmsprop": lambda: torch.optim.RMSprop(groups, lr=rate, alpha=config.beta2, eps=config.epsilon),
        "adam": lambda: torch.optim.Adam(groups, lr=rate, betas=betas, eps=config.epsilon),
        "adamw": lambda: torch.optim.AdamW(groups, lr=rate, betas=betas, eps=config.epsilon),
    }[config.optimizer]()

    def step():
        if beside:
            with torch.no_grad():
                for group, decay in zip(made.param_groups, decays, strict=True):
                    group["params"][0].mul_(1.0 - rate * decay)
        made.step()

    return made, step


def torchs_run(start, pairs, config, dtype, clip=None):
    weights = {
        name: torch.nn.Parameter(torch.tensor(getattr(start, name), dtype=dtype))
        for name in ARRAYS
        if getattr(start, name) is not None
    }
    optimizer, step = torchs_optimizer(config, weights)
    users, items = torch.from_numpy(pairs.users).long(), torch.from_numpy(pairs.items).long()
    ratings = torch.from_numpy(pairs.ratings).to(dtype)
    for n in range(N_STEPS):
        batch = slice(n * BATCH, (n + 1) * BATCH)
        u, i = users[batch], items[batch]
        total = (weights["user_factors"][u] * weights["item_factors"][i]).sum(1) + start.global_mean
        if start.has_bias:
            total = total + weights["user_bias"][u] + weights["item_bias"][i]
        if start.rating_range is not None:
            low, high = start.rating_range
            total = low + (high - low) * torch.sigmoid(total)
        optimizer.zero_grad()
        ((total - ratings[batch]) ** 2).mean().backward()
        if clip is not None:
            clip(weights)
        step()
    return {name: weight.detach().numpy() for name, weight in weights.items()}


def our_run(engine, start, pairs, config):
    made = engine(start, config, BATCH)
    rates = np.full(N_STEPS, config.learning_rate, dtype=np.float32)
    momenta = np.full(N_STEPS, config.momentum, dtype=np.float32)
    assert made.steps(pairs, rates, momenta, 0) == N_STEPS
    return made.factorization()


def assert_close(factors, expected, tolerance):
    for name, numbers in expected.items():
        np.testing.assert_allclose(getattr(factors, name), numbers, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
@pytest.mark.parametrize("decay_kind", ["decoupled", "l2"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_200_steps_that_move_all_rows_are_those_of_torchs_dense_optimizer(optimizer, decay_kind, engine):
    config = TrainingConfig(
        optimizer=optimizer,
        decay_kind=decay_kind,
        learning_rate=RATES[optimizer],
        weight_decay=0.02,
        bias_decay=0.005,
        moves_untouched=True,
        n_factors=5,
        batch_size=BATCH,
    )
    start, pairs = start_of(config), batches()
    ours = our_run(engine, start, pairs, config)
    assert_close(ours, torchs_run(start, pairs, config, torch.float64), 5e-4)
    assert_close(ours, torchs_run(start, pairs, config, torch.float32), 5e-4)
    assert not np.allclose(ours.user_factors, start.user_factors, atol=0.05), "200 steps must go somewhere"


@pytest.mark.parametrize(("beta2", "epsilon", "momentum"), [(0.999, 1e-8, 0.9), (0.9, 1e-3, 0.5)])
@pytest.mark.parametrize("optimizer", ["rmsprop", "adam"])
def test_other_betas_and_epsilons_are_torchs_too(optimizer, beta2, epsilon, momentum):
    config = TrainingConfig(
        model="dot", sigmoid=False, optimizer=optimizer, learning_rate=0.003, weight_decay=0.0,
        beta2=beta2, epsilon=epsilon, momentum=momentum, moves_untouched=True, n_factors=4, batch_size=BATCH,
    )  # fmt: skip
    start, pairs = start_of(config), batches(6)
    expected = torchs_run(start, pairs, config, torch.float64)
    assert_close(our_run(FastEngine, start, pairs, config), expected, 1e-3)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
@pytest.mark.parametrize("moves_untouched", [True, False])
def test_a_long_gradient_of_a_user_or_item_is_shortened_factors_and_bias_together(engine, moves_untouched):
    config = TrainingConfig(
        optimizer="sgd", learning_rate=0.5, weight_decay=0.0, clip=0.1, moves_untouched=moves_untouched, n_factors=5
    )
    start, pairs = start_of(config), batches()
    shortened = []

    def clip(weights):
        for side in ("user", "item"):
            both = torch.cat([weights[f"{side}_factors"].grad, weights[f"{side}_bias"].grad[:, None]], dim=1)
            scale = (0.1 / both.norm(dim=1)).clamp(max=1.0)
            shortened.append(int((scale < 1).sum()))
            weights[f"{side}_factors"].grad *= scale[:, None]
            weights[f"{side}_bias"].grad *= scale

    expected = torchs_run(start, pairs, config, torch.float64, clip)
    assert sum(shortened) > 100
    assert_close(our_run(engine, start, pairs, config), expected, 2e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
def test_without_moving_untouched_rows_they_keep_their_numbers_and_their_momentum(engine, optimizer):
    config = TrainingConfig(optimizer=optimizer, learning_rate=0.01, weight_decay=0.5, n_factors=5, batch_size=BATCH)
    start, pairs = start_of(config), batches()
    made = engine(start, config, BATCH)
    one, momentum = np.float32([0.01]), np.float32([0.9])
    made.steps(pairs.part(0, BATCH), one, momentum, 0)
    before, memory = made.factorization(), made.memory()
    second = pairs.part(BATCH, 2 * BATCH)
    made.steps(second, one, momentum, 1)
    after, then = made.factorization(), made.memory()
    absent = np.setdiff1d(np.arange(N_USERS), second.users)
    present = np.unique(second.users)
    np.testing.assert_array_equal(after.user_factors[absent], before.user_factors[absent])
    assert (after.user_factors[present] != before.user_factors[present]).all()
    for name in memory:
        if name.startswith("user"):
            np.testing.assert_array_equal(then[name][absent], memory[name][absent])
            assert (then[name][present] != memory[name][present]).any()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_both_engines_remember_the_same_and_go_on_from_each_others_memory(optimizer):
    config = TrainingConfig(optimizer=optimizer, learning_rate=RATES[optimizer], n_factors=5, batch_size=BATCH)
    start, pairs = start_of(config), batches()
    fast, plain = FastEngine(start, config, BATCH), AutogradEngine(start, config, BATCH)
    rates, momenta = np.full(20, config.learning_rate, np.float32), np.full(20, 0.9, np.float32)
    for engine in (fast, plain):
        engine.steps(pairs.part(0, 20 * BATCH), rates, momenta, 0)
    assert fast.memory().keys() == plain.memory().keys()
    for name, numbers in fast.memory().items():
        np.testing.assert_allclose(numbers, plain.memory()[name], rtol=1e-3, atol=1e-5, err_msg=name)
    resumed = AutogradEngine(fast.factorization(), config, BATCH)
    resumed.load_memory(fast.memory())
    rest = pairs.part(20 * BATCH, 40 * BATCH)
    for engine in (fast, resumed):
        engine.steps(rest, rates, momenta, 20)
    assert_close(fast.factorization(), {name: getattr(resumed.factorization(), name) for name in ARRAYS}, 1e-4)


def test_the_memory_of_another_optimizer_or_model_is_refused_with_a_sentence():
    config = TrainingConfig(n_factors=5, batch_size=BATCH)
    start = start_of(config)
    for engine in (FastEngine, AutogradEngine):
        adam = engine(start, config, BATCH)
        momentum = engine(start, replace(config, optimizer="momentum"), BATCH)
        with pytest.raises(ValueError, match="belongs to another model or optimizer"):
            momentum.load_memory(adam.memory())
        broken = adam.memory()
        broken["item_bias.squares"][3] = np.nan
        with pytest.raises(ValueError, match="not finite"):
            adam.load_memory(broken)


@pytest.mark.parametrize("engine", [FastEngine, AutogradEngine, DeviceEngine])
def test_the_report_has_the_squared_errors_of_all_batches_and_the_last_gradient(engine):
    config = TrainingConfig(optimizer="sgd", learning_rate=0.01, weight_decay=0.3, clip=1e-3, n_factors=5)
    start, pairs = start_of(config), batches()
    made = engine(start, config, BATCH)
    one, momentum = np.float32([0.01]), np.float32([0.9])
    expected = 0.0
    for n in range(5):
        batch = pairs.part(n * BATCH, (n + 1) * BATCH)
        factors = made.factorization()
        expected += float(((factors.predict(batch.users, batch.items) - batch.ratings) ** 2).sum())
        made.steps(batch, one, momentum, n)
    assert made.report[0] == pytest.approx(expected, rel=1e-5)
    weights = {name: torch.tensor(getattr(factors, name), dtype=torch.float64, requires_grad=True) for name in ARRAYS}
    u, i = torch.from_numpy(batch.users).long(), torch.from_numpy(batch.items).long()
    total = (weights["user_factors"][u] * weights["item_factors"][i]).sum(1)
    total = total + weights["user_bias"][u] + weights["item_bias"][i]
    low, high = start.rating_range
    predicted = low + (high - low) * torch.sigmoid(total)
    ((predicted - torch.from_numpy(batch.ratings)) ** 2).mean().backward()
    squared = sum(float((weight.grad**2).sum()) for weight in weights.values())
    assert made.report[1] == pytest.approx(squared, rel=1e-4)
    user, item = made.factor_lengths()
    now = made.factorization()
    assert user == pytest.approx(np.sqrt((now.user_factors.astype(float) ** 2).sum(1).mean()), rel=1e-5)
    assert item == pytest.approx(np.sqrt((now.item_factors.astype(float) ** 2).sum(1).mean()), rel=1e-5)
