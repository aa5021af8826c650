"""What commands print: tables for people, one JSON object for scripts."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
force_option = click.option("--force", is_flag=True, help="Replace the file if it exists already.")

WIDTH_IN_A_PIPE = 200
"""Columns of a table that no terminal limits."""


def print_json(content: dict[str, Any]) -> None:
    """Print one JSON object on stdout."""
    click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))


def finite_or_none(value: float) -> float | None:
    """A number as JSON has it: None instead of NaN."""
    return float(value) if math.isfinite(value) else None


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | float | int]]) -> None:
    """Print a table on stdout; columns of numbers are aligned on the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [list(row) for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, column in enumerate(columns):
        is_text = any(isinstance(row[place], str) for row in cells)
        table.add_column(column, justify="left" if is_text else "right")
    for row in cells:
        table.add_row(*(Text(_as_text(value)) for value in row))
    Console(width=None if sys.stdout.isatty() else WIDTH_IN_A_PIPE).print(table)


def refuse_to_overwrite(path: Path, *, force: bool) -> None:
    """Raise click.ClickException if a file is in the way, or if there is no folder to put it in."""
    if path.exists() and not force:
        raise click.ClickException(f"{path} exists already; add --force to replace it.")
    if not path.absolute().parent.is_dir():
        raise click.ClickException(f"{path} cannot be written: there is no folder {path.absolute().parent}.")


def _as_text(value: str | float | int) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4f}"
    return f"{value:,}" if isinstance(value, int) else value
