"""Which settings a data set opens with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cfstudio.learning.config import TrainingConfig
from cfstudio.models.lesson_start import lesson_start
from cfstudio.models.registry import kind_named
from cfstudio.models.start import random_start
from cfstudio.ratings.split import fold_hold_out, last_hold_out, random_hold_out, user_hold_out

if TYPE_CHECKING:
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.order import OrderName
    from cfstudio.ratings.table import BoolArray, Ratings

SMALL_SHEET = 1_000
"""Ratings up to which a data set is treated as a crosstab to read number by number."""

LESSON_FACTORS = 5
LESSON_SHAPE = 15, 15
"""The lesson's workbook has five factors for 15 users and movies, with starting numbers of its own."""


@dataclass(frozen=True)
class Preset:
    """Training settings, display order and training speed (steps per second) of a freshly opened data set."""

    config: TrainingConfig
    order: OrderName
    steps_per_second: float


def preset_for(ratings: Ratings) -> Preset:
    """The lesson's own settings for a crosstab, the measured defaults for real data.

    A crosstab takes all ratings in every step, 300 steps of Adam at 0.05, nothing held out: the lesson's sheet then
    goes from 2.806 to about 0.39 in five seconds.
    """
    if ratings.n_rated <= SMALL_SHEET:
        config = TrainingConfig(
            model="dot",
            sigmoid=False,
            n_factors=LESSON_FACTORS,
            learning_rate=0.05,
            weight_decay=0.0,
            batch_size=0,
            epochs=300,
            schedule="constant",
            valid_fraction=0.0,
        )
        return Preset(config, order="file", steps_per_second=60)
    return Preset(TrainingConfig(), order="count", steps_per_second=500)


def starting_factors(ratings: Ratings, config: TrainingConfig, held_out: BoolArray) -> Factorization:
    """The factors a run starts from: the workbook's own numbers where they fit, else random ones from the seed."""
    is_workbook = ratings.name == "lesson" and (ratings.n_users, ratings.n_items) == LESSON_SHAPE
    is_sum = kind_named(config.model).engine == "rows"
    has_its_model = is_sum and config.n_factors == LESSON_FACTORS and not config.sigmoid
    if is_workbook and has_its_model and config.seed == TrainingConfig().seed:
        return lesson_start(bias=config.model == "dot-bias")
    return random_start(ratings, config, held_out)


def hold_out_for(ratings: Ratings, config: TrainingConfig) -> BoolArray:
    """The cells that these settings hold out.

    Raises ValueError with a sentence where the data lacks what the split needs: times, a second file.
    """
    if config.split == "last":
        return last_hold_out(ratings, config.last_n)
    if config.split == "users":
        return user_hold_out(ratings, config.valid_fraction, config.split_seed)
    if config.split == "folds":
        return fold_hold_out(ratings, config.n_folds, config.fold, config.split_seed)
    if config.split == "file":
        raise ValueError(
            "A split by file needs the file of held-out ratings: choose it under Held out, Split, From a file…, "
            "or give cfstudio train … --valid-file FILE."
        )
    return random_hold_out(ratings, config.valid_fraction, config.split_seed)
