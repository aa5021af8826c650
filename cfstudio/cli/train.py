"""`cfstudio train`: fit a model without a window and write a session."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cfstudio.cli.arguments import columns_option
from cfstudio.cli.interrupt import Interrupt
from cfstudio.cli.output import finite_or_none, force_option, json_option, print_json, print_table, refuse_to_overwrite
from cfstudio.cli.setting_options import chosen_config, preset_option, setting_options
from cfstudio.cli.training_progress import TrainingProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.config import TrainingConfig
    from cfstudio.learning.history import History
    from cfstudio.learning.make_trainer import AnyTrainer as Trainer
    from cfstudio.ratings.table import BoolArray, Ratings

T = TypeVar("T")

MOST_EPOCHS_LISTED = 25
"""Rows of the table for people; `--json` has every epoch."""
CHUNK_SECONDS = 0.1
"""How long training runs between two looks at Ctrl-C and the progress bar."""


@click.command()
@click.argument("data")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The session file to write."
)
@preset_option
@setting_options
@columns_option
@force_option
@json_option
def command(
    data: str,
    out: Path,
    preset: str,
    columns: dict[str, str] | None,
    force: bool,
    as_json: bool,
    **settings: Any,  # noqa: ANN401
) -> int:
    """Train a model on DATA, the name of a known data set or a file of ratings, and write a session.

    Of a workbook the crosstab's ratings are taken, or those that its first page lists.
    Ctrl-C ends the training early; what it has learned by then is saved.
    """
    from cfstudio.learning.make_trainer import posterior_of
    from cfstudio.workspace.session import Session, save_session

    config = _config(preset, settings)
    refuse_to_overwrite(out, force=force)
    ratings, held_out, trainer = _prepared(data, columns, config)
    with Interrupt() as interrupt, TrainingProgress(trainer) as progress:
        _train(trainer, lambda: interrupt.requested, progress.update)
    session = Session(ratings, held_out, trainer.factorization(), config, trainer.history)
    session.posterior = posterior_of(trainer)
    save_session(session, out)
    if interrupt.requested:
        click.echo(f"Stopped after step {trainer.step} of {trainer.total_steps}; saved to {out}.", err=True)
    summary = _summary(trainer, ratings, held_out)
    if as_json:
        print_json(summary)
    else:
        _print_summary(summary, out)
    return int(interrupt.requested)


def _config(preset: str, settings: dict[str, Any]) -> TrainingConfig:
    try:
        return chosen_config(preset, settings)
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error


def _prepared(data: str, columns: dict[str, str] | None, config: TrainingConfig) -> tuple[Ratings, BoolArray, Trainer]:
    """Ratings, their split, and a trainer at its first step."""
    from cfstudio.exchange.open_any import open_document_ratings
    from cfstudio.learning.make_trainer import make_trainer
    from cfstudio.workspace.presets import hold_out_for, starting_factors

    ratings = open_document_ratings(data, columns)
    held_out = hold_out_for(ratings, config)
    start = starting_factors(ratings, config, held_out)
    try:
        trainer = make_trainer(ratings, held_out, start, config)
    except (ValueError, RuntimeError) as error:  # nothing to train on, a device that is not there
        raise click.ClickException(str(error)) from error
    return ratings, held_out, trainer


def _train(trainer: Trainer, is_stopped: Callable[[], bool], show: Callable[[], None]) -> None:
    """Train to the end in chunks of about `CHUNK_SECONDS`. Raises click.ClickException if the model diverges."""
    from cfstudio.learning.trainer import TrainingDiverged

    n_steps = 1
    try:
        while not trainer.finished and not is_stopped():
            began = time.perf_counter()
            trainer.advance(n_steps)
            seconds = max(time.perf_counter() - began, 1e-6)
            # The first steps compile or warm up: grow towards the speed instead of trusting one measurement.
            n_steps = max(1, min(2 * n_steps, int(n_steps * CHUNK_SECONDS / seconds)))
            show()
    except TrainingDiverged as error:
        raise click.ClickException(str(error)) from error


def _summary(trainer: Trainer, ratings: Ratings, held_out: BoolArray) -> dict[str, Any]:
    """The result of a run as JSON values."""
    history: History = trainer.history
    rated = ratings.rated
    epochs = [
        {name: finite_or_none(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in history.epoch_rows()
    ]
    valid = [row["valid_rmse"] for row in epochs if row["valid_rmse"] is not None]
    return {
        "epochs": epochs,
        "best_valid_rmse": min(valid, default=None),
        "n_users": ratings.n_users,
        "n_items": ratings.n_items,
        "n_train": int((rated & ~held_out).sum()),
        "n_valid": int((rated & held_out).sum()),
        "device": trainer.device,
        "engine": trainer.engine_name,
    }


def _print_summary(summary: dict[str, Any], out: Path) -> None:
    missing = float("nan")
    print_table(
        ("Epoch", "RMSE of training cells", "RMSE of held-out cells", "Seconds"),
        [
            (
                row["epoch"],
                *(missing if row[name] is None else row[name] for name in ("train_rmse", "valid_rmse")),
                row["seconds"],
            )
            for row in _some(summary["epochs"])
        ],
    )
    n_cells = f"{summary['n_train']:,} ratings trained on, {summary['n_valid']:,} held out"
    click.echo(f"{summary['n_users']:,} users × {summary['n_items']:,} items, {n_cells}; saved to {out}.")


def _some(rows: list[T]) -> list[T]:
    """All of a few rows, else so many evenly spaced ones that a person reads, the last among them."""
    every = -(-len(rows) // MOST_EPOCHS_LISTED)
    return rows[(len(rows) - 1) % every :: every] if rows else rows
