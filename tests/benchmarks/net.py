"""The net against the same net in plain torch: `python tests/benchmarks/net.py [--steps 200] [--rounds 5]`.

Both train the lesson's net (50 factors, one hidden layer, dropout, Adam, 64 ratings a step) on ml-latest-small-2016, in
turns in one process, with one thread and with two; a round's figure is the ratio of the two times, the median is
printed. The plain one is the loop that the lesson ends with: `DataLoader`, `nn.Embedding`, `torch.optim.Adam`. Reads
the held-out RMSE of both after as many epochs as asked for (`--epochs 1`), which takes minutes.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from cfstudio.exchange.open_any import open_document_ratings
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.models.embedding_net import EmbeddingNet
from cfstudio.workspace.presets import hold_out_for, starting_factors

CONFIG = TrainingConfig(model="net", learning_rate=1e-3, weight_decay=0.0, schedule="constant", epochs=1000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=0)
    asked = parser.parse_args()
    ratings = open_document_ratings("ml-latest-small-2016", None)
    held_out = hold_out_for(ratings, CONFIG)
    start = starting_factors(ratings, CONFIG, held_out)
    for n_threads in (1, 2):
        torch.set_num_threads(n_threads)
        trainer = Trainer(ratings, held_out, start, CONFIG)
        plain = PlainLoop(ratings, held_out)
        plain.steps(20), _our_steps(trainer, 20)
        pairs = [(plain.steps(asked.steps), _our_steps(trainer, asked.steps)) for _ in range(asked.rounds)]
        ratios = sorted(theirs / ours for theirs, ours in pairs)
        theirs, ours = (1e3 * statistics.median(one) / asked.steps for one in zip(*pairs, strict=True))
        print(
            f"{n_threads} thread(s): plain {theirs:.2f} ms a step, ours {ours:.2f}; "
            f"{statistics.median(ratios):.1f}x ({ratios[0]:.1f}–{ratios[-1]:.1f})"
        )
    if asked.epochs:
        trainer, plain = Trainer(ratings, held_out, start, CONFIG), PlainLoop(ratings, held_out)
        for _ in range(asked.epochs):
            trainer.run_epoch()
        plain.steps(asked.epochs * trainer.steps_per_epoch)
        print(f"held-out RMSE: plain {plain.rmse():.4f}, ours {trainer.history.epoch_rows()[-1]['valid_rmse']:.4f}")


def _our_steps(trainer: Trainer, n_steps: int) -> float:
    """Seconds of training, evaluations left out."""
    before, end = trainer.seconds, trainer.step + n_steps
    while trainer.step < end:
        trainer.advance(end - trainer.step)
    return trainer.seconds - before


class PlainLoop:
    """The net as one writes it after the lesson."""

    def __init__(self, ratings, held_out) -> None:
        rows = np.flatnonzero(~held_out)
        codes = [torch.tensor(one[rows], dtype=torch.int64) for one in (ratings.users, ratings.items)]
        data = TensorDataset(*codes, torch.tensor(ratings.values[rows], dtype=torch.float32))
        self.loader = DataLoader(data, batch_size=CONFIG.batch_size, shuffle=True)
        self.batches = iter(self.loader)
        low, high = ratings.scale.reachable_range
        self.model = EmbeddingNet(ratings.n_users, ratings.n_items, CONFIG.n_factors, rating_range=(low, high))
        for embedding in (self.model.user_factors, self.model.item_factors):
            nn.init.uniform_(embedding.weight, -0.01, 0.01)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=CONFIG.learning_rate)
        hidden = np.flatnonzero(held_out)
        self.valid = [torch.tensor(one[hidden].astype(np.int64)) for one in (ratings.users, ratings.items)]
        self.valid_ratings = torch.tensor(ratings.values[hidden], dtype=torch.float32)

    def steps(self, n_steps: int) -> float:
        """Seconds for so many steps."""
        began = time.perf_counter()
        self.model.train()
        for _ in range(n_steps):
            try:
                users, items, ratings = next(self.batches)
            except StopIteration:
                self.batches = iter(self.loader)
                users, items, ratings = next(self.batches)
            self.optimizer.zero_grad()
            nn.functional.mse_loss(self.model(users, items), ratings).backward()
            self.optimizer.step()
        return time.perf_counter() - began

    def rmse(self) -> float:
        """Held-out RMSE, without dropout."""
        self.model.eval()
        with torch.no_grad():
            return math.sqrt(float(nn.functional.mse_loss(self.model(*self.valid), self.valid_ratings)))


if __name__ == "__main__":
    main()
