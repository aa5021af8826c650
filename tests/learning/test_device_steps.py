"""A step on a device is the compiled one's, in operations that never make the host wait nor change their shapes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from device_cases import CONFIG, N_ITEMS, N_USERS, assert_close, cells, start_of
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cfstudio.learning import device_rows
from cfstudio.learning.device_cells import DeviceCells
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.device_plan import PLANNED_STEPS
from cfstudio.learning.device_rows import TouchedRows, WholeTable
from cfstudio.learning.device_rules import Rule
from cfstudio.learning.device_step import DeviceStep
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.options import OPTIMIZERS

BATCH, N_STEPS = 20, 200
WAITS = ("_local_scalar_dense", "nonzero", "unique", "item", "masked_select", "index.Tensor", "equal.default")
"""Operations that make the host wait for the device, or whose results have shapes that depend on numbers."""


def ways(monkeypatch, way):
    """Whether whole tables are moved, fetched rows, or what is cheaper."""
    if way != "cheaper":
        monkeypatch.setattr(device_rows, "TABLE_PER_BATCH", {"table": 1e9, "rows": 0.0}[way])


def run(kind, config, pairs, rates, momenta):
    engine = kind(start_of(config), config, BATCH)
    assert engine.steps(pairs, rates, momenta, 0) == len(rates)
    return engine


@pytest.mark.parametrize("way", ["table", "rows"])
@pytest.mark.parametrize(("decay_kind", "clip"), [("decoupled", 0.0), ("l2", 0.0), ("decoupled", 0.05)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_200_steps_are_the_compiled_ones_and_the_memory_is_too(optimizer, decay_kind, clip, way, monkeypatch):
    ways(monkeypatch, way)
    config = replace(CONFIG, optimizer=optimizer, decay_kind=decay_kind, clip=clip, bias_decay=0.01)
    # the last batch is short
    pairs = cells(N_STEPS * BATCH - 7)
    rates = np.linspace(0.02, 0.002, N_STEPS, dtype=np.float32)
    momenta = np.linspace(0.95, 0.85, N_STEPS, dtype=np.float32)
    ours, fast = (run(kind, config, pairs, rates, momenta) for kind in (DeviceEngine, FastEngine))
    assert_close(ours.factorization(), fast.factorization(), 1e-4)
    assert ours.memory().keys() == fast.memory().keys()
    for name, numbers in fast.memory().items():
        np.testing.assert_allclose(ours.memory()[name], numbers, rtol=2e-3, atol=1e-4, err_msg=name)
    np.testing.assert_allclose(ours.report, fast.report, rtol=1e-3)
    assert ours.rmse(pairs) == pytest.approx(fast.rmse(pairs), abs=1e-5)


@pytest.mark.parametrize("moves_untouched", [True, False])
@pytest.mark.parametrize(("model", "sigmoid"), [("dot", False), ("dot", True), ("dot-bias", False)])
def test_other_models_too(model, sigmoid, moves_untouched):
    config = replace(CONFIG, model=model, sigmoid=sigmoid, moves_untouched=moves_untouched)
    pairs, rates, momenta = cells(45), np.full(3, 0.02, np.float32), np.full(3, 0.9, np.float32)
    ours, fast = (run(kind, config, pairs, rates, momenta) for kind in (DeviceEngine, FastEngine))
    assert_close(ours.factorization(), fast.factorization(), 1e-5)


def test_the_cheaper_way_is_taken_on_each_side():
    step = DeviceStep(start_of(), CONFIG, BATCH, torch.device("cpu"))
    assert isinstance(step._user_side, TouchedRows)
    assert isinstance(step._item_side, WholeTable)
    everything = DeviceStep(start_of(), replace(CONFIG, moves_untouched=True), BATCH, torch.device("cpu"))
    assert isinstance(everything._user_side, WholeTable)


@pytest.mark.parametrize("way", ["table", "rows"])
def test_the_cells_that_fill_up_the_last_batch_are_nobodys(way, monkeypatch):
    """Three cells in a batch of 20: the 17 others touch no user, count for nothing, and leave the zeros zero."""
    ways(monkeypatch, way)
    config = replace(CONFIG, weight_decay=1.0)
    engine, pairs = DeviceEngine(start_of(config), config, BATCH), cells(3)
    engine.steps(pairs, np.full(1, 0.05, np.float32), np.full(1, 0.9, np.float32), 0)
    before, after = start_of(config), engine.factorization()
    others = np.setdiff1d(np.arange(N_USERS), pairs.users)
    np.testing.assert_array_equal(after.user_factors[others], before.user_factors[others])
    assert (after.user_factors[pairs.users] != before.user_factors[pairs.users]).all()
    errors = before.predict(pairs.users, pairs.items) - pairs.ratings
    assert engine.report[0] == pytest.approx(float((errors**2).sum()), rel=1e-5)
    assert not engine._step.users.table[:, N_USERS].any()
    assert not engine._step.items.table[:, N_ITEMS].any()


@pytest.mark.parametrize("way", ["table", "rows"])
def test_a_user_who_fills_a_whole_batch_is_moved_once_by_the_sum(way, monkeypatch):
    ways(monkeypatch, way)
    config = replace(CONFIG, optimizer="sgd", weight_decay=0.0, learning_rate=0.5)
    pairs = cells(BATCH)
    pairs.users[:] = 7
    engine, start = DeviceEngine(start_of(config), config, BATCH), start_of(config)
    engine.steps(pairs, np.full(1, 0.5, np.float32), np.full(1, 0.9, np.float32), 0)
    factors = start.item_factors[pairs.items].astype(float)
    total = factors @ start.user_factors[7] + start.user_bias[7] + start.item_bias[pairs.items] + start.global_mean
    low, high = start.rating_range
    squashed = 1 / (1 + np.exp(-total))
    slopes = 2 / BATCH * (low + (high - low) * squashed - pairs.ratings) * (high - low) * squashed * (1 - squashed)
    expected = start.user_factors[7] - 0.5 * slopes @ factors
    np.testing.assert_allclose(engine.factorization().user_factors[7], expected, atol=1e-5)
    assert engine.factorization().user_bias[7] == pytest.approx(start.user_bias[7] - 0.5 * slopes.sum(), abs=1e-5)


class NoWaiting(TorchDispatchMode):
    """Fails where a step would wait, or take a tensor of another device."""

    def __init__(self, device):
        super().__init__()
        self._device = device
        self.shapes = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = str(func)
        assert not any(one in name for one in WAITS), f"{name} makes the host wait"
        result = func(*args, **(kwargs or {}))
        tensors = [one for one in tree_leaves((args, kwargs, result)) if isinstance(one, torch.Tensor)]
        assert all(one.device.type == self._device for one in tensors), f"{name} takes numbers from elsewhere"
        self.shapes.append((name, tuple(one.shape for one in tensors)))
        return result


def steps_watched(config, device):
    """The operations of two steps over different cells, the second batch short and of one user."""
    pairs = cells(BATCH + 3)
    pairs.users[BATCH:] = 1
    step = DeviceStep(start_of(config), config, BATCH, torch.device(device))
    held = DeviceCells(pairs, torch.device(device), (N_USERS, N_ITEMS), BATCH)
    watched = []
    for _ in range(2):
        with NoWaiting(device) as watching:
            step.run(held, Rule.of(config))
        watched.append(watching.shapes)
    return watched


@pytest.mark.parametrize("clip", [0.0, 0.1])
@pytest.mark.parametrize("moves_untouched", [True, False])
@pytest.mark.parametrize("decay_kind", ["decoupled", "l2"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_step_waits_and_all_have_the_same_shapes(optimizer, decay_kind, moves_untouched, clip):
    config = replace(
        CONFIG, optimizer=optimizer, decay_kind=decay_kind, moves_untouched=moves_untouched, clip=clip, bias_decay=0.1
    )
    first, second = steps_watched(config, "cpu")
    assert first == second
    # A tensor of the device "meta" has no numbers at all: nothing that the host does can depend on one.
    assert [name for name, _ in steps_watched(config, "meta")[0]] == [name for name, _ in first]


def test_the_watch_notices_a_step_that_waits():
    with NoWaiting("cpu"), pytest.raises(AssertionError, match="makes the host wait"):
        torch.ones(3).sum().item()
    with NoWaiting("cpu"), pytest.raises(AssertionError, match="makes the host wait"):
        torch.ones(3)[torch.ones(3) > 0]


def test_more_steps_than_one_upload_plans_are_the_same_bits_as_one_by_one():
    n = PLANNED_STEPS + 9
    pairs, rates = cells(n * BATCH), np.linspace(0.01, 0.02, n, dtype=np.float32)
    momenta = np.full(n, 0.9, np.float32)
    at_once = run(DeviceEngine, CONFIG, pairs, rates, momenta)
    one_by_one = DeviceEngine(start_of(), CONFIG, BATCH)
    for step in range(n):
        one = slice(step, step + 1)
        one_by_one.steps(pairs.part(step * BATCH, (step + 1) * BATCH), rates[one], momenta[one], step)
    assert_close(at_once.factorization(), one_by_one.factorization(), 0)
