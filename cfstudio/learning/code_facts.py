"""What a script depends on: the settings, and what can be said of the data and of the start beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cfstudio.learning.engine import learned_columns
from cfstudio.models.bayes_features import sampled_columns
from cfstudio.models.net import NetFactorization, hidden_sizes
from cfstudio.models.registry import kind_named
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import BoolArray, Ratings

MOST_FLAGS = 20_000_000
"""Numbers of a table of labels up to which it is looked at whether its labels can be told apart."""
HAND_MADE = 1e-6
"""How far the start of a row's part may be from the sum of its labels' numbers and count as being it."""


class NoCode(ValueError):  # noqa: N818 - a sentence for people
    """There is no script for these settings; the sentence says why."""


@dataclass(frozen=True)
class CodeFacts:
    """What a script depends on besides the settings."""

    name: str
    config: TrainingConfig
    n_users: int
    n_items: int
    batch_size: int
    steps_per_epoch: int
    rating_range: tuple[float, float] | None
    global_mean: float
    start_top: float | None
    """Upper end of the uniform start, None for normal(0, 0.01)."""
    has_ids: bool
    """Whether codes are the ranks of the ids, so that the script can find them by itself."""
    has_valid: bool
    """Whether any rating is held out."""
    split_from_seed: bool
    start_from_seed: bool
    is_dense: bool
    """Whether every row moves in every step, so that `torch.optim` does what is wanted."""
    columns: tuple[FeatureColumn, ...] = ()
    """What the model learns from besides ids."""
    has_constants: bool = False
    """Whether a net's rows start with parts that are not the sums of their labels' numbers."""

    @property
    def is_net(self) -> bool:
        """Whether the model has layers."""
        return kind_named(self.config.model).engine == "net"

    @property
    def has_bias(self) -> bool:
        """Whether users and items have a bias."""
        return kind_named(self.config.model).has_bias

    @property
    def drops_out(self) -> bool:
        """Whether numbers are zeroed at random in training."""
        return self.is_net and (self.config.embedding_dropout > 0 or self.config.hidden_dropout > 0)

    @property
    def module(self) -> str:
        """What the script calls the model."""
        return "EmbeddingNet" if self.is_net else "DotBias" if self.has_bias else "Dot"

    @property
    def reads_start(self) -> bool:
        """Whether the script reads `start.npz`."""
        return not (self.split_from_seed and self.start_from_seed)

    @property
    def widths(self) -> tuple[int, int]:
        """Numbers that a user and an item have to themselves."""
        k = self.config.n_factors
        return k, (self.config.n_item_factors or k) if self.is_net else k

    @property
    def layer_widths(self) -> list[int]:
        """A net's numbers from the input on, the output's 1 included."""
        return [sum(self.widths) + sum(one.width for one in self.columns), *hidden_sizes(self.config.hidden), 1]

    def of_side(self, side: Side) -> tuple[FeatureColumn, ...]:
        """The columns of one side."""
        return tuple(one for one in self.columns if one.side == side)


def code_facts(ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> CodeFacts:
    """The facts of a model. Raises NoCode where there is nothing to train."""
    rated = ratings.rated
    trained = rated & ~held_out
    n = int(trained.sum())
    if not n:
        raise NoCode("There is no rating to train on; rate some cells or hold fewer out.")
    columns, fresh = _learned(ratings, held_out, config)
    samples = kind_named(config.model).engine == "sampler"
    if not samples and set(start.arrays()) != set(fresh.arrays()):
        raise NoCode("The present numbers belong to another model than the settings; reset them to see the code.")
    batch_size = min(config.batch_size or n, n)
    sees_all = len(np.unique(ratings.users[trained])) == ratings.n_users and (
        len(np.unique(ratings.items[trained])) == ratings.n_items
    )
    is_plain_dot = config.model == "dot" and not config.sigmoid
    top = float(np.sqrt(max(abs(ratings.scale.low), abs(ratings.scale.high)) / config.n_factors))
    parts = isinstance(start, NetFactorization) and bool(columns)
    # A sampler draws its own start.
    from_seed = samples or (start.equals(fresh) and (not parts or all(map(_tells_labels_apart, columns))))
    moves_all = config.moves_untouched and kind_named(config.model).engine == "rows"
    return CodeFacts(
        name=ratings.name,
        config=config,
        n_users=ratings.n_users,
        n_items=ratings.n_items,
        batch_size=batch_size,
        steps_per_epoch=-(-n // batch_size),
        rating_range=start.rating_range,
        global_mean=float(start.global_mean),
        start_top=top if is_plain_dot else None,
        has_ids=are_ranks(ratings, rated),
        has_valid=bool((rated & held_out).any()),
        split_from_seed=splits_by_seed(ratings, held_out, config),
        start_from_seed=from_seed,
        is_dense=moves_all or (batch_size == n and sees_all),
        columns=columns,
        has_constants=parts and not from_seed and _has_constants(start, columns),
    )


def _learned(
    ratings: Ratings, held_out: BoolArray, config: TrainingConfig
) -> tuple[tuple[FeatureColumn, ...], Factorization]:
    """The columns to learn from and the start of the seed."""
    try:
        fresh = random_start(ratings, config, held_out)
        if kind_named(config.model).engine == "sampler":
            return sampled_columns(ratings, config.features), fresh
        return learned_columns(ratings, config), fresh
    except ValueError as reason:
        raise NoCode(str(reason)) from reason


def splits_by_seed(ratings: Ratings, held_out: BoolArray, config: TrainingConfig) -> bool:
    """Whether the seed alone gives the split."""
    rated = ratings.rated
    return config.split == "random" and np.array_equal(
        held_out[rated], random_hold_out(ratings, config.valid_fraction, config.split_seed)[rated]
    )


def are_ranks(ratings: Ratings, rated: BoolArray) -> bool:
    """Whether `np.unique` of the ids of the rated cells gives the codes."""
    sides = ((ratings.user_ids, ratings.users), (ratings.item_table.ids, ratings.items))
    return all(
        ids.dtype.kind in "iu" and bool((ids[1:] > ids[:-1]).all()) and len(np.unique(codes[rated])) == len(ids)
        for ids, codes in sides
    )


def _tells_labels_apart(column: FeatureColumn) -> bool:
    """Whether sums of labels' numbers give these numbers back: what the engine starts from are such sums."""
    if column.n_rows and int(np.diff(column.starts).max()) <= 1:
        return True
    n = len(column.labels)
    if column.n_rows * n > MOST_FLAGS:
        return False
    flags = np.zeros((column.n_rows, n), dtype=np.float32)
    flags[column.owners, column.members] = 1.0
    return bool(np.linalg.matrix_rank((flags.T @ flags).astype(np.float64), hermitian=True) == n)


def _has_constants(start: Factorization, columns: tuple[FeatureColumn, ...]) -> bool:
    return any(
        bool(np.abs(part - column.summed(column.table_for(part))).max(initial=0.0) > HAND_MADE)
        for column, part in feature_parts(start, columns)
    )


def feature_parts(
    start: Factorization, columns: tuple[FeatureColumn, ...]
) -> list[tuple[FeatureColumn, np.ndarray[tuple[int, ...], np.dtype[np.floating]]]]:
    """Each column of a net with its part of the rows, (n_rows, width)."""
    found = []
    for side, rows in (("user", start.user_factors), ("item", start.item_factors)):
        mine = [column for column in columns if column.side == side]
        begin = rows.shape[1] - sum(column.width for column in mine)
        for column in mine:
            found.append((column, rows[:, begin : begin + column.width]))
            begin += column.width
    return found
