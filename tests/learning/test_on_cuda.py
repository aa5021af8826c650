"""What only a GPU can show: real CUDA graphs, its memory, its failures. Skipped without one; never run so far."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from device_cases import CONFIG, assert_close, cells, start_of, trainer_of
from support import to_step

from cfstudio.learning.device_cells import DeviceCells
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.device_graph import CudaRecorder, RepeatedStep
from cfstudio.learning.device_progress import MOST_BURSTS
from cfstudio.learning.engine import make_engine
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.stretch import do_steps
from cfstudio.learning.training_cells import TrainingCells
from cfstudio.models.factorization import Factorization

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")

ON_GPU = replace(CONFIG, device="cuda")
LARGE = {"cells": 25_000_000, "users": 162_541, "items": 59_047, "factors": 50, "batch": 65_536}


class Eager(DeviceEngine):
    """Without graphs."""

    def __init__(self, *args):
        super().__init__(*args)
        self._recorder = None


def trained(kind, config, n_steps=27):
    """Three epochs of the small run, with a rate and a momentum of their own for each step."""
    engine, run = kind(start_of(config), config, 20, "cuda"), trainer_of(replace(config, device="cpu"))._cells
    rates = np.linspace(0.02, 0.005, n_steps, dtype=np.float32)
    momenta = np.linspace(0.95, 0.85, n_steps, dtype=np.float32)
    for step in range(n_steps):
        one = slice(step, step + 1)
        do_steps(engine, run, rates[one], momenta[one], step, settles=False)
    return engine


@pytest.mark.parametrize("moves_untouched", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_replayed_steps_are_those_done_from_python(optimizer, moves_untouched):
    config = replace(ON_GPU, optimizer=optimizer, moves_untouched=moves_untouched)
    replayed, eager = (trained(kind, config) for kind in (DeviceEngine, Eager))
    assert replayed.name == "torch on cuda, CUDA graph"
    assert eager.name == "torch on cuda, closed form"
    # sums of gradients are added in any order, so not to the bit
    assert_close(replayed.factorization(), eager.factorization(), 1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_gpus_steps_are_the_cpus(optimizer):
    config = replace(ON_GPU, optimizer=optimizer)
    pairs, rates, momenta = cells(45), np.full(3, 0.01, np.float32), np.full(3, 0.9, np.float32)
    there, here = DeviceEngine(start_of(), config, 20, "cuda"), FastEngine(start_of(), config, 20)
    for engine in (there, here):
        assert engine.steps(pairs, rates, momenta, 0) == 3
    assert_close(there.factorization(), here.factorization(), 1e-4)
    np.testing.assert_allclose(there.report, here.report, rtol=1e-3)
    assert there.rmse(pairs) == pytest.approx(here.rmse(pairs), rel=1e-4)


def test_cuda_is_given_the_device_engine_and_a_whole_run_learns():
    assert isinstance(make_engine(start_of(), ON_GPU, 20), DeviceEngine)
    there, here = (trainer_of(replace(CONFIG, device=device, epochs=8)) for device in ("cuda", "cpu"))
    for trainer in (there, here):
        to_step(trainer, trainer.total_steps)
    assert (there.device, there.notice) == ("cuda", "")
    assert there.history.train_rmse[-1] == pytest.approx(here.history.train_rmse[-1], abs=0.05)


def test_a_resumed_run_sees_the_batches_of_one_that_never_stopped():
    straight, first, second = (trainer_of(ON_GPU) for _ in range(3))
    to_step(straight, straight.total_steps)
    second.restore(to_step(first, 13).state())
    to_step(second, straight.total_steps)
    assert torch.equal(*(one._engine._held_cells(one._cells.train).order.cpu() for one in (straight, second)))
    assert_close(second.factorization(), straight.factorization(), 1e-3)


def test_no_step_from_python_makes_the_host_wait():
    engine, held = Eager(start_of(), ON_GPU, 20, "cuda"), trainer_of(replace(CONFIG, device="cpu"))._cells
    one, momentum = np.full(1, 0.01, np.float32), np.full(1, 0.9, np.float32)
    engine.held_steps(held, one, momentum, 0, settles=True)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for step in range(1, 1 + MOST_BURSTS):
            engine.held_steps(held, one, momentum, step, settles=False)
        engine.begin_rows(np.array([1]), np.array([2]))
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_step_that_cannot_be_recorded_goes_on_from_python_on_the_usual_stream(caplog):
    total = torch.zeros(1, device="cuda")
    waits = RepeatedStep(lambda: total.add_(1.0).item(), CudaRecorder())
    usual = torch.cuda.current_stream()
    for _ in range(8):
        waits()
    assert total.item() == 8.0
    assert torch.cuda.current_stream() == usual
    assert not waits.is_replayed
    assert len(caplog.messages) == 1


def test_a_gpu_without_room_is_left_for_the_cpu():
    trainer = to_step(trainer_of(ON_GPU), 3)
    step = trainer._engine._step

    def full(*_):
        torch.empty(2**50, dtype=torch.uint8, device="cuda")

    step.run = full
    trainer._engine._repeated.clear()
    trainer.advance(1)
    assert trainer.device == "cpu"
    assert "The device cuda failed at step 3 (CUDA out of memory" in trainer.notice
    to_step(trainer, trainer.total_steps)
    assert trainer.finished


@pytest.mark.slow
def test_25_million_cells_take_at_most_6_gb():
    n, batch = LARGE["cells"], LARGE["batch"]
    if torch.cuda.mem_get_info()[0] < 8e9:
        pytest.skip("this GPU has less than 8 GB free")
    rng = np.random.default_rng(1)
    users, items = (rng.integers(LARGE[side], size=n, dtype=np.int32) for side in ("users", "items"))
    table = SimpleNamespace(users=users, items=items, values=rng.random(n) * 5, rated=np.ones(n, dtype=bool))
    run = TrainingCells(table, rng.random(n) < 0.2, batch, 42)
    shapes = ((LARGE["users"], LARGE["factors"]), (LARGE["items"], LARGE["factors"]))
    user_factors, item_factors = (rng.normal(0, 0.1, shape).astype(np.float32) for shape in shapes)
    zeros = (np.zeros(len(user_factors), np.float32), np.zeros(len(item_factors), np.float32))
    factors = Factorization(user_factors, item_factors, *zeros, 3.5, (0.0, 5.5))
    torch.cuda.empty_cache()
    free = torch.cuda.mem_get_info()[0]
    engine = DeviceEngine(factors, replace(ON_GPU, n_factors=50, batch_size=batch), batch, "cuda")
    rates, momenta = np.full(20, 0.01, np.float32), np.full(20, 0.9, np.float32)
    assert engine.rmse(run.train) > engine.rmse(run.valid) - 0.1
    for epoch in range(2):
        engine.held_steps(run, rates, momenta, epoch * run.steps_per_epoch, settles=True)
        engine.rmse(run.train)
    assert max(free - torch.cuda.mem_get_info()[0], torch.cuda.max_memory_reserved()) < 6e9


def test_the_order_drawn_on_the_gpu_is_a_permutation():
    held = DeviceCells(cells(45), torch.device("cuda"), (40, 15), 20)
    held.draw(42, 3)
    assert sorted(held.order.tolist()) == [*range(45), *[45] * 15]
