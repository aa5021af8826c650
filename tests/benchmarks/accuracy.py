"""How near predictions come to ratings that training never saw; prints tables with the seeds.

Usage: python tests/benchmarks/accuracy.py [--inner] [--folds FOLDER [--fold 1 …]]
Everything was chosen on parts of the training data: `--inner` prints that choice, on a tenth of the training part of
split 42. Without options the held-out fifth of split 42 is scored, once for each row. FOLDER holds MovieLens 100K
(u.data, u.item, u.user and u1.base … u5.test); its folds take the settings that split 42's training part chose.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from cfstudio.learning import gibbs, sweep
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.make_trainer import make_trainer, posterior_of
from cfstudio.learning.training_presets import training_preset
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.split import random_hold_out
from cfstudio.workspace.presets import starting_factors

DATA = "ml-latest-small-2016"
SPLIT_SEED, INNER_SEED, SHUFFLE_SEED = 42, 1, 0
BEST = training_preset("best").config
TUNED = TrainingConfig(
    sigmoid=False,
    n_factors=100,
    optimizer="sgd",
    learning_rate=0.01,
    weight_decay=0.16,
    batch_size=1,
    schedule="cosine",
    epochs=60,
)
"""Biased factors, one rating a step, decay and epochs chosen on the inner hold-out."""


class Measured:
    """One fit: held-out RMSE of the numbers that a session keeps, seconds on the clock and of one processor."""

    def __init__(self, ratings, held_out, config) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        trainer = make_trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)
        while not trainer.finished:
            trainer.run_epoch()
        factors = trainer.factorization()
        self.wall, self.processor = time.perf_counter() - wall, time.process_time() - processor
        users, items, values = ratings.users[held_out], ratings.items[held_out], ratings.values[held_out]
        errors = values - factors.predict(users, items)
        self.rmse = float(np.sqrt(np.mean(errors**2)))
        self.exact = float(trainer.history.valid_rmse[-1])
        posterior = posterior_of(trainer)
        self.covered = None
        if posterior is not None:
            self.covered = float(np.mean(np.abs(errors) < posterior.uncertainty(users, items)))

    def row(self, name: str) -> str:
        covered = "" if self.covered is None else f"{100 * self.covered:.0f} %"
        return f"| {name} | {self.rmse:.4f} | {self.exact:.4f} | {covered} | {self.wall:.1f} | {self.processor:.1f} |"


def of_wrong_movies(ratings):
    """The same ratings with every movie's genres and year taken from another: what is left if features only leak."""
    table, order = ratings.item_table, np.random.default_rng(SHUFFLE_SEED).permutation(ratings.n_items)
    return replace(ratings, item_table=replace(table, genres=table.genres[order], years=table.years[order]))


def feature_rows(ratings, held_out, rows=("", "genres, year", "sets", "all")):
    """The best preset with less and with wrong features."""
    for features in rows:
        name = f"best, features “{features}”" if features else "best without features"
        print(Measured(ratings, held_out, replace(BEST, features=features)).row(name), flush=True)
    print(Measured(of_wrong_movies(ratings), held_out, BEST).row("best, “all” of the wrong movies"), flush=True)


def inner(ratings, held_out) -> None:
    """What was compared to choose the settings: the held-out part is taken away before."""
    kept = ~held_out
    ratings = replace(
        ratings,
        users=ratings.users[kept],
        items=ratings.items[kept],
        values=ratings.values[kept],
        timestamps=ratings.timestamps[kept],
    )
    part = random_hold_out(ratings, 0.1, INNER_SEED)
    feature_rows(ratings, part)
    for rank in (8, 32):
        with changed(sweep, "SAMPLED_FACTORS", rank):
            print(Measured(ratings, part, BEST).row(f"best, {rank} factors a sample"), flush=True)
    for shape in (1.0, 2.0, 16.0, 1000.0):
        with changed(gibbs, "NOISE_SHAPE", shape):
            print(Measured(ratings, part, BEST).row(f"best, noise shape {shape:g}"), flush=True)
    for epochs in (100, 500):
        print(Measured(ratings, part, replace(BEST, epochs=epochs)).row(f"best, {epochs} sweeps"), flush=True)
    for epochs in (30, 60, 90):
        for decay in (0.12, 0.16, 0.2):
            config = replace(TUNED, epochs=epochs, weight_decay=decay)
            print(Measured(ratings, part, config).row(f"biased factors, {epochs} epochs, decay {decay}"), flush=True)


class changed:  # noqa: N801 - reads as what it does
    """A constant of a module with another value for a while."""

    def __init__(self, module, name: str, value) -> None:
        self._module, self._name, self._value = module, name, value

    def __enter__(self) -> None:
        self._old = getattr(self._module, self._name)
        setattr(self._module, self._name, self._value)

    def __exit__(self, *_: object) -> None:
        setattr(self._module, self._name, self._old)


def fold(folder: Path, number: int) -> Measured:
    """One of the official folds: its .test file is held out."""
    ratings = open_ratings(str(folder))
    pairs = np.loadtxt(folder / f"u{number}.test", dtype=np.int64, usecols=(0, 1))
    user_code = {one: code for code, one in enumerate(ratings.user_ids.tolist())}
    item_code = {one: code for code, one in enumerate(ratings.item_table.ids.tolist())}
    users = np.array([user_code[one] for one in pairs[:, 0].tolist()])
    items = np.array([item_code[one] for one in pairs[:, 1].tolist()])
    held_out = np.zeros(len(ratings.values), dtype=bool)
    held_out[ratings.rows_at(users, items)] = True
    return Measured(ratings, held_out, BEST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inner", action="store_true")
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--fold", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options = parser.parse_args()
    print(
        f"Split seed {SPLIT_SEED}, inner split {INNER_SEED}, model seed {BEST.seed}, shuffled movies {SHUFFLE_SEED}.\n"
    )
    print("| model | held-out RMSE | exact mean | within ± | seconds | processor seconds |\n|---|---|---|---|---|---|")
    if options.folds:
        results = [fold(options.folds, number) for number in options.fold]
        for number, result in zip(options.fold, results, strict=True):
            print(result.row(f"MovieLens 100K, u{number}, best"))
        print(f"| mean | {np.mean([one.rmse for one in results]):.4f} (aim ≤ 0.885) | | | | |")
        return
    ratings = open_ratings(DATA)
    held_out = random_hold_out(ratings, 0.2, SPLIT_SEED)
    if options.inner:
        inner(ratings, held_out)
        return
    print(Measured(ratings, held_out, TUNED).row("tuned biased factors (aim ≤ 0.870)"), flush=True)
    feature_rows(ratings, held_out)


if __name__ == "__main__":
    main()
