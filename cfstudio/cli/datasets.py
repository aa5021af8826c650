"""`cfstudio datasets`: what data sets are known, and downloading them."""

from __future__ import annotations

from typing import Any

import click

from cfstudio.cli.output import json_option, print_json, print_table


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the known data sets: size, license, and which are already here."""
    if ctx.invoked_subcommand is not None:
        return
    rows = _known()
    if as_json:
        print_json({"datasets": rows})
        return
    print_table(
        ("Name", "Title", "Ratings", "Users", "Items", "Download", "License", "Here"),
        [
            (
                row["name"],
                row["title"],
                row["n_ratings"],
                row["n_users"],
                row["n_items"],
                _size(row["download_bytes"]),
                row["license"],
                "yes" if row["available"] else "no",
            )
            for row in rows
        ],
    )


@command.command("get")
@click.argument("name")
@json_option
def get(name: str, as_json: bool) -> None:
    """Download the data set NAME, unless it is already here."""
    from cfstudio.cli.download_progress import DownloadProgress
    from cfstudio.ratings.catalog import download

    with DownloadProgress(name) as progress:
        path = download(name, progress.update)
    if as_json:
        print_json({"name": name, "path": str(path)})
    else:
        click.echo(f"{name} is here: {path}")


def _known() -> list[dict[str, Any]]:
    from cfstudio.ratings.catalog import is_available, known_data_sets

    names = ("name", "title", "n_ratings", "n_users", "n_items", "download_bytes", "license", "citation", "url")
    return [
        {name: getattr(one, name) for name in names} | {"available": is_available(one.name)}
        for one in known_data_sets()
    ]


def _size(n_bytes: int) -> str:
    """Bytes as people read them; a data set that is not downloaded has none."""
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes else "built in"
