"""`cfstudio inspect`: what a file of ratings, a workbook or a session holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.arguments import columns_option
from cfstudio.cli.output import json_option, print_json, print_table
from cfstudio.exchange.workbook_name import is_workbook

if TYPE_CHECKING:
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.ratings.table import Ratings


@click.command()
@click.argument("data")
@columns_option
@json_option
def command(data: str, columns: dict[str, str] | None, as_json: bool) -> None:
    """Say what DATA holds: the name of a known data set, a file, folder or zip of ratings, a workbook or a session."""
    ratings, format_name, understood = _opened(data, columns)
    facts = _facts(ratings, format_name) | understood
    if as_json:
        print_json(facts)
    else:
        _print_facts(facts)


def _opened(data: str, columns: dict[str, str] | None) -> tuple[Ratings, str, dict[str, Any]]:
    """The ratings, what their format is called, and what was understood of a workbook as JSON values."""
    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.exchange.open_any import open_document
    from cfstudio.ratings.catalog import DATA_SETS
    from cfstudio.ratings.files.formats import format_name
    from cfstudio.ratings.table import Ratings

    opened = open_document(data, columns)
    if isinstance(opened, Ratings):
        if is_workbook(data):
            return opened, "Excel workbook, a list of ratings", {}
        return opened, DATA_SETS[data].title if data in DATA_SETS else format_name(Path(data)), {}
    if isinstance(opened, FoundCrosstab):
        return opened.to_ratings(), "Excel workbook with a crosstab", _understood(opened)
    return opened.ratings, "CF Studio session", {}


def _understood(found: FoundCrosstab) -> dict[str, Any]:
    shown = found.shown_rmse
    return {
        "page": found.page,
        "ranges": found.ranges,
        "rmse": found.rmse,
        "shown_rmse": None if shown is None else {"cell": shown[0], "value": shown[1]},
        "notes": list(found.words),
    }


def _facts(ratings: Ratings, format_name: str) -> dict[str, Any]:
    """What is known of ratings, as JSON values; None where there is nothing to tell it from."""
    import numpy as np

    values, scale = ratings.values[ratings.rated], ratings.scale
    n_cells = ratings.n_users * ratings.n_items
    first, last = _dates(ratings)
    return {
        "name": ratings.name,
        "format": format_name,
        "n_users": ratings.n_users,
        "n_items": ratings.n_items,
        "n_ratings": ratings.n_rated,
        "density": ratings.n_rated / n_cells if n_cells else None,
        "scale": {"low": scale.low, "high": scale.high, "step": scale.step},
        "mean": float(values.mean()) if len(values) else None,
        "first_date": first,
        "last_date": last,
        "ratings_per_user_median": float(np.median(ratings.counts_by_user())) if ratings.n_users else None,
        "ratings_per_item_median": float(np.median(ratings.counts_by_item())) if ratings.n_items else None,
        "item_label": ratings.item_label,
        "notes": list(ratings.notes),
    }


def _dates(ratings: Ratings) -> tuple[str | None, str | None]:
    """The first and the last day of a rating, ISO 8601 in UTC; None where there are no times."""
    import numpy as np

    if ratings.timestamps is None or not ratings.n_rated:
        return None, None
    times = ratings.timestamps[ratings.rated]
    first, last = (str(np.datetime64(int(time), "s").astype("datetime64[D]")) for time in (times.min(), times.max()))
    return first, last


def _print_facts(facts: dict[str, Any]) -> None:
    scale, density = facts["scale"], facts["density"]
    has_dates = facts["first_date"] is not None
    medians = (facts["ratings_per_user_median"], facts["ratings_per_item_median"])
    rows = [
        ("Name", facts["name"]),
        ("Format", facts["format"]),
        ("Users", f"{facts['n_users']:,}"),
        (f"{facts['item_label'].capitalize()}s", f"{facts['n_items']:,}"),
        ("Ratings", f"{facts['n_ratings']:,}"),
        ("Density", "" if density is None else f"{density:.2%} of all cells are rated"),
        ("Scale", f"{scale['low']:g} to {scale['high']:g} by {scale['step']:g}"),
        ("Mean rating", "" if facts["mean"] is None else f"{facts['mean']:.4f}"),
        ("Dates", f"{facts['first_date']} to {facts['last_date']}" if has_dates else "none"),
        ("Ratings per user, median", _count(medians[0])),
        (f"Ratings per {facts['item_label']}, median", _count(medians[1])),
    ]
    print_table(("What", "Value"), rows)
    for note in facts["notes"]:
        click.echo(f"• {note}")
    if not facts["notes"]:
        click.echo("No problems found.")


def _count(median: float | None) -> str:
    return "" if median is None else f"{median:,g}"
