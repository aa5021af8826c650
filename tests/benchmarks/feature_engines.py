"""An epoch with genres against one without: `python tests/benchmarks/feature_engines.py [--rounds 7]`.

Both train dot-bias with features compiled (50 factors, Adam, 64 ratings a step) on ml-latest-small-2016, in turns in
one process; the median ratio is printed, and the aim is at most 1.5. With `--epochs 5` it also reads the held-out RMSE
of the compiled steps and of autograd after so many epochs from one seed, which takes a minute; aim: 1e-4 apart.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import replace

import numpy as np
import torch

from cfstudio.exchange.open_any import open_document_ratings
from cfstudio.learning import engine as engines
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.engine import Pairs, learned_columns
from cfstudio.learning.net_engine import NetEngine
from cfstudio.workspace.presets import hold_out_for, starting_factors

PLAIN = TrainingConfig(model="dot-bias", n_factors=50, batch_size=64, optimizer="adam", device="cpu")
BATCH = 64


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=0)
    asked = parser.parse_args()
    ratings = open_document_ratings("ml-latest-small-2016", None)
    held_out = hold_out_for(ratings, PLAIN)
    start = starting_factors(ratings, PLAIN, held_out)
    cells = Pairs(ratings.users.astype(np.int32), ratings.items.astype(np.int32), ratings.values.astype(np.float32))
    fit, valid = cells.take(np.flatnonzero(~held_out)), cells.take(np.flatnonzero(held_out))
    for optimizer in ("adam", "sgd"):
        plain = replace(PLAIN, optimizer=optimizer)
        genres = replace(plain, features="genres")
        columns = learned_columns(ratings, genres)
        without = engines.make_engine(start, plain, BATCH)
        with_genres = engines.make_engine(start, genres, BATCH, columns)
        _epoch(without, fit, plain), _epoch(with_genres, fit, genres)
        pairs = [(_epoch(with_genres, fit, genres), _epoch(without, fit, plain)) for _ in range(asked.rounds)]
        ratios = sorted(one / other for one, other in pairs)
        ours, theirs = (1e3 * statistics.median(one) for one in zip(*pairs, strict=True))
        print(
            f"{optimizer}: {ours:.0f} ms with genres, {theirs:.0f} without; "
            f"{statistics.median(ratios):.2f}x ({ratios[0]:.2f}–{ratios[-1]:.2f}), aim 1.5"
        )
        if asked.epochs:
            compiled = engines.make_engine(start, genres, BATCH, columns)
            autograd = NetEngine(start, genres, BATCH, torch.device("cpu"), columns)
            for name, one in (("compiled", compiled), ("autograd", autograd)):
                seconds = _train(one, fit, genres, asked.epochs)
                print(f"  {name}: held-out RMSE {one.rmse(valid):.6f} after {asked.epochs} epochs, {seconds:.1f} s")


def _train(engine: engines.Engine, fit: Pairs, config: TrainingConfig, n_epochs: int) -> float:
    order = np.random.default_rng(config.seed)
    n_steps = -(-len(fit) // BATCH)
    return sum(
        _epoch(engine, fit.take(order.permutation(len(fit))), config, epoch * n_steps) for epoch in range(n_epochs)
    )


def _epoch(engine: engines.Engine, fit: Pairs, config: TrainingConfig, before: int = 0) -> float:
    n_steps = -(-len(fit) // BATCH)
    rates = np.full(n_steps, config.learning_rate, dtype=np.float32)
    momenta = np.full(n_steps, config.momentum, dtype=np.float32)
    begin = time.perf_counter()
    engine.steps(fit, rates, momenta, before)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
