"""The present model, data preparation and loop as a plain PyTorch script that gives the same errors without us.

A script is put together from pieces that hold only what the settings use; `code_pieces` has them. It reads
`ratings.csv`, and `start.npz` where seeds do not give split or start.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning.code_fastai import fastai_part
from cfstudio.learning.code_pieces import data_part, loop_part, model_part, order_part
from cfstudio.learning.code_updates import update_part
from cfstudio.models.registry import kind_named
from cfstudio.models.start import random_start
from cfstudio.ratings.split import random_hold_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

MODELS = ("dot", "dot-bias")


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

    @property
    def needs_file(self) -> bool:
        """Whether the script reads `start.npz`."""
        return not (self.split_from_seed and self.start_from_seed)


@dataclass(frozen=True)
class Script:
    """A script, the same with fastai, and what makes the files that both read, by name: it may take seconds."""

    text: str
    fastai: str
    files: dict[str, Callable[[], bytes]]


def show_code(ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> Script:
    """The script that trains from `start` with these settings.

    Raises NoCode for a model that is neither the dot product nor the one with biases.
    """
    if config.model not in MODELS or (config.features and kind_named(config.model).takes_features):
        raise NoCode(
            "Code is shown for the dot product and the model with biases, without further columns; choose one of them."
        )
    facts = _facts(ratings, held_out, start, config)
    parts = [data_part(facts), model_part(facts), order_part(facts), update_part(facts), loop_part(facts)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    files: dict[str, Callable[[], bytes]] = {"ratings.csv": partial(_ratings_csv, ratings, facts)}
    if facts.needs_file:
        files["start.npz"] = partial(_start_file, ratings, held_out, start, facts)
    return Script(text, fastai_part(facts), files)


def _facts(ratings: Ratings, held_out: BoolArray, start: Factorization, config: TrainingConfig) -> CodeFacts:
    rated = ratings.rated
    trained = rated & ~held_out
    n = int(trained.sum())
    if not n:
        raise NoCode("There is no rating to train on; rate some cells or hold fewer out.")
    batch_size = min(config.batch_size or n, n)
    fresh = random_start(ratings, config, held_out)
    split = config.split == "random" and np.array_equal(
        held_out[rated], random_hold_out(ratings, config.valid_fraction, config.split_seed)[rated]
    )
    sees_all = len(np.unique(ratings.users[trained])) == ratings.n_users and (
        len(np.unique(ratings.items[trained])) == ratings.n_items
    )
    is_plain_dot = config.model == "dot" and not config.sigmoid
    top = float(np.sqrt(max(abs(ratings.scale.low), abs(ratings.scale.high)) / config.n_factors))
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
        has_ids=_are_ranks(ratings, rated),
        has_valid=bool((rated & held_out).any()),
        split_from_seed=split,
        start_from_seed=start.equals(fresh),
        is_dense=config.moves_untouched or (batch_size == n and sees_all),
    )


def _are_ranks(ratings: Ratings, rated: BoolArray) -> bool:
    """Whether `np.unique` of the ids of the rated cells gives the codes."""
    sides = ((ratings.user_ids, ratings.users), (ratings.item_table.ids, ratings.items))
    return all(
        ids.dtype.kind in "iu" and bool((ids[1:] > ids[:-1]).all()) and len(np.unique(codes[rated])) == len(ids)
        for ids, codes in sides
    )


def _ratings_csv(ratings: Ratings, facts: CodeFacts) -> bytes:
    rated = ratings.rated
    users, items = ratings.users[rated], ratings.items[rated]
    if facts.has_ids:
        users, items = ratings.user_ids[users], ratings.item_table.ids[items]
    rows = zip(users.tolist(), items.tolist(), ratings.values[rated].tolist(), strict=True)
    return ("userId,movieId,rating\n" + "".join(f"{u},{i},{r!r}\n" for u, i, r in rows)).encode()


def _start_file(ratings: Ratings, held_out: BoolArray, start: Factorization, facts: CodeFacts) -> bytes:
    arrays: dict[str, NDArray[Any]] = {}
    if not facts.split_from_seed:
        arrays["held_out"] = held_out[ratings.rated]
    if not facts.start_from_seed:
        arrays["user_factors"], arrays["item_factors"] = start.user_factors, start.item_factors
        if start.user_bias is not None and start.item_bias is not None:
            arrays["user_bias"], arrays["item_bias"] = start.user_bias[:, None], start.item_bias[:, None]
    arrays = {name: one.astype(np.float32) if one.dtype.kind == "f" else one for name, one in arrays.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type] # the stub takes the names for `allow_pickle`
    return file.getvalue()
