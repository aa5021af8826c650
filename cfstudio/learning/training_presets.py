"""Settings under a name: where a run starts from on the command line (`--preset`) and in the panel's list."""

from __future__ import annotations

from dataclasses import dataclass

from cfstudio.learning.config import TrainingConfig


@dataclass(frozen=True)
class TrainingPreset:
    """A name for scripts, a label and a sentence for people, and the settings."""

    name: str
    label: str
    help: str
    config: TrainingConfig


TRAINING_PRESETS = (
    TrainingPreset(
        "default",
        "Default",
        "dot product with biases, row-wise Adam, five epochs: good in a tenth of a second",
        TrainingConfig(),
    ),
    TrainingPreset(
        "lesson-dot",
        "Lesson: dot product",
        "as in the lesson's notebook, which lowers the learning rate to 0.01 after three epochs",
        TrainingConfig(
            model="dot",
            sigmoid=False,
            optimizer="momentum",
            learning_rate=0.1,
            weight_decay=1e-5,
            decay_kind="l2",
            moves_untouched=True,
            schedule="constant",
            epochs=6,
        ),
    ),
    TrainingPreset(
        "lesson-bias",
        "Lesson: with biases",
        "the same with biases and a sigmoid range",
        TrainingConfig(
            optimizer="momentum",
            learning_rate=0.1,
            weight_decay=2e-4,
            bias_decay=-1.0,
            decay_kind="l2",
            moves_untouched=True,
            schedule="constant",
            epochs=6,
        ),
    ),
    TrainingPreset(
        "lesson-net",
        "Lesson: neural net",
        "the lesson's net with one hidden layer of ten",
        TrainingConfig(
            model="net",
            hidden="10",
            embedding_dropout=0.05,
            hidden_dropout=0.5,
            optimizer="adam",
            learning_rate=1e-3,
            weight_decay=1e-5,
            decay_kind="l2",
            schedule="constant",
            epochs=6,
        ),
    ),
    TrainingPreset(
        "best",
        "Best",
        "a Bayesian factorization machine with every column of the data and the sets of who rated what: the lowest "
        "error on ratings it has not seen, in seconds",
        TrainingConfig(model="bayes", sigmoid=False, n_factors=50, epochs=250, features="all"),
    ),
)
"""Chosen on parts of training data only: `tests/benchmarks/accuracy.py` prints the figures."""

PRESET_NAMES = tuple(preset.name for preset in TRAINING_PRESETS)


def training_preset(name: str) -> TrainingPreset:
    """The preset of that name. Raises ValueError with a sentence for an unknown one."""
    for preset in TRAINING_PRESETS:
        if preset.name == name:
            return preset
    raise ValueError(f"There is no preset “{name}”; there are {', '.join(PRESET_NAMES)}.")
