"""Training settings that have a name: what a data set opens with, plain ones of its size, and the presets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cfstudio.learning.config import TrainingConfig
from cfstudio.learning.training_presets import TRAINING_PRESETS

if TYPE_CHECKING:
    from cfstudio.ratings.table import Ratings
    from cfstudio.workspace.presets import Preset

KEPT = ("split", "valid_fraction", "valid_file", "last_n", "n_folds", "fold", "split_seed", "seed", "device")
"""What named settings leave as it is: what is held out, the seed, the device."""


@dataclass(frozen=True)
class NamedSettings:
    """Settings with their name and a sentence about what they are good for."""

    name: str
    help: str
    config: TrainingConfig

    def is_like(self, config: TrainingConfig) -> bool:
        """Whether settings are these, apart from what names leave alone."""
        return replace(self.config, **{name: getattr(config, name) for name in KEPT}) == config


def named_settings(ratings: Ratings, preset: Preset) -> list[NamedSettings]:
    """The named settings that suit a data set."""
    n_all = ratings.n_rated <= 1_000
    rate = 0.05 if n_all else 5e-3
    plain = TrainingConfig(
        model="dot", sigmoid=False, weight_decay=0.0, schedule="constant", learning_rate=rate,
        batch_size=0 if n_all else 64, n_factors=5 if n_all else 50, epochs=300 if n_all else 5,
    )  # fmt: skip
    return [
        NamedSettings("As opened", "What this data set opens with", preset.config),
        NamedSettings("Dot product", "The lesson's first model: nothing but the product of the factors", plain),
        NamedSettings(
            "With biases and range",
            "The lesson's second model: one bias per user and item, predictions squashed onto the range",
            replace(plain, model="dot-bias", sigmoid=True),
        ),
        NamedSettings(
            "Plain SGD",
            "No memory in the optimizer: every step is rate × gradient",
            replace(plain, model="dot-bias", sigmoid=True, optimizer="sgd", learning_rate=0.5 if n_all else 2.0),
        ),
        *(NamedSettings(one.label, one.help[0].upper() + one.help[1:], one.config) for one in TRAINING_PRESETS),
    ]  # fmt: skip
