"""`cfstudio neighbors`: which items a session's model holds similar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from cfstudio.explore.neighbors import Neighbors
    from cfstudio.explore.similar import SimilarQuery
    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, IntArray, Ratings


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.argument("title_or_id", nargs=-1, required=True)
@click.option("--and", "also", metavar="TITLE_OR_ID", multiple=True, help="Like this one, too; may be repeated.")
@click.option("--not", "unlike", metavar="TITLE_OR_ID", multiple=True, help="Unlike this one; may be repeated.")
@click.option(
    "--together",
    type=click.Choice(("mean", "all")),
    default="mean",
    show_default=True,
    help="Of several: like their mean, or like every one of them.",
)
@click.option("-k", "k", type=click.IntRange(1), default=20, show_default=True, help="How many to list.")
@click.option(
    "--metric",
    type=click.Choice(("cosine", "euclidean", "dot")),
    default="cosine",
    show_default=True,
    help="Cosine of the factors' angle, 1 / (1 + euclidean distance), or their dot product.",
)
@click.option(
    "--by",
    "compared_by",
    type=click.Choice(("factors", "audience")),
    default="factors",
    show_default=True,
    help="Compare the model's factors, or who rated what, whatever the stars.",
)
@click.option(
    "--shrinkage",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Multiply similarities by n / (n + this) for items with n ratings.",
)
@click.option("--genre", metavar="G", help="List only items of this genre.")
@click.option("--year-from", type=int, metavar="Y", help="List only items of this year or later.")
@click.option("--year-to", type=int, metavar="Y", help="List only items of this year or earlier.")
@click.option(
    "--min-ratings",
    type=click.IntRange(0),
    help="List only items with as many ratings: factors of a movie that few have rated are mostly chance. "
    "[default: 20, or a tenth of the users in a small data set]",
)
@json_option
def command(session: Path, title_or_id: tuple[str, ...], k: int, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """List the items that the model in SESSION holds most similar to TITLE_OR_ID.

    The words of a title need no quotes; its year and its case may be left out.
    """
    from cfstudio.explore.similar import similar
    from cfstudio.workspace.session import open_session

    opened = open_session(session)
    ratings, model = opened.ratings, opened.factorization
    query = _query(ratings, " ".join(title_or_id), options)
    counts = ratings.counts_by_item()
    vectors = model.item_factors
    if options["compared_by"] == "audience":
        from cfstudio.explore.audience import audience_vectors

        vectors = audience_vectors(ratings, "item", opened.held_out)
    found = similar(vectors, query, k, _candidates(ratings, options, counts), counts)
    neighbors = _described(ratings, model, found)
    named = _named(ratings, query)
    if as_json:
        print_json({"item": named, "metric": query.metric, "neighbors": neighbors})
        return
    if not neighbors:
        click.echo(f"No other {ratings.item_label} is left to compare with {named}; loosen the options.")
        return
    click.echo(f"Most similar to {named}:")
    print_table(
        ("Title", "Similarity", "Genres", "Bias", "Ratings"),
        [
            (one["title"], one["similarity"], one["genres"], "" if one["bias"] is None else one["bias"], n_ratings)
            for one, n_ratings in zip(neighbors, counts[found.codes].tolist(), strict=True)
        ],
    )


def _query(ratings: Ratings, text: str, options: dict[str, Any]) -> SimilarQuery:
    """What is asked for. Raises click.ClickException if no item goes by a title, or one is both liked and not."""
    from cfstudio.explore.similar import SimilarQuery
    from cfstudio.explore.titles import UnknownItem, find_item

    def codes(texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(find_item(ratings.item_table, one, ratings.item_label) for one in texts))

    try:
        likes, unlikes = codes((text, *options["also"])), codes(options["unlike"])
        return SimilarQuery(likes, unlikes, options["metric"], options["together"], options["shrinkage"])
    except (UnknownItem, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _candidates(ratings: Ratings, options: dict[str, Any], counts: IntArray) -> BoolArray:
    """(n_items,) which items may be named. Raises click.ClickException if none may."""
    from cfstudio.explore.filters import ItemFilter, NothingLeft
    from cfstudio.explore.neighbors import default_min_ratings

    min_ratings = options["min_ratings"]
    if min_ratings is None:
        min_ratings = default_min_ratings(ratings.n_users)
    genres = () if options["genre"] is None else (options["genre"],)
    try:
        return ItemFilter(genres, options["year_from"], options["year_to"], min_ratings).passing(ratings, counts)
    except NothingLeft as error:
        raise click.ClickException(str(error)) from error


def _named(ratings: Ratings, query: SimilarQuery) -> str:
    """The query in words; of a single item its title."""
    titles = ratings.item_table.titles
    liked = " and ".join(titles[code] for code in query.likes)
    return f"{liked}, not {' nor '.join(titles[code] for code in query.unlikes)}" if query.unlikes else liked


def _described(ratings: Ratings, model: Factorization, found: Neighbors) -> list[dict[str, Any]]:
    """What is known of each neighbor, as JSON values."""
    items, codes = ratings.item_table, found.codes
    biases = [None] * len(codes) if model.item_bias is None else model.item_bias[codes].tolist()
    columns = (items.ids[codes].tolist(), items.titles[codes], items.genres[codes], biases, found.similarities.tolist())
    names = ("item_id", "title", "genres", "bias", "similarity")
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
