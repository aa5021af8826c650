"""Small runs on the device engine, which the CPU runs too, and stand-ins for what only a GPU has."""

from __future__ import annotations

import numpy as np
import torch
from support import random_ratings
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cfstudio.learning import device_failure
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.engine import ARRAYS, Pairs, make_engine
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

N_USERS, N_ITEMS = 40, 15
RATINGS = random_ratings(N_USERS, N_ITEMS, 240)
CONFIG = TrainingConfig(n_factors=4, batch_size=20, epochs=3, learning_rate=0.02, schedule="sgdr", weight_decay=0.05)
"""A batch of 20: all items are moved, and of the users those of the batch; 192 cells to train on, so 9 and a bit."""


def start_of(config=CONFIG, spread=0.3):
    start = random_start(RATINGS, config, np.zeros(len(RATINGS.values), dtype=bool))
    rng = np.random.default_rng(3)
    for array in start.arrays().values():
        array[...] += rng.normal(0, spread, array.shape).astype(np.float32)
    return start


def cells(n, seed=5):
    rng = np.random.default_rng(seed)
    return Pairs(
        rng.integers(N_USERS, size=n).astype(np.int32),
        rng.integers(N_ITEMS, size=n).astype(np.int32),
        (rng.integers(1, 11, n) / 2).astype(np.float32),
    )


def use_device_engine(monkeypatch, recorder=None, kind=DeviceEngine):
    """Trainers that ask for CUDA get the device engine on the CPU, those that ask for the CPU the usual one."""

    def made(factors, config, batch_size, columns=()):
        if config.device == "cpu":
            return make_engine(factors, config, batch_size, columns)
        return kind(factors, config, batch_size, "cpu", recorder() if recorder else None)

    monkeypatch.setattr(device_failure, "make_engine", made)


def trainer_of(config=CONFIG, ratings=RATINGS):
    """A run as `use_device_engine` makes it, unless the settings name the CPU."""
    held_out = random_hold_out(ratings, 0.2, 42)
    return Trainer(ratings, held_out, random_start(ratings, config, held_out), config)


def assert_close(one, other, tolerance):
    for name in ARRAYS:
        a, b = getattr(one, name), getattr(other, name)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=name)


class Tape(TorchDispatchMode):
    """What a CUDA graph is, on the CPU: the operations with the very tensors that they read and wrote.

    Playing it does them again on those tensors, without any of the Python code around them.
    """

    def __init__(self):
        super().__init__()
        self._operations = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        stores = {_store(one) for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)}
        fresh = [isinstance(one, torch.Tensor) and _store(one) not in stores for one in tree_leaves(result)]
        self._operations.append((func, args, kwargs, tree_leaves(result), fresh))
        return result

    def play(self):
        for func, args, kwargs, results, fresh in self._operations:
            again = tree_leaves(func(*args, **kwargs))
            for result, new, is_fresh in zip(results, again, fresh, strict=True):
                if is_fresh:
                    result.copy_(new)


def _store(tensor):
    return tensor.untyped_storage().data_ptr()


class TapeRecorder:
    """Records as CUDA does: recording does nothing to the tensors that are there, playing does."""

    def __init__(self, *kept):
        self.kept = list(kept)
        self.n_warm_ups = self.n_recorded = self.n_played = 0

    def warm_up(self, step):
        self.n_warm_ups += 1
        step()

    def record(self, step):
        before = [tensor.clone() for tensor in self.kept]
        tape = Tape()
        with tape:
            step()
        for tensor, numbers in zip(self.kept, before, strict=True):
            tensor.copy_(numbers)
        self.n_recorded += 1

        def play():
            self.n_played += 1
            tape.play()

        return play


def taped(engine):
    """Put a tape recorder into an engine, with the tensors that recording must leave alone."""
    step = engine._step
    recorder = TapeRecorder(step.users.table, step.items.table, step.progress, step.plan._row, step.plan.begin)
    engine._recorder = recorder
    return recorder
