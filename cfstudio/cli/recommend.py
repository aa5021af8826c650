"""`cfstudio recommend`: what a known user, or a new one with a few ratings, should see next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.explore.new_person import NewPerson, PersonalRecommendations
    from cfstudio.explore.reasons import Reasons
    from cfstudio.ratings.table import BoolArray, Ratings
    from cfstudio.workspace.session import Session


N_TO_ASK = 5


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.option("--user", metavar="ID", help="A user of the session.")
@click.option(
    "--ratings",
    "ratings_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A new person's ratings: lines of movieId,rating or title,rating.",
)
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many to list.")
@click.option("--genre", "genres", metavar="G", multiple=True, help="Only items of this genre; repeat it for more.")
@click.option("--year-from", type=int, metavar="Y", help="Only items of this year or later.")
@click.option("--year-to", type=int, metavar="Y", help="Only items of this year or earlier.")
@click.option(
    "--min-ratings",
    type=click.IntRange(0),
    help="Only items with as many ratings: of a movie that few have rated little is known. "
    "[default: 20, or a tenth of the users in a small data set]",
)
@click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="0 lists the best predicted, 1 the most different from each other.",
)
@json_option
def command(
    session: Path,
    user: str | None,
    ratings_file: Path | None,
    n: int,
    diversity: float,
    as_json: bool,
    **options: Any,  # noqa: ANN401
) -> None:
    """Recommend items that a user has not rated, for a known --user or for the --ratings of somebody new.

    A new person's factors are found by ridge regression on the items' factors; nothing is trained again. Every
    recommendation comes with the ratings that speak most for and against it.
    """
    from cfstudio.explore.neighbors import default_min_ratings
    from cfstudio.workspace.session import open_session

    if (user is None) == (ratings_file is None):
        raise click.UsageError("Give either --user or --ratings.", click.get_current_context())
    opened = open_session(session)
    if options["min_ratings"] is None:
        options["min_ratings"] = default_min_ratings(opened.ratings.n_users)
    candidates = _candidates(opened.ratings, options)
    try:
        if user is not None:
            _show(opened.ratings, _for_known(opened, user, n, candidates, diversity), (), as_json=as_json, user=user)
            return
        assert ratings_file is not None
        person = _new_person(opened, ratings_file)
        found = person.recommendations(n, candidates, diversity=diversity)
        ask = person.next_to_rate(opened.ratings.counts_by_item(), opened.ratings.n_users, N_TO_ASK)
    except ValueError as error:  # factors that are not finite
        raise click.ClickException(str(error)) from error
    _show(opened.ratings, found, ask, as_json=as_json, user=None)


def _candidates(ratings: Ratings, options: dict[str, Any]) -> BoolArray:
    from cfstudio.explore.filters import ItemFilter, NothingLeft

    wanted = ItemFilter(options["genres"], options["year_from"], options["year_to"], options["min_ratings"])
    try:
        return wanted.passing(ratings)
    except NothingLeft as error:
        raise click.ClickException(str(error)) from error


def _for_known(opened: Session, user: str, n: int, candidates: BoolArray, diversity: float) -> PersonalRecommendations:
    """For a user of the session. Raises click.ClickException with a sentence."""
    from cfstudio.explore.known_person import recommendations_for
    from cfstudio.explore.prior import plain_prior

    ids = [str(one) for one in opened.ratings.user_ids.tolist()]
    if user not in ids:
        some = ", ".join(ids[:3])
        raise click.ClickException(f'No user of this session has the id "{user}"; it has {len(ids):,}, such as {some}.')
    model, ratings, held_out = opened.factorization, opened.ratings, opened.held_out
    prior = plain_prior(model, "user", ratings, held_out)
    return recommendations_for(model, prior, ratings, ids.index(user), n, candidates, held_out, diversity=diversity)


def _new_person(opened: Session, path: Path) -> NewPerson:
    """Somebody whose ratings are in a file. Raises click.ClickException if there are none that can be used."""
    from cfstudio.explore.new_person import NewPerson
    from cfstudio.explore.rating_list import read_rating_list
    from cfstudio.explore.refined_prior import refined_prior

    ratings = opened.ratings
    found = read_rating_list(path, ratings.item_table, ratings.scale, ratings.item_label)
    if not found.rated:
        why = found.problems[0] if found.problems else "It is empty; write lines of movieId,rating."
        raise click.ClickException(f"{path} has no rating that can be used. {why}")
    for problem in found.problems:
        click.echo(f"Left out of {path}: {problem}", err=True)
    prior = refined_prior(opened.factorization, "user", ratings, opened.held_out)
    return NewPerson(opened.factorization, prior, found.rated)


def _show(
    ratings: Ratings, found: PersonalRecommendations, ask: Sequence[int], *, as_json: bool, user: str | None
) -> None:
    if as_json:
        rows = [_as_json(ratings, found, place) for place in range(len(found.codes))]
        content: dict[str, Any] = {"user": user, "recommendations": rows}
        if user is None:
            content["rate_next"] = [_named(ratings, code) for code in ask]
        print_json(content)
        return
    if not len(found.codes):
        click.echo(f"Nothing is left to recommend: every {ratings.item_label} that the options allow is rated already.")
        return
    items, counts = ratings.item_table, ratings.counts_by_item()
    print_table(
        ("Title", "Predicted", "Uncertainty", "Genres", "Ratings", "Because of"),
        [
            (
                items.titles[code],
                float(found.predictions[place]),
                float(found.uncertainties[place]),
                items.genres[code],
                int(counts[code]),
                _in_words(ratings, found.reasons[place]),
            )
            for place, code in enumerate(found.codes.tolist())
        ],
    )
    if ask:
        click.echo(f"Most would be learned from a rating of {', '.join(items.titles[code] for code in ask)}.")


def _as_json(ratings: Ratings, found: PersonalRecommendations, place: int) -> dict[str, Any]:
    """One recommendation as JSON values."""
    code, reasons = int(found.codes[place]), found.reasons[place]
    because = zip(reasons.codes.tolist(), reasons.values.tolist(), reasons.effects.tolist(), strict=True)
    return {
        **_named(ratings, code),
        "genres": ratings.item_table.genres[code],
        "prediction": float(found.predictions[place]),
        "uncertainty": float(found.uncertainties[place]),
        "because": [{**_named(ratings, one), "rating": value, "effect": effect} for one, value, effect in because],
    }


def _named(ratings: Ratings, code: int) -> dict[str, Any]:
    """Id and title of an item as JSON values."""
    return {"item_id": ratings.item_table.ids.tolist()[code], "title": ratings.item_table.titles[code]}


def _in_words(ratings: Ratings, reasons: Reasons) -> str:
    """The rating with the largest effect."""
    if not len(reasons.codes):
        return ""
    title, value, effect = ratings.item_table.titles[reasons.codes[0]], reasons.values[0], reasons.effects[0]
    return f"{title} rated {value:g}: {effect:+.2f}"
