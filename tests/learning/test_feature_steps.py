"""The compiled steps with features do what torch does: every optimizer, decay, clipping; cut up or stopped alike."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from net_cases import GENRES, QUIET, all_cells, cells, constant, start_of
from test_optimizers_against_torch import RATES, torchs_optimizer

from cfstudio.learning.config import OPTIMIZERS
from cfstudio.learning.feature_engine import FeatureEngine
from cfstudio.learning.net_engine import NetEngine
from cfstudio.models.features import FeatureColumn

N_STEPS, BATCH = 200, 8
CONFIG = replace(QUIET, model="dot-bias", features="genres")
USER_LABELS = ("a|b|c|d", "a", "", "b|c|d", "c", "a|d", "b")
COLUMNS = (FeatureColumn.of("genres", "item", GENRES), FeatureColumn.of("group", "user", USER_LABELS))
DECAYS = [
    {},
    {"weight_decay": 0.2, "bias_decay": 0.05, "decay_kind": "l2"},
    {"weight_decay": 0.2, "bias_decay": 0.05, "decay_kind": "decoupled"},
]


def compiled_engine(config, batch=BATCH):
    return FeatureEngine(start_of(config), config, batch, COLUMNS)


def autograd_engine(config, batch=BATCH):
    return NetEngine(start_of(config), config, batch, torch.device("cpu"), COLUMNS)


def config_of(optimizer, **settings):
    return replace(CONFIG, optimizer=optimizer, learning_rate=RATES[optimizer], **settings)


def run(engine, config, pairs, n_steps=N_STEPS, before=0):
    engine.steps(pairs, constant(config.learning_rate, n_steps), constant(config.momentum, n_steps), before)
    return engine.factorization().arrays()


def assert_close(found, expected, tolerance):
    for name, numbers in expected.items():
        np.testing.assert_allclose(found[name], numbers, rtol=tolerance, atol=tolerance, err_msg=name)


def flags(column):
    """(n_rows, n_labels) 1 where a row has a label."""
    return torch.tensor(column.summed(np.eye(len(column.labels))))


def torchs_run(config, pairs):
    """Dense `torch.optim` in float64 over own rows and labels; what is shown of them afterwards."""
    start = start_of(config)
    weights = {name: torch.nn.Parameter(torch.tensor(one).double()) for name, one in start.arrays().items()}
    has = {column.side: flags(column) for column in COLUMNS}
    for side, one in has.items():
        weights[f"{side}_labels"] = torch.nn.Parameter(torch.zeros(one.shape[1], 5, dtype=torch.float64))
    _, step = torchs_optimizer(config, weights)
    users, items = torch.from_numpy(pairs.users).long(), torch.from_numpy(pairs.items).long()
    ratings, (low, high) = torch.from_numpy(pairs.ratings).double(), start.rating_range

    def shown():
        whole = {}
        for side, one in has.items():
            added = one @ weights[f"{side}_labels"]
            whole[f"{side}_factors"] = weights[f"{side}_factors"] + added[:, :4]
            whole[f"{side}_bias"] = weights[f"{side}_bias"] + added[:, 4]
        return whole

    for n in range(N_STEPS):
        batch = slice(n * BATCH, (n + 1) * BATCH)
        u, i, whole = users[batch], items[batch], shown()
        total = (whole["user_factors"][u] * whole["item_factors"][i]).sum(1) + start.global_mean
        total = total + whole["user_bias"][u] + whole["item_bias"][i]
        loss = (low + (high - low) * torch.sigmoid(total) - ratings[batch]).square().mean()
        for weight in weights.values():
            weight.grad = None
        loss.backward()
        step()
    return {name: one.detach().numpy() for name, one in shown().items()}


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_where_untouched_rows_move_200_steps_are_torchs_own(optimizer, decay):
    config = config_of(optimizer, moves_untouched=True, **decay)
    pairs = cells(BATCH * N_STEPS)
    assert_close(run(compiled_engine(config), config, pairs), torchs_run(config, pairs), 2e-3)


@pytest.mark.parametrize("clip", [0.0, 0.05])
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_where_untouched_rows_rest_200_steps_are_those_of_autograd(optimizer, decay, clip):
    config = config_of(optimizer, clip=clip, **decay)
    pairs, compiled, autograd = cells(BATCH * N_STEPS), compiled_engine(config), autograd_engine(config)
    assert_close(run(compiled, config, pairs), run(autograd, config, pairs), 2e-3)
    np.testing.assert_allclose(compiled.report, autograd.report, rtol=5e-3)
    assert compiled.rmse(all_cells()) == pytest.approx(autograd.rmse(all_cells()), abs=1e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_cut_into_pieces_gives_the_same_bits(optimizer):
    config, pairs = config_of(optimizer, weight_decay=0.1, clip=0.5), cells(BATCH * N_STEPS)
    whole, pieces = compiled_engine(config), compiled_engine(config)
    expected, begin = run(whole, config, pairs), 0
    for n in (1, 6, 93, 100):
        found = run(pieces, config, pairs.part(begin * BATCH, (begin + n) * BATCH), n, begin)
        begin += n
    for name, numbers in expected.items():
        np.testing.assert_array_equal(found[name], numbers, err_msg=name)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_resumed_run_gives_the_same_bits_as_one_never_stopped(optimizer):
    config, pairs = config_of(optimizer, weight_decay=0.1), cells(BATCH * N_STEPS)
    whole, first = compiled_engine(config), compiled_engine(config)
    expected = run(whole, config, pairs)
    run(first, config, pairs.part(0, 80 * BATCH), 80)
    resumed = FeatureEngine(first.factorization(), config, BATCH, COLUMNS)
    resumed.load_memory(first.memory())
    found = run(resumed, config, pairs.part(80 * BATCH, N_STEPS * BATCH), 120, 80)
    for name, numbers in expected.items():
        np.testing.assert_array_equal(found[name], numbers, err_msg=name)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_goes_on_from_the_autograd_engine_and_back(optimizer):
    config, pairs = config_of(optimizer, weight_decay=0.1), cells(BATCH * N_STEPS)
    expected = run(autograd_engine(config), config, pairs)
    for makers in ((autograd_engine, compiled_engine), (compiled_engine, autograd_engine)):
        first, second = (make(config) for make in makers)
        run(first, config, pairs.part(0, 80 * BATCH), 80)
        second.load(first.factorization())
        second.load_memory(first.memory())
        assert_close(run(second, config, pairs.part(80 * BATCH, N_STEPS * BATCH), 120, 80), expected, 2e-3)


def test_a_memory_of_another_optimizer_is_refused():
    with pytest.raises(ValueError, match="another model or optimizer"):
        compiled_engine(config_of("sgd")).load_memory(compiled_engine(config_of("adam")).memory())
