"""The lesson's own models with the lesson's settings: `python tests/benchmarks/lesson_models.py [MODEL…] [--seed 42]`.

Trains dot product, dot product with biases and the net as the lesson's notebook does, through the program's own start,
trainer and engines, on a random 20 % split of ml-latest-small-2016, and prints the held-out mean squared error after
each epoch beside what the notebook printed (on its own random split). The notebook's SGD has momentum 0.9 and L2 decay,
its learning rate is set to a tenth for the last three epochs. The starts are the lesson's, too: uniform(0, 0.05) for
the plain dot product, uniform(-0.01, 0.01) with biases; the net's is the program's own.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

from cfstudio.exchange.open_any import open_document_ratings
from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.trainer import Trainer
from cfstudio.models.start_distribution import StartDistribution
from cfstudio.workspace.presets import hold_out_for, starting_factors

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "lesson_results.json"
DATA = "ml-latest-small-2016"


@dataclass(frozen=True)
class Lesson:
    """A model's settings, and its learning rate from an epoch on."""

    config: TrainingConfig
    rates: tuple[tuple[int, float], ...] = ()
    start: StartDistribution | None = None


BY_SGD = TrainingConfig(
    optimizer="momentum",
    momentum=0.9,
    decay_kind="l2",
    schedule="constant",
    learning_rate=0.1,
    batch_size=64,
    epochs=6,
    n_factors=50,
    moves_untouched=True,
)
LESSONS = {
    "dot": Lesson(
        replace(BY_SGD, model="dot", sigmoid=False, weight_decay=1e-5),
        rates=((3, 0.01),),
        start=StartDistribution(high=0.05),
    ),
    "dot-bias": Lesson(
        replace(BY_SGD, model="dot-bias", weight_decay=2e-4),
        rates=((3, 0.01),),
        start=StartDistribution(low=-0.01, high=0.01),
    ),
    "net": Lesson(
        replace(
            BY_SGD,
            model="net",
            optimizer="adam",
            beta2=0.999,
            epsilon=1e-8,
            learning_rate=1e-3,
            weight_decay=1e-5,
            hidden="10",
            embedding_dropout=0.05,
            hidden_dropout=0.5,
        )
    ),
}


def train(lesson: Lesson, seed: int = 42, split_seed: int = 42) -> list[float]:
    """Held-out mean squared error after each epoch, in squared rating points."""
    config = replace(lesson.config, seed=seed, split_seed=split_seed)
    ratings = open_document_ratings(DATA, None)
    held_out = hold_out_for(ratings, config)
    start = starting_factors(ratings, config, held_out)
    if lesson.start is not None:
        numbers = replace(lesson.start, seed=seed)
        drawn = numbers.draw(ratings.n_users, ratings.n_items, config.n_factors, with_bias=start.has_bias)
        start = start.with_arrays(drawn.arrays())
    trainer = Trainer(ratings, held_out, start, config)
    for epoch in range(config.epochs):
        for first, rate in lesson.rates:
            if epoch == first:
                trainer.change(replace(trainer.config, learning_rate=rate))
        trainer.run_epoch()
    return [float(row["valid_rmse"] or 0.0) ** 2 for row in trainer.history.epoch_rows()]


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=list(LESSONS))
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--split-seed", type=int, default=42)
    asked = parser.parse_args()
    known = json.loads(REFERENCE.read_text(encoding="utf-8"))["notebook"] if REFERENCE.exists() else {}
    for name in asked.models:
        found = train(LESSONS[name], asked.seed, asked.split_seed)
        key = {"dot-bias": "dot_bias", "net": "embedding_net"}.get(name, name)
        notebook = known.get(key, {}).get("valid_mse_by_epoch", [])
        print(f"{name}: {' '.join(f'{one:.4f}' for one in found)}")
        print(f"{'notebook':>{len(name)}}: {' '.join(f'{one:.4f}' for one in notebook)}")


if __name__ == "__main__":
    main()
