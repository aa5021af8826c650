"""One peer's training, an epoch at a time; started by `peers.py` with the Python that has the peer.

Usage: PYTHON tests/benchmarks/peer.py NAME DATA.npz. Before each epoch (fastai) or measurement (the others) it prints
`ready` and waits for a line; after it, a JSON object with `seconds` of training alone and, where known, `rmse`.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

FACTORS = 50
EPOCHS = 5
DIFFERENCE = 20
"""Epochs between two fits whose difference is measured: set-up costs nothing then."""


def wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def say(**result: object) -> None:
    print(json.dumps(result), flush=True)


def fastai(data, kind: str) -> None:
    """`collab_learner` as shipped, but with the loader that permutes instead of drawing with replacement."""
    import pandas as pd
    import torch
    from fastai.callback.core import Callback
    from fastai.collab import TabularCollab, collab_learner
    from fastai.data.block import RegressionBlock
    from fastai.optimizer import SGD, Adam
    from fastai.tabular.core import Categorify, TabDataLoader

    torch.set_num_threads(1)
    batch_size = 1024 if kind == "1024" else 64
    n = len(data["train_ratings"])
    columns = ("users", "items", "ratings")
    frame = pd.DataFrame({name: np.concatenate([data[f"train_{name}"], data[f"valid_{name}"]]) for name in columns})
    frame["ratings"] = frame["ratings"].astype("float32")
    splits = (list(range(n)), list(range(n, len(frame))))
    table = TabularCollab(
        frame, [Categorify], list(columns[:2]), y_names=["ratings"], y_block=RegressionBlock(), splits=splits
    )
    loaders = table.dataloaders(bs=batch_size, dl_type=TabDataLoader)

    class Timed(Callback):
        def before_train(self) -> None:
            wait()
            self.began = time.perf_counter()

        def after_train(self) -> None:
            self.seconds = time.perf_counter() - self.began

        def after_epoch(self) -> None:
            say(seconds=self.seconds, rmse=float(self.learn.recorder.values[-1][-1]) ** 0.5)

    torch.manual_seed(42)
    options = {"opt_func": SGD, "moms": (0, 0, 0), "wd": 0.0} if kind == "sgd" else {"opt_func": Adam, "wd": 0.1}
    learner = collab_learner(loaders, n_factors=FACTORS, y_range=(0, 5.5), **options)
    with learner.no_bar(), learner.no_logging():
        timed = Timed()
        timed.order = 60
        if kind == "sgd":
            learner.fit(EPOCHS, 0.5, cbs=timed)
        else:
            learner.fit_one_cycle(EPOCHS, 5e-3, cbs=timed)


def by_difference(fit) -> None:
    """Seconds an epoch takes, again and again."""
    fit(1)
    while True:
        wait()
        times = []
        for n_epochs in (1, 1 + DIFFERENCE):
            began = time.perf_counter()
            fit(n_epochs)
            times.append(time.perf_counter() - began)
        say(seconds=(times[1] - times[0]) / DIFFERENCE)


def cornac(data) -> None:
    from cornac.data import Dataset
    from cornac.models import MF

    triples = list(zip(*(data[f"train_{name}"].tolist() for name in ("users", "items", "ratings")), strict=True))
    train = Dataset.from_uir(triples)
    by_difference(lambda n: MF(k=FACTORS, max_iter=n, learning_rate=0.01, num_threads=1, verbose=False).fit(train))


def surprise(data) -> None:
    import pandas as pd
    from surprise import SVD, Dataset, Reader

    frame = pd.DataFrame({name: data[f"train_{name}"] for name in ("users", "items", "ratings")})
    train = Dataset.load_from_df(frame, Reader(rating_scale=(0.5, 5))).build_full_trainset()
    by_difference(lambda n: SVD(n_factors=FACTORS, n_epochs=n).fit(train))


def main() -> None:
    name, path = sys.argv[1:]
    data = dict(np.load(path))
    peer, _, kind = name.partition("-")
    if peer == "fastai":
        fastai(data, kind)
    else:
        {"cornac": cornac, "surprise": surprise}[peer](data)


if __name__ == "__main__":
    main()
