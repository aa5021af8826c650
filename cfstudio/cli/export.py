"""`cfstudio export`: a session for other programs, as a workbook with live formulas or as tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.export_progress import ExportProgress
from cfstudio.cli.interrupt import Interrupt
from cfstudio.cli.output import force_option, json_option, print_json, refuse_to_overwrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.exchange.part import DocumentPart
    from cfstudio.exchange.tables import TableFormat
    from cfstudio.ratings.table import IntArray, Ratings
    from cfstudio.workspace.shown import Shown

FORMATS = ("xlsx", "csv", "parquet", "projector", "pytorch")
ENDINGS = {".xlsx": "xlsx", ".csv": "csv", ".parquet": "parquet", ".tsv": "projector", ".safetensors": "pytorch"}
"""The format that the ending of a file names."""


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    help="A workbook with live formulas, tables of factors, biases and predictions, vectors for the Embedding "
    "Projector, or a PyTorch state_dict. [default: the ending of OUT]",
)
@click.option("--users", "n_users", type=click.IntRange(1, 250), help="Users in the workbook's crosstab: most rated.")
@click.option("--items", "n_items", type=click.IntRange(1, 250), help="Items in the workbook's crosstab: most rated.")
@force_option
@json_option
def command(
    session: Path,
    out: Path,
    file_format: str | None,
    n_users: int | None,
    n_items: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write SESSION for other programs to OUT.

    A workbook shows what the session's sheet shows, up to 250 × 250, of a larger whole sheet those with most ratings,
    and lists all ratings.
    OUT.csv or OUT.parquet gets the predictions of the rated cells, with the factors in two files beside it.
    `projector` writes vectors and metadata of items and users as OUT-….tsv for OUT.tsv, `pytorch` OUT.safetensors with
    the ids in OUT.json. OUT without an ending is a folder for the files. Ctrl-C stops and leaves no file.
    """
    file_format = file_format or ENDINGS.get(out.suffix.lower(), "")
    if not file_format:
        raise click.UsageError(
            f"The ending of {out} says no format; add --format {', '.join(FORMATS)}.", click.get_current_context()
        )
    if file_format != "xlsx" and (n_users or n_items):
        raise click.UsageError("--users and --items choose a workbook's crosstab.", click.get_current_context())
    for path in _paths(out, file_format):
        # A folder that will be made needs only its own folder to be there.
        refuse_to_overwrite(path if path.parent.exists() else path.parent, force=force)
    result = _export(session, out, file_format, n_users, n_items)
    if as_json:
        print_json(result)
    else:
        click.echo(f"{result['summary']} Saved to {', '.join(result['files'])}.")


def _paths(out: Path, file_format: str) -> list[Path]:
    """The files that will be written."""
    if file_format == "xlsx":
        return [out]
    if file_format == "projector":
        from cfstudio.exchange.projector import projector_paths

        return list(projector_paths(out).values())
    if file_format == "pytorch":
        from cfstudio.exchange.state_dict import state_dict_paths

        return list(state_dict_paths(out).values())
    from cfstudio.exchange.tables import table_paths

    return list(table_paths(out, _table_kind(file_format)).values())


def _export(session: Path, out: Path, file_format: str, n_users: int | None, n_items: int | None) -> dict[str, Any]:
    """Write the files; what was written as JSON values. Raises click.Abort after Ctrl-C."""
    from cfstudio.exchange.part import DocumentPart, ExportCancelled
    from cfstudio.workspace.session import open_session
    from cfstudio.workspace.shown import Shown

    opened = open_session(session)
    part = DocumentPart(opened.ratings, opened.held_out, opened.factorization)
    shown = Shown.from_view(opened.view, opened.ratings)
    with Interrupt() as interrupt, ExportProgress(out.name) as progress:
        try:
            if file_format == "xlsx":
                crosstab = _crosstab(opened.ratings, shown, n_users, n_items)
                return _workbook(part, out, crosstab, progress.update, lambda: interrupt.requested)
            return _files(part, out, file_format, progress.update, lambda: interrupt.requested)
        except ExportCancelled as request:
            raise click.Abort from request


def _workbook(
    part: DocumentPart,
    out: Path,
    crosstab: tuple[IntArray, IntArray],
    progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> dict[str, Any]:
    from cfstudio.exchange.workbook import export_workbook

    users, items = crosstab
    summary = export_workbook(part, out, users=users, items=items, progress=progress, is_cancelled=is_cancelled)
    return {
        "format": "xlsx",
        "files": [str(out)],
        "summary": summary,
        "n_users": len(users),
        "n_items": len(items),
        "n_ratings": part.ratings.n_rated,
    }


def _crosstab(
    ratings: Ratings, shown: Shown | None, n_users: int | None, n_items: int | None
) -> tuple[IntArray, IntArray]:
    """Those with most ratings where a number was given, else what the session's sheet shows."""
    from cfstudio.exchange.workbook import MOST_SHOWN, default_crosstab, shown_crosstab
    from cfstudio.ratings.crosstab_choice import top_crosstab

    if n_users is None and n_items is None:
        return default_crosstab(ratings) if shown is None else shown_crosstab(ratings, shown.users, shown.items)
    return top_crosstab(ratings, n_users or MOST_SHOWN, n_items or MOST_SHOWN)


def _files(
    part: DocumentPart,
    out: Path,
    file_format: str,
    progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> dict[str, Any]:
    ratings, n_factors, label = part.ratings, part.factors.n_factors, part.ratings.item_label
    whose = f"{n_factors} factors of {ratings.n_users:,} users and {ratings.n_items:,} {label}s"
    if file_format == "projector":
        from cfstudio.exchange.projector import export_projector

        paths = export_projector(part, out, progress=progress, is_cancelled=is_cancelled)
        summary = f"{whose} as vectors for the Embedding Projector: Load takes vectors and metadata."
    elif file_format == "pytorch":
        from cfstudio.exchange.state_dict import export_state_dict

        paths = export_state_dict(part, out, progress=progress, is_cancelled=is_cancelled)
        summary = f"{whose} as a PyTorch state_dict, their ids as JSON."
    else:
        from cfstudio.exchange.tables import export_tables

        paths = export_tables(part, out, _table_kind(file_format), progress=progress, is_cancelled=is_cancelled)
        summary = f"Predictions of {ratings.n_rated:,} ratings, {whose}."
    return {
        "format": file_format,
        "files": [str(path) for path in paths.values()],
        "summary": summary,
        "n_users": ratings.n_users,
        "n_items": ratings.n_items,
        "n_ratings": ratings.n_rated,
    }


def _table_kind(file_format: str) -> TableFormat:
    return "csv" if file_format == "csv" else "parquet"
