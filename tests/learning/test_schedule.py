"""A run warms up and cools down as fastai's `fit_one_cycle` does, the same however it is cut into pieces."""

import math

import numpy as np
import pytest
import torch

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.schedule import TABLE_STEPS, Schedule


def whole(schedule, n_steps):
    rates, momenta = [], []
    while len(rates) < n_steps:
        some = schedule.at(len(rates), n_steps - len(rates))
        rates += some[0].tolist()
        momenta += some[1].tolist()
    return np.array(rates), np.array(momenta)


def fastai_one_cycle(step, n_steps, peak):
    """fastai's `combined_cos(0.25, peak / 25, peak, peak / 1e5)` and momenta (0.95, 0.85, 0.95), restated."""

    def cosine(start, end, position):
        return start + (1 + math.cos(math.pi * (1 - position))) * (end - start) / 2

    position = step / n_steps
    if position < 0.25:
        return cosine(peak / 25, peak, position / 0.25), cosine(0.95, 0.85, position / 0.25)
    rest = (position - 0.25) / 0.75
    return cosine(peak, peak / 1e5, rest), cosine(0.85, 0.95, rest)


@pytest.mark.parametrize("n_steps", [1, 2, 3, 7, 400])
def test_one_cycle_is_fastais(n_steps):
    rates, momenta = whole(Schedule("one-cycle", 5e-3, n_steps), n_steps)
    expected = np.array([fastai_one_cycle(step, n_steps, 5e-3) for step in range(n_steps)])
    np.testing.assert_allclose(rates, expected[:, 0], rtol=1e-6)
    np.testing.assert_allclose(momenta, expected[:, 1], rtol=1e-6)


def test_one_cycle_is_torchs_with_the_same_turning_points():
    n_steps, peak = 400, 0.02
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    # torch turns at pct_start · total − 1 and ends at total − 1
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=peak,
        total_steps=n_steps + 1,
        pct_start=(0.25 * n_steps + 1) / (n_steps + 1),
        div_factor=25,
        final_div_factor=1e5 / 25,
        base_momentum=0.85,
        max_momentum=0.95,
    )
    expected = []
    for _ in range(n_steps):
        group = optimizer.param_groups[0]
        expected.append((group["lr"], group["betas"][0]))
        optimizer.step()
        cycle.step()
    rates, momenta = whole(Schedule("one-cycle", peak, n_steps), n_steps)
    np.testing.assert_allclose(rates, [rate for rate, _ in expected], rtol=1e-6)
    np.testing.assert_allclose(momenta, [momentum for _, momentum in expected], rtol=1e-6)


def test_a_constant_schedule_is_constant():
    rates, momenta = whole(Schedule("constant", 0.05, 10), 10)
    assert set(rates.tolist()) == {float(np.float32(0.05))}
    assert set(momenta.tolist()) == {float(np.float32(0.9))}


def torchs_rates(schedule, optimizer, n_steps):
    rates = []
    for _ in range(n_steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


@pytest.mark.parametrize(("cycle", "mult"), [(10, 1), (10, 2), (7, 3), (1, 2)])
def test_warm_restarts_are_torchs(cycle, mult):
    n_steps = 200
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=cycle, T_mult=mult)
    rates, momenta = whole(Schedule("sgdr", 0.3, n_steps, 0.8, cycle, mult), n_steps)
    np.testing.assert_allclose(rates, torchs_rates(theirs, optimizer, n_steps), rtol=1e-5, atol=1e-8)
    assert set(momenta.tolist()) == {float(np.float32(0.8))}


def test_cosine_is_torchs():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=150)
    rates, _ = whole(Schedule("cosine", 0.3, 150), 150)
    np.testing.assert_allclose(rates, torchs_rates(theirs, optimizer, 150), rtol=1e-5, atol=1e-8)


def test_a_cycle_of_half_an_epoch_restarts_twice_an_epoch():
    config = TrainingConfig(schedule="sgdr", cycle_len=0.5, cycle_mult=1.0, learning_rate=0.1)
    rates, _ = whole(Schedule.of(config, 40, 10), 40)
    assert np.flatnonzero(rates == np.float32(0.1)).tolist() == list(range(0, 40, 5))


def test_momentum_swings_around_the_setting_and_none_stays_none():
    for momentum, low, high in ((0.9, 0.85, 0.95), (0.5, 0.45, 0.55), (0.02, 0.0, 0.07), (0.0, 0.0, 0.0)):
        momenta = whole(Schedule("one-cycle", 0.1, 400, momentum), 400)[1]
        assert (momenta.min(), momenta.max()) == (pytest.approx(low, abs=1e-3), pytest.approx(high))


@pytest.mark.parametrize("name", ["constant", "one-cycle", "cosine", "sgdr"])
def test_short_pieces_give_the_bits_of_long_ones_in_runs_longer_than_a_table(name):
    n_steps = TABLE_STEPS + 100
    rates, momenta = whole(Schedule(name, 0.01, n_steps), n_steps)
    schedule = Schedule(name, 0.01, n_steps)
    for step in (0, 1, 77, TABLE_STEPS - 1, TABLE_STEPS, n_steps - 1):
        rate, momentum = schedule.at(step, 1)
        assert (rate.tolist(), momentum.tolist()) == ([rates[step]], [momenta[step]])


def test_the_end_of_a_run_has_a_rate_too():
    assert Schedule("one-cycle", 0.01, TABLE_STEPS).at(TABLE_STEPS, 1)[0].tolist() == [float(np.float32(0.01 / 1e5))]
