"""Training against the plain loop a learner writes, in one process on one thread; prints one table.

Usage: python tests/benchmarks/training.py [--rounds 3]
Both sides: dot product with biases and a sigmoid, 50 factors, 64 ratings a step, the same split, start and constant
learning rate, no weight decay. The plain loop is `DataLoader` + `nn.Embedding` + `torch.optim`.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from dataclasses import replace

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.models.dot_bias import DotBias
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.presets import hold_out_for, starting_factors

DATA = "ml-latest-small-2016"
RATES = {"adam": 5e-3, "sgd": 0.5}
TARGETS = {"adam": "≥ 60×", "sgd": "≥ 150×"}


class PlainLoop:
    """The lecture's loop, as one writes it for the first time."""

    def __init__(self, ratings, held_out, start, config) -> None:
        kept = ratings.rated & ~held_out
        self._loader = DataLoader(TensorDataset(*self._tensors(ratings, kept)), batch_size=64, shuffle=True)
        self._valid = self._tensors(ratings, held_out)
        self._model = DotBias(ratings.n_users, ratings.n_items, config.n_factors, start.rating_range)
        with torch.no_grad():
            for name, weight in self._model.named_parameters():
                numbers = torch.from_numpy(getattr(start, name.removesuffix(".weight")).copy())
                weight.copy_(numbers.reshape(weight.shape))
        kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[config.optimizer]
        self._optimizer = kind(self._model.parameters(), lr=config.learning_rate)

    def run_epoch(self) -> None:
        for users, items, values in self._loader:
            loss = torch.nn.functional.mse_loss(self._model(users, items), values)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()

    def valid_rmse(self) -> float:
        users, items, values = self._valid
        with torch.no_grad():
            return math.sqrt(float((self._model(users, items) - values).square().mean()))

    @staticmethod
    def _tensors(ratings, rows):
        return (
            torch.from_numpy(ratings.users[rows].astype(np.int64)),
            torch.from_numpy(ratings.items[rows].astype(np.int64)),
            torch.from_numpy(ratings.values[rows].astype(np.float32)),
        )


def seconds(function) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def training_seconds(trainer: Trainer) -> float:
    """Of one epoch, without the evaluations that the plain loop does not make."""
    before = trainer.seconds
    trainer.run_epoch()
    return trainer.seconds - before


def compare(ratings, optimizer: str, rounds: int) -> list[tuple[str, str, str]]:
    """One epoch of each in turn."""
    config = TrainingConfig(
        optimizer=optimizer,
        learning_rate=RATES[optimizer],
        weight_decay=0.0,
        schedule="constant",
        epochs=rounds,
        device="cpu",
    )
    held_out = hold_out_for(ratings, config)
    start = starting_factors(ratings, config, held_out)
    ours, plain = Trainer(ratings, held_out, start, config), PlainLoop(ratings, held_out, start, config)
    pairs = [(seconds(plain.run_epoch), training_seconds(ours)) for _ in range(rounds)]
    ratios = [slow / fast for slow, fast in pairs]
    slow, fast = (statistics.median(column) for column in zip(*pairs, strict=True))
    name = {"adam": "Adam", "sgd": "SGD"}[optimizer]
    return [
        (
            f"{name}, an epoch against the plain loop",
            f"{statistics.median(ratios):.0f}× ({min(ratios):.0f}–{max(ratios):.0f}; {slow:.1f} s / {fast:.4f} s)",
            TARGETS[optimizer],
        ),
        (
            f"  held-out RMSE after {rounds} epochs, plain loop {plain.valid_rmse():.4f}",
            f"{ours.history.valid_rmse[-1]:.4f}",
            "no worse",
        ),
    ]


def defaults(ratings) -> list[tuple[str, str, str]]:
    config = TrainingConfig()
    held_out = hold_out_for(ratings, config)
    start = starting_factors(ratings, config, held_out)
    trainer = Trainer(ratings, held_out, start, replace(config, device="cpu"))
    while not trainer.finished:
        trainer.run_epoch()
    return [
        ("defaults, 5 epochs of one-cycle Adam: held-out RMSE", f"{trainer.history.valid_rmse[-1]:.4f}", "≤ 0.880"),
        ("  training alone, seconds an epoch", f"{trainer.seconds / 5:.4f} s", ""),
        ("  steps a second", f"{trainer.total_steps / trainer.seconds:,.0f}", ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(42)
    ratings = open_ratings(DATA)
    rows = [row for optimizer in ("adam", "sgd") for row in compare(ratings, optimizer, options.rounds)]
    rows += defaults(ratings)
    print("| measure | figure | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
