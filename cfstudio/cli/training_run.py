"""The run of `cfstudio train`: a new one, or a saved one that goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.make_trainer import AnyTrainer
    from cfstudio.ratings.table import BoolArray, Ratings

Run = tuple["Ratings", "BoolArray", "AnyTrainer"]


def new_run(data: str, columns: dict[str, str] | None, valid_file: str | None, config: TrainingConfig) -> Run:
    """Ratings, their split, and a trainer at its first step. Raises click.ClickException with a sentence."""
    from cfstudio.exchange.open_any import open_document_ratings
    from cfstudio.learning.make_trainer import make_trainer
    from cfstudio.ratings.valid_file import with_held_out
    from cfstudio.workspace.presets import hold_out_for, starting_factors

    ratings = open_document_ratings(data, columns)
    try:
        if valid_file is None:
            held_out = hold_out_for(ratings, config)
        else:
            ratings, held_out = with_held_out(ratings, open_document_ratings(valid_file, columns))
        return ratings, held_out, make_trainer(ratings, held_out, starting_factors(ratings, config, held_out), config)
    except (ValueError, RuntimeError) as error:  # a split the data has nothing for, a device that is not there
        raise click.ClickException(str(error)) from error


def resumed_run(data: str) -> Run:
    """The run of a session where it was interrupted. Raises click.ClickException with a sentence."""
    from cfstudio.learning.make_trainer import resumed_trainer
    from cfstudio.workspace.session import open_session

    session = open_session(Path(data))
    state = session.unfinished
    if state is None:
        raise click.ClickException(f"{data} holds no unfinished run; train on it without --resume.")
    try:
        trainer = resumed_trainer(session.ratings, session.held_out, state.factors, state)
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    return session.ratings, session.held_out, trainer
