"""`cfstudio neighbors`: which items a session's model holds similar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from cfstudio.explore.neighbors import Neighbors
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.argument("title_or_id", nargs=-1, required=True)
@click.option("-k", "k", type=click.IntRange(1), default=20, show_default=True, help="How many to list.")
@click.option(
    "--metric",
    type=click.Choice(("cosine", "euclidean", "dot")),
    default="cosine",
    show_default=True,
    help="Cosine of the factors' angle, 1 / (1 + euclidean distance), or their dot product.",
)
@click.option("--genre", metavar="G", help="List only items of this genre.")
@click.option(
    "--min-ratings",
    type=click.IntRange(0),
    help="List only items with as many ratings: factors of a movie that few have rated are mostly chance. "
    "[default: 20, or a tenth of the users in a small data set]",
)
@json_option
def command(
    session: Path,
    title_or_id: tuple[str, ...],
    k: int,
    metric: str,
    genre: str | None,
    min_ratings: int | None,
    as_json: bool,
) -> None:
    """List the items that the model in SESSION holds most similar to TITLE_OR_ID.

    The words of a title need no quotes; its year and its case may be left out.
    """
    from cfstudio.explore.neighbors import default_min_ratings, nearest
    from cfstudio.explore.titles import UnknownItem, find_item
    from cfstudio.workspace.session import open_session

    opened = open_session(session)
    ratings, model = opened.ratings, opened.factorization
    try:
        code = find_item(ratings.item_table, " ".join(title_or_id), ratings.item_label)
    except UnknownItem as error:
        raise click.ClickException(str(error)) from error
    counts = ratings.counts_by_item()
    candidates = counts >= (default_min_ratings(ratings.n_users) if min_ratings is None else min_ratings)
    if genre is not None:
        candidates &= _of_genre(ratings, genre)
    found = nearest(model.item_factors, code, k, candidates, metric)  # type: ignore[arg-type]  # click.Choice is a str
    neighbors = _described(ratings, model, found)
    if as_json:
        print_json({"item": ratings.item_table.titles[code], "metric": metric, "neighbors": neighbors})
        return
    click.echo(f"Most similar to {ratings.item_table.titles[code]}:")
    print_table(
        ("Title", "Similarity", "Genres", "Bias", "Ratings"),
        [
            (one["title"], one["similarity"], one["genres"], "" if one["bias"] is None else one["bias"], n_ratings)
            for one, n_ratings in zip(neighbors, counts[found.codes].tolist(), strict=True)
        ],
    )


def _described(ratings: Ratings, model: Factorization, found: Neighbors) -> list[dict[str, Any]]:
    """What is known of each neighbor, as JSON values."""
    items, codes = ratings.item_table, found.codes
    biases = [None] * len(codes) if model.item_bias is None else model.item_bias[codes].tolist()
    columns = (items.ids[codes].tolist(), items.titles[codes], items.genres[codes], biases, found.similarities.tolist())
    names = ("item_id", "title", "genres", "bias", "similarity")
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _of_genre(ratings: Ratings, genre: str) -> BoolArray:
    """(n_items,) whether an item is of a genre, in any case. Raises click.ClickException if none is."""
    import numpy as np

    genres = [{one.casefold(): one for one in text.split("|") if one} for text in ratings.item_table.genres.tolist()]
    matching = np.array([genre.casefold() in of_item for of_item in genres], dtype=np.bool_)
    if not matching.any():
        known = sorted({one for of_item in genres for one in of_item.values()})
        hint = f"it knows {', '.join(known)}" if known else "it knows none"
        raise click.ClickException(f'No {ratings.item_label} in this session is of the genre "{genre}": {hint}.')
    return matching
