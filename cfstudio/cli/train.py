"""`cfstudio train`: fit a model without a window and write a session."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cfstudio.cli.arguments import columns_option
from cfstudio.cli.interrupt import Interrupt
from cfstudio.cli.output import finite_or_none, force_option, json_option, print_json, print_table, refuse_to_overwrite
from cfstudio.cli.setting_options import chosen_config, given_settings, option_name, preset_option, setting_options
from cfstudio.cli.training_progress import TrainingProgress
from cfstudio.cli.training_run import new_run, resumed_run
from cfstudio.learning.setting import matters

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
@click.option(
    "--valid-file",
    metavar="FILE",
    help="Ratings to hold out, as u1.test; those that DATA lacks join it. The rest of DATA is trained on.",
)
@click.option("--resume", is_flag=True, help="Go on with the unfinished run of the session DATA, under its settings.")
@preset_option
@setting_options
@columns_option
@force_option
@json_option
def command(
    data: str,
    out: Path,
    valid_file: str | None,
    resume: bool,
    preset: str,
    columns: dict[str, str] | None,
    force: bool,
    as_json: bool,
    **settings: Any,  # noqa: ANN401
) -> int:
    """Train a model on DATA, the name of a known data set or a file of ratings, and write a session.

    An optimizer other than Adam brings a learning rate and weight decay that suit it, unless they are given.
    Of a workbook the crosstab's ratings are taken, or those that its first page lists.
    Ctrl-C ends the training early; what it has learned by then is saved, and goes on with --resume.
    """
    from cfstudio.learning.make_trainer import posterior_of, unfinished_state_of
    from cfstudio.workspace.session import Session, save_session

    _refuse_contradictions(settings, valid_file, resume=resume)
    refuse_to_overwrite(out, force=force)
    if resume:
        ratings, held_out, trainer = resumed_run(data)
    else:
        config = _config(preset, settings, valid_file)
        _say_what_is_idle(given_settings(settings), config)
        ratings, held_out, trainer = new_run(data, columns, valid_file, config)
    with Interrupt() as interrupt, TrainingProgress(trainer) as progress:
        divergence = _train(trainer, lambda: interrupt.requested, progress.update)
    session = Session(ratings, held_out, trainer.factorization(), trainer.config, trainer.history)
    session.unfinished = None if divergence else unfinished_state_of(trainer)
    session.posterior = posterior_of(trainer)
    save_session(session, out)
    _say_how_it_ended(trainer, out, divergence)
    summary = _summary(trainer, ratings, held_out)
    if as_json:
        print_json(summary)
    else:
        _print_summary(summary, out)
    return int(not trainer.finished)


def _refuse_contradictions(settings: dict[str, Any], valid_file: str | None, *, resume: bool) -> None:
    context, given = click.get_current_context(), given_settings(settings)
    if resume and (given or valid_file):
        raise click.UsageError("A run goes on under its own settings and split: give --resume without others.", context)
    if valid_file and given.keys() & {"valid_fraction", "last_n", "n_folds", "fold", "split_seed"}:
        raise click.UsageError("--valid-file says what is held out: give no other options of the split.", context)
    if settings["split"] == "file" and not valid_file:
        raise click.UsageError("--split file needs the file of held-out ratings: --valid-file FILE.", context)


def _config(preset: str, settings: dict[str, Any], valid_file: str | None) -> TrainingConfig:
    try:
        config = chosen_config(preset, settings)
        return replace(config, split="file", valid_file=Path(valid_file).name) if valid_file else config
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from error


def _say_what_is_idle(given: dict[str, Any], config: TrainingConfig) -> None:
    """Name on stderr the given options that have no effect under the other settings."""
    idle = [option_name(one.name) for one in fields(config) if one.name in given and not matters(one, config)]
    if idle:
        verb = "have" if len(idle) > 1 else "has"
        click.echo(f"{', '.join(idle)} {verb} no effect with the other settings (model {config.model}).", err=True)


def _say_how_it_ended(trainer: Trainer, out: Path, divergence: str) -> None:
    """On stderr, where it is not simply the end of all epochs."""
    if trainer.notice:
        click.echo(trainer.notice, err=True)
    if divergence:
        click.echo(f"Error: {divergence} They are saved to {out}.", err=True)
    elif not trainer.finished:
        click.echo(
            f"Stopped after step {trainer.step} of {trainer.total_steps}; saved to {out}. "
            f"Go on with: cfstudio train {out} --resume --out FILE",
            err=True,
        )
    elif trainer.step < trainer.total_steps:
        click.echo(trainer.stopped_because, err=True)


def _train(trainer: Trainer, is_stopped: Callable[[], bool], show: Callable[[], None]) -> str:
    """Train to the end in chunks of about `CHUNK_SECONDS`; returns why it diverged, "" if it did not."""
    from cfstudio.learning.trainer import TrainingDiverged

    n_steps, shown = 1, time.perf_counter()
    while not trainer.finished and not is_stopped():
        began = time.perf_counter()
        try:
            done = trainer.advance(n_steps)
        except TrainingDiverged as error:
            return str(error)
        now = time.perf_counter()
        # The first steps compile or warm up: grow towards the speed instead of trusting one measurement. Of few ratings
        # there are many short epochs, each of which ends a piece early.
        n_steps = max(1, min(2 * n_steps, int(done * CHUNK_SECONDS / max(now - began, 1e-6))))
        if now - shown >= CHUNK_SECONDS:
            show()
            shown = now
    show()
    return ""


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
        "stopped_because": trainer.stopped_because,
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
