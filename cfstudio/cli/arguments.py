"""Arguments that several commands share."""

from __future__ import annotations

from typing import Any

import click

ROLES = ("user", "item", "rating", "time")


def parse_columns(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, str] | None:
    """Turn `user=U,item=I,rating=R,time=T` into what each role's column is called; fails for anything else."""
    if value is None:
        return None
    columns: dict[str, str] = {}
    for part in value.split(","):
        role, equals, column = part.partition("=")
        if role not in ROLES or not equals or not column or role in columns:
            raise click.BadParameter(
                f"{part!r} is not one of {', '.join(f'{one}=COLUMN' for one in ROLES)}.", ctx, param
            )
        columns[role] = column
    return columns


def columns_option(command: Any) -> Any:  # noqa: ANN401
    """Add --columns."""
    return click.option(
        "--columns",
        metavar="user=U,item=I,rating=R,time=T",
        callback=parse_columns,
        help="Names of the columns, where they are not what they usually are.",
    )(command)
