"""An epoch with genres against one without, in turn: `python tests/benchmarks/features.py [--rounds 15]`.

Biases and factors, default settings, ml-latest-small-2016, one thread; seconds of training alone. Held-out RMSE is that
after five epochs of each.
"""

from __future__ import annotations

import argparse
import statistics

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.presets import hold_out_for, starting_factors

COLUMNS = ("", "genres", "genres, year")


def trainer_with(ratings, columns: str, epochs: int) -> Trainer:
    config = TrainingConfig(features=columns, epochs=epochs, device="cpu")
    held_out = hold_out_for(ratings, config)
    return Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)


def epoch_seconds(trainer: Trainer) -> float:
    before = trainer.seconds
    trainer.run_epoch()
    return trainer.seconds - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    ratings = open_ratings("ml-latest-small-2016")
    trainers = [trainer_with(ratings, columns, rounds + 1) for columns in COLUMNS]
    for trainer in trainers:
        trainer.run_epoch()
    seconds = [[epoch_seconds(trainer) for trainer in trainers] for _ in range(rounds)]
    print("| columns | an epoch | of one without | held-out RMSE after 5 |\n|---|---|---|---|")
    for place, columns in enumerate(COLUMNS):
        ratio = statistics.median(one[place] / one[0] for one in seconds)
        five = trainer_with(ratings, columns, 5)
        while not five.finished:
            five.run_epoch()
        median = 1e3 * statistics.median(one[place] for one in seconds)
        print(f"| {columns or 'none'} | {median:.1f} ms | {ratio:.2f}× | {five.history.valid_rmse[-1]:.4f} |")


if __name__ == "__main__":
    main()
