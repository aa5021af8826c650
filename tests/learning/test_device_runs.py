"""A run on a device: the same when cut, resumed or taken back, and moved to the CPU when the device fails."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from device_cases import CONFIG, assert_close, cells, start_of, trainer_of, use_device_engine
from support import to_step

from cfstudio.learning import device_failure
from cfstudio.learning.device_cells import DeviceCells
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.options import OPTIMIZERS
from cfstudio.learning.rate_finder import find_rate
from cfstudio.learning.trainer import TrainingDiverged
from cfstudio.ratings.split import random_hold_out

ON_CPU = replace(CONFIG, device="cpu")


@pytest.fixture(autouse=True)
def _engine(monkeypatch):
    use_device_engine(monkeypatch)


def assert_same_run(one, other):
    assert one.step == other.step
    assert_close(one.factorization(), other.factorization(), 0)
    for name, numbers in one.state().memory.items():
        np.testing.assert_array_equal(numbers, other.state().memory[name])
    columns = (trainer.history.to_dict() for trainer in (one, other))
    first, second = ({name: column for name, column in each.items() if name != "seconds"} for each in columns)
    assert first == second


def test_each_epoch_has_every_cell_once_in_an_order_of_its_own_that_its_number_gives():
    pairs, cpu = cells(45), torch.device("cpu")
    held = DeviceCells(pairs, cpu, (40, 15), 20)
    orders = []
    for epoch in (0, 1, 5, 1):
        held.draw(42, epoch)
        orders.append(held.order.clone())
    for order in orders:
        assert sorted(order[:45].tolist()) == list(range(45))
        assert order[45:].tolist() == [45] * 15, "nobody's cells fill the last batch"
    assert orders[0].tolist() != orders[1].tolist() != orders[2].tolist()
    assert orders[3].tolist() == orders[1].tolist()
    again = DeviceCells(pairs, cpu, (40, 15), 20)
    again.draw(42, 1)
    assert again.order.tolist() == orders[1].tolist()
    again.draw(43, 1)
    assert again.order.tolist() != orders[1].tolist(), "another seed, another order"
    assert [held.size(batch) for batch in range(held.n_batches)] == [20, 20, 5]


@pytest.mark.parametrize("batch_size", [7, 20, 0])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_put_aside_in_the_middle_of_an_epoch_goes_on_as_if_it_had_never_stopped(optimizer, batch_size):
    config = replace(CONFIG, optimizer=optimizer, batch_size=batch_size, learning_rate=0.01)
    straight, first, second = (trainer_of(config) for _ in range(3))
    to_step(straight, straight.total_steps)
    second.restore(to_step(first, straight.total_steps // 2).state())
    to_step(second, straight.total_steps)
    assert_same_run(straight, second)


def test_one_step_at_a_time_is_the_same_run():
    straight, cut = trainer_of(), trainer_of()
    to_step(straight, straight.total_steps)
    while not cut.finished:
        cut.advance(1)
    assert_same_run(straight, cut)


def test_a_run_taken_back_goes_the_same_way_again():
    trainer, straight = to_step(trainer_of(), 25), to_step(trainer_of(), 13)
    trainer.rewind(13)
    assert_same_run(trainer, straight)


def test_it_learns_what_the_cpus_engine_learns():
    """Another order of the cells, the same errors but for some noise."""
    config = replace(CONFIG, epochs=8)
    device, cpu = trainer_of(config), trainer_of(replace(config, device="cpu"))
    for trainer in (device, cpu):
        to_step(trainer, trainer.total_steps)
    assert isinstance(device._engine, DeviceEngine)
    assert isinstance(cpu._engine, FastEngine)
    assert device.history.train_rmse[-1] == pytest.approx(cpu.history.train_rmse[-1], abs=0.05)
    assert device.history.train_rmse[-1] < device.history.train_rmse[0] - 0.2
    np.testing.assert_allclose(device.history.batch_rmse[1:].mean(), cpu.history.batch_rmse[1:].mean(), rtol=0.05)


def test_with_all_cells_a_step_both_engines_do_the_same_run():
    config = replace(CONFIG, batch_size=0)
    device, cpu = (to_step(trainer_of(one), 3) for one in (config, replace(config, device="cpu")))
    assert_close(device.factorization(), cpu.factorization(), 1e-5)
    np.testing.assert_allclose(device.history.valid_rmse, cpu.history.valid_rmse, rtol=1e-5)
    np.testing.assert_allclose(device.history.batch_rmse, cpu.history.batch_rmse, rtol=1e-5)
    np.testing.assert_allclose(device.history.gradient_norms, cpu.history.gradient_norms, rtol=1e-3)


def test_a_run_that_diverges_is_told_and_keeps_its_last_good_factors():
    config = replace(CONFIG, model="dot", sigmoid=False, optimizer="sgd", learning_rate=100.0, weight_decay=0.0)
    trainer = trainer_of(config)
    with pytest.raises(TrainingDiverged, match="diverged by step"):
        to_step(trainer, trainer.total_steps)
    good = trainer.factorization()
    assert np.isfinite(good.user_factors).all()
    trainer.replace_factors(good)
    trainer.change(replace(config, learning_rate=1e-4))
    before = trainer.step
    to_step(trainer, before + 3)
    assert trainer.step == before + 3
    assert np.isfinite(trainer.factorization().user_factors).all()


def test_a_divergence_is_seen_by_the_copies_that_come_by_themselves():
    engine = DeviceEngine(start_of(), replace(CONFIG, optimizer="sgd"), 20)
    trainer = trainer_of()
    engine._step.users.table[0] = math.nan
    one, momentum = np.full(1, 0.01, np.float32), np.full(1, 0.9, np.float32)
    done = [engine.held_steps(trainer._cells, one, momentum, step, settles=False) for step in range(3)]
    assert 0 in done or sum(done) < 3, "fewer steps than asked for say so"


def test_the_rate_finder_works_on_a_device(monkeypatch):
    from device_cases import RATINGS

    from cfstudio.learning import rate_finder

    curves = []
    for kind in (DeviceEngine, FastEngine):
        monkeypatch.setattr(rate_finder, "make_engine", lambda f, c, b, _, kind=kind: kind(f, c, b))
        curves.append(find_rate(RATINGS, random_hold_out(RATINGS, 0.2, 42), start_of(), ON_CPU, n_steps=60))
    np.testing.assert_allclose(curves[0].losses, curves[1].losses, rtol=1e-3)


class Failing(DeviceEngine):
    """Runs out of memory at its third call for steps; with `lost` its numbers cannot be read any more."""

    lost = False
    device = "cuda"

    def __init__(self, *args):
        super().__init__(*args)
        self._calls = 0

    def held_steps(self, *args, **more):
        self._calls += 1
        if self._calls == 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return super().held_steps(*args, **more)

    def factorization(self):
        if self.lost and self._calls >= 3:
            raise RuntimeError("no device")
        return super().factorization()


class Lost(Failing):
    lost = True


@pytest.mark.parametrize("kind", [Failing, Lost])
def test_a_device_that_fails_is_left_for_the_cpu_from_the_last_factors(kind, monkeypatch):
    use_device_engine(monkeypatch, kind=kind)
    trainer = trainer_of()
    trainer.advance(1), trainer.advance(1)
    before, memory = trainer.factorization(), trainer.state().memory
    trainer.advance(1)
    assert trainer.device == "cpu"
    assert trainer.notice.startswith("The device cuda failed at step 2 (CUDA out of memory. Tried")
    if kind is Failing:  # what it had learned is not lost: the CPU goes on from there with its own third batch
        there = FastEngine(before, trainer.config, 20)
        there.load_memory(memory)
        cells = trainer_of(ON_CPU)._cells
        cells.go_to(2)
        there.steps(cells.ahead(1), *trainer._schedule.at(2, 1), 2)
        assert_close(trainer.factorization(), there.factorization(), 0)
    to_step(trainer, trainer.total_steps)
    assert trainer.finished
    assert trainer.history.train_rmse[-1] < trainer.history.train_rmse[0]


def test_a_device_without_room_for_the_cells_is_left_before_the_first_step(monkeypatch):
    class Full(DeviceEngine):
        device = "cuda"

        def _held_cells(self, pairs):
            raise torch.OutOfMemoryError("CUDA out of memory")

    use_device_engine(monkeypatch, kind=Full)
    trainer = trainer_of()
    assert "failed at step 0 (CUDA out of memory)" in trainer.notice
    assert_same_run(to_step(trainer, 12), to_step(trainer_of(ON_CPU), 12))


def test_edits_and_resumes_reach_the_cpu_where_the_device_fails_at_them(monkeypatch):
    class Gone(DeviceEngine):
        device = "cuda"
        is_gone = False

        def load(self, factors):
            if self.is_gone:
                raise RuntimeError("no device")
            super().load(factors)

    use_device_engine(monkeypatch, kind=Gone)
    trainer = to_step(trainer_of(), 5)
    edited = trainer.factorization()
    edited.user_factors[0] = 2.0
    trainer._engine.is_gone = True
    trainer.replace_factors(edited)
    assert trainer.device == "cpu"
    np.testing.assert_array_equal(trainer.factorization().user_factors[0], edited.user_factors[0])
    assert (RuntimeError, MemoryError) == device_failure.FAILURES
