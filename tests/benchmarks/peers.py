"""Training against other programs, epoch by epoch in turn on one thread; prints one table.

Usage: python tests/benchmarks/peers.py [--fastai PYTHON] [--surprise PYTHON] [--cornac PYTHON] [--rounds 5]
PYTHON is an interpreter that has the peer (fastai 2.8; scikit-surprise; cornac), in an environment of its own; a peer
without one is skipped. All fit 50 factors and biases to the same 80 % of ml-latest-small-2016. fastai trains with
`dl_type=TabDataLoader`, which shows every rating once an epoch: as shipped it draws them with replacement.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.ratings.catalog import open_ratings
from cfstudio.workspace.presets import hold_out_for, starting_factors

DATA = "ml-latest-small-2016"
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

DEFAULTS = TrainingConfig(device="cpu")
PLAIN_SGD = replace(DEFAULTS, optimizer="sgd", learning_rate=0.5, weight_decay=0.0, schedule="constant")
THOUSAND = replace(DEFAULTS, batch_size=1_024)


class Peer:
    """Another program in a process of its own, which waits before each epoch."""

    def __init__(self, python: str, name: str, data: Path) -> None:
        command = [python, str(Path(__file__).with_name("peer.py")), name, str(data)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=ONE_THREAD, text=True
        )

    def epoch(self) -> dict[str, float]:
        while (line := self._process.stdout.readline()).strip() != "ready":
            if not line:
                raise RuntimeError("The peer has ended; run peer.py by hand to see why.")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.wait()


class Ours:
    """A run of `rounds` epochs, timed as the peers are: training alone, without evaluations."""

    def __init__(self, ratings, config: TrainingConfig, rounds: int) -> None:
        config = replace(config, epochs=rounds)
        held_out = hold_out_for(ratings, config)
        self.trainer = Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)

    def epoch(self) -> float:
        before = self.trainer.seconds
        self.trainer.run_epoch()
        return self.trainer.seconds - before

    @property
    def rmse(self) -> float:
        return float(self.trainer.history.valid_rmse[-1])


def row(title: str, pairs: list[tuple[float, float]], aim: str) -> tuple[str, str, str]:
    ratios = [theirs / ours for theirs, ours in pairs]
    theirs, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    spread = f"{min(ratios):.3g}–{max(ratios):.3g}"
    return title, f"{statistics.median(ratios):.3g}× ({spread}; {theirs * 1e3:.3g} ms / {ours * 1e3:.3g} ms)", aim


def against_fastai(python: str, ratings, data: Path, rounds: int) -> list[tuple[str, str, str]]:
    rows = []
    cases = (
        ("fastai-adam", DEFAULTS, "fastai, Adam, 64 a step, an epoch", "≥ 200×", "≤ 0.876"),
        ("fastai-sgd", PLAIN_SGD, "fastai, SGD, 64 a step, an epoch", "≥ 400×", ""),
        ("fastai-1024", THOUSAND, "fastai, Adam, 1,024 a step, an epoch", "≥ 5×", "≤ 0.876"),
    )
    for name, config, title, aim, rmse_aim in cases:
        ours, pairs, result = Ours(ratings, config, rounds), [], {}
        with Peer(python, name, data) as peer:
            for _ in range(rounds):
                result = peer.epoch()
                pairs.append((result["seconds"], ours.epoch()))
        rows.append(row(title, pairs, aim))
        rows.append(
            (f"  held-out RMSE after {rounds} epochs, fastai {result['rmse']:.4f}", f"{ours.rmse:.4f}", rmse_aim)
        )
        if name == "fastai-adam":
            rows.append(time_to_quality(ratings, sum(seconds for seconds, _ in pairs)))
    return rows


def time_to_quality(ratings, fastai_seconds: float) -> tuple[str, str, str]:
    """Our seconds, evaluations included in no one's, until the held-out RMSE is 0.870."""
    config = replace(QUALITY, target_rmse=0.870)
    held_out = hold_out_for(ratings, config)
    trainer = Trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)
    while not trainer.finished:
        trainer.run_epoch()
    reached, best = trainer.history.valid_rmse[-1], trainer.history.best_valid[0]
    figure = (
        f"1/{fastai_seconds / trainer.seconds:.0f} ({trainer.seconds:.2f} s)"
        if reached <= 0.870
        else f"not reached, {best:.4f}"
    )
    return "time to a held-out RMSE of 0.870, of fastai's epochs", figure, "≤ 1/50"


QUALITY = replace(DEFAULTS, n_factors=100, epochs=40, learning_rate=5e-3)


def against_loops(python: str, name: str, ratings, data: Path, rounds: int, aim: str) -> tuple[str, str, str]:
    """SGD of ours, 64 a step, against one rating at a time: how many times as many ratings a second."""
    ours, pairs = Ours(ratings, PLAIN_SGD, 20 * rounds), []
    with Peer(python, name, data) as peer:
        for _ in range(rounds):
            theirs = peer.epoch()["seconds"]
            pairs.append((theirs, statistics.median(ours.epoch() for _ in range(20))))
    return row(f"{name.capitalize()}, SGD, ratings a second", pairs, aim)


def save_split(ratings, path: Path) -> None:
    held_out = hold_out_for(ratings, DEFAULTS)
    columns = {"users": ratings.users, "items": ratings.items, "ratings": ratings.values}
    parts = {"train": ~held_out, "valid": held_out}
    np.savez(
        path, **{f"{part}_{name}": column[rows] for part, rows in parts.items() for name, column in columns.items()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("fastai", "surprise", "cornac"):
        parser.add_argument(f"--{name}", metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ratings = open_ratings(DATA)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "split.npz"
        save_split(ratings, data)
        if options.cornac:
            rows.append(against_loops(options.cornac, "cornac", ratings, data, options.rounds, "≥ 0.4×"))
        if options.surprise:
            rows.append(against_loops(options.surprise, "surprise", ratings, data, options.rounds, "≥ 3×"))
        if options.fastai:
            rows += against_fastai(options.fastai, ratings, data, options.rounds)
    print("| measure | figure | aim |\n|---|---|---|")
    for each in rows:
        print("| " + " | ".join(each) + " |")


if __name__ == "__main__":
    main()
