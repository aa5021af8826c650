"""An epoch of 25 million ratings on a GPU, and the same on the CPU; prints one table.

Usage: python tests/benchmarks/gpu.py [--part 1.0] [--epochs 3]
162,541 users, 59,047 items, 50 factors and biases, Adam, 65,536 cells a step: the size of ml-25m, whose popularity is
imitated by a power law; the ratings are noise, so that nothing but speed can be read here. Without a GPU the device's
steps run on torch's CPU device, on a hundredth of the cells, to show that they work; the figures then say nothing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from types import SimpleNamespace

import numpy as np
import torch

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.device_engine import DeviceEngine
from cfstudio.learning.engine import Engine
from cfstudio.learning.fast_engine import FastEngine
from cfstudio.learning.stretch import do_steps
from cfstudio.learning.training_cells import TrainingCells
from cfstudio.models.factorization import Factorization

N_RATINGS, N_USERS, N_ITEMS = 25_000_000, 162_541, 59_047
CONFIG = TrainingConfig(n_factors=50, batch_size=65_536, learning_rate=5e-3, schedule="constant")
WITHOUT_GPU = 0.01
AIM = "≤ 0.5 s (H200)"


def drawn(random: np.random.Generator, n_codes: int, n: int) -> np.ndarray:
    """Codes (n,) int32, low ones often."""
    return (n_codes * random.random(n) ** 3).astype(np.int32)


def noise(n: int) -> TrainingCells:
    """The cells of a run over so many ratings: all that a run reads of a table."""
    random = np.random.default_rng(42)
    table = SimpleNamespace(
        users=drawn(random, N_USERS, n),
        items=drawn(random, N_ITEMS, n),
        values=random.integers(1, 11, n) / 2,
        rated=np.ones(n, dtype=bool),
    )
    return TrainingCells(table, np.zeros(n, dtype=bool), CONFIG.batch_size, CONFIG.seed)


def start() -> Factorization:
    """Small random factors and biases."""
    random = np.random.default_rng(7)

    def small(*shape: int) -> np.ndarray:
        return random.normal(0, 0.05, shape).astype(np.float32)

    k = CONFIG.n_factors
    return Factorization(small(N_USERS, k), small(N_ITEMS, k), small(N_USERS), small(N_ITEMS), rating_range=(0.0, 5.5))


def epoch_seconds(engine: Engine, cells: TrainingCells, epoch: int) -> float:
    """One epoch in stretches of 64 steps, as the trainer does them, and a wait for the last."""
    begun, first = time.perf_counter(), epoch * cells.steps_per_epoch
    for step in range(first, first + cells.steps_per_epoch, 64):
        n = min(64, first + cells.steps_per_epoch - step)
        rates, momenta = np.full(n, 5e-3, np.float32), np.full(n, 0.9, np.float32)
        do_steps(engine, cells, rates, momenta, step, settles=step + n == first + cells.steps_per_epoch)
    return time.perf_counter() - begun


def measured(engine: Engine, cells: TrainingCells, epochs: int) -> float:
    """Median seconds of an epoch, the first one, which uploads and records, left out."""
    return statistics.median([epoch_seconds(engine, cells, epoch) for epoch in range(epochs + 1)][1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=float, help="of the 25 million ratings")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    has_gpu = torch.cuda.is_available()
    part = options.part or (1.0 if has_gpu else WITHOUT_GPU)
    cells, factors = noise(int(N_RATINGS * part)), start()
    rows = [("ratings", f"{len(cells.train):,}", ""), ("steps an epoch", f"{cells.steps_per_epoch:,}", "")]
    device = DeviceEngine(factors, CONFIG, cells.batch_size, "cuda" if has_gpu else "cpu")
    on_device = measured(device, cells, options.epochs)
    name = torch.cuda.get_device_name() if has_gpu else "NO GPU HERE: the device's steps on the CPU"
    rows.append((f"{name} ({device.name})", f"{on_device:.3f} s an epoch", AIM if has_gpu else ""))
    if has_gpu:
        device.rmse(cells.train)
        rows.append(("  torch's memory at most", f"{torch.cuda.max_memory_reserved() / 1e9:.2f} GB", "≤ 6 GB"))
    on_cpu = measured(FastEngine(factors, CONFIG, cells.batch_size), cells, min(options.epochs, 1 if has_gpu else 3))
    rows.append(("this CPU, compiled, one thread", f"{on_cpu:.3f} s an epoch", ""))
    rows.append(("  CPU / device", f"{on_cpu / on_device:.2f}×", ""))
    print("| measure | figure | aim |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
