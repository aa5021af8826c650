"""Recorded steps are the same steps: a tape of operations on the very same tensors stands in for CUDA's graphs."""

import logging
from dataclasses import replace

import numpy as np
import pytest
import torch
from device_cases import CONFIG, TapeRecorder, assert_close, taped, trainer_of, use_device_engine
from support import to_step

from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.device_graph import WARM_UPS, RepeatedStep
from cfstudio.learning.options import OPTIMIZERS


class Taped(DeviceEngine):
    """Records every kind of step."""

    def __init__(self, *args):
        super().__init__(*args)
        self.recorder = taped(self)


def both(monkeypatch, config):
    """A run that is recorded and one that is not."""
    runs = []
    for kind in (Taped, DeviceEngine):
        use_device_engine(monkeypatch, kind=kind)
        runs.append(trainer_of(config))
    return runs


@pytest.mark.parametrize("moves_untouched", [False, True])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_recorded_run_has_the_bits_of_an_unrecorded_one(optimizer, moves_untouched, monkeypatch):
    """Three epochs under a changing rate, each with a short last batch and an order of its own."""
    config = replace(CONFIG, optimizer=optimizer, moves_untouched=moves_untouched, schedule="one-cycle")
    recorded, plain = both(monkeypatch, config)
    for trainer in (recorded, plain):
        to_step(trainer, trainer.total_steps)
    recorder = recorded._engine.recorder
    assert (recorder.n_warm_ups, recorder.n_recorded) == (WARM_UPS, 1)
    assert recorder.n_played == recorded.total_steps - WARM_UPS
    assert_close(recorded.factorization(), plain.factorization(), 0)
    np.testing.assert_array_equal(recorded.history.valid_rmse, plain.history.valid_rmse)
    np.testing.assert_array_equal(recorded.history.batch_rmse, plain.history.batch_rmse)
    assert recorded.engine_name == "torch on cpu, CUDA graph"
    assert plain.engine_name == "torch on cpu, closed form"


def test_settings_that_change_while_it_runs_reach_the_recorded_step(monkeypatch):
    recorded, plain = both(monkeypatch, CONFIG)
    for trainer in (recorded, plain):
        to_step(trainer, 8)
        trainer.change(replace(CONFIG, learning_rate=0.004, weight_decay=0.3, bias_decay=0.1))
        to_step(trainer, 15)
    assert recorded._engine.recorder.n_recorded == 1, "other numbers need no other recording"
    assert_close(recorded.factorization(), plain.factorization(), 0)
    # without decay, and with clipping, a step has other operations
    for trainer in (recorded, plain):
        trainer.change(replace(CONFIG, weight_decay=0.0, bias_decay=0.0, clip=0.05))
        to_step(trainer, 25)
    assert recorded._engine.recorder.n_recorded == 2
    assert_close(recorded.factorization(), plain.factorization(), 0)


def test_factors_edited_between_steps_are_those_that_the_recorded_step_moves(monkeypatch):
    recorded, plain = both(monkeypatch, CONFIG)
    for trainer in (recorded, plain):
        to_step(trainer, 9)
        edited = trainer.factorization()
        edited.user_factors[3] = 1.5
        trainer.replace_factors(edited)
        to_step(trainer, 14)
    assert recorded._engine.recorder.n_played > 5
    assert_close(recorded.factorization(), plain.factorization(), 0)


class Unable(TapeRecorder):
    def record(self, step):
        self.n_recorded += 1
        raise RuntimeError("operation not permitted when stream is capturing\nand a long trace")


def test_a_recording_that_fails_costs_one_sentence_and_no_step(monkeypatch, caplog):
    use_device_engine(monkeypatch, recorder=Unable)
    trainer = trainer_of()
    with caplog.at_level(logging.WARNING):
        to_step(trainer, trainer.total_steps)
    (said,) = caplog.messages
    assert said == (
        "The training step could not be recorded as a CUDA graph, it is slower without: "
        "operation not permitted when stream is capturing"
    )
    assert trainer._engine._recorder.n_recorded == 1, "it is not tried again"
    assert trainer.notice == "", "the run stays on its device"
    use_device_engine(monkeypatch)
    assert_close(trainer.factorization(), to_step(trainer_of(), trainer.total_steps).factorization(), 0)


def test_without_a_recorder_every_step_is_done_from_python():
    done = []
    step = RepeatedStep(lambda: done.append(1), None)
    for _ in range(10):
        step()
    assert (len(done), step.is_replayed) == (10, False)


def test_the_tape_does_not_run_the_python_code_again():
    """Else it would prove nothing: a number that Python holds is fixed in a recording."""
    total, factor = torch.zeros(1), [1.0]
    recorder = TapeRecorder(total)
    play = recorder.record(lambda: total.add_(torch.ones(1) * factor[0]))
    assert total.item() == 0.0
    factor[0] = 100.0
    play(), play()
    assert total.item() == 2.0
