"""`cfstudio evaluate`: how well a session's model predicts another file's ratings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.arguments import columns_option
from cfstudio.cli.output import json_option, print_json

if TYPE_CHECKING:
    from cfstudio.explore.strangers import StrangerPredictions
    from cfstudio.ratings.table import FloatArray


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.argument("data")
@columns_option
@json_option
def command(session: Path, data: str, columns: dict[str, str] | None, as_json: bool) -> None:
    """Predict the ratings in DATA with the model in SESSION and say how far off it is.

    DATA is the name of a known data set or a file of ratings; users and items are matched by their ids. Those that the
    session does not know are predicted as the average ones; an unknown movie whose genres and year DATA has is
    predicted from these.
    """
    from cfstudio.exchange.open_any import open_document_ratings
    from cfstudio.explore.strangers import Strangers
    from cfstudio.workspace.session import open_session

    opened = open_session(session)
    tested = open_document_ratings(data, columns)
    rows = tested.rated
    if not rows.any():
        raise click.ClickException(f"{data} holds no ratings to compare with.")
    users, items = tested.users[rows], tested.items[rows]
    strangers = Strangers(opened.factorization, opened.ratings, opened.held_out, tested.item_table)
    predicted = strangers.predict(tested.user_ids[users], tested.item_table.ids[items])
    summary = _summary(predicted, tested.values[rows])
    if as_json:
        print_json(summary)
        return
    click.echo(f"RMSE {summary['rmse']:.4f}, MAE {summary['mae']:.4f} over {summary['n_ratings']:,} ratings.")
    if summary["rmse_known"] is not None and summary["n_known"] < summary["n_ratings"]:
        click.echo(
            f"Where user and {tested.item_label} are known, {summary['n_known']:,}: {summary['rmse_known']:.4f}."
        )
    for sentence in predicted.sentences(opened.ratings.item_label):
        click.echo(sentence)


def _summary(predicted: StrangerPredictions, values: FloatArray) -> dict[str, Any]:
    """The result as JSON values."""
    import numpy as np

    errors = predicted.predictions - values
    known = ~(predicted.is_user_unknown | predicted.is_item_unknown)
    return {
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "mae": float(np.mean(np.abs(errors))),
        "n_ratings": len(values),
        "n_known": int(known.sum()),
        "rmse_known": float(np.sqrt(np.mean(errors[known] ** 2))) if known.any() else None,
        "unknown_users": predicted.n_unknown_users,
        "unknown_items": predicted.n_unknown_items,
        "ratings_of_unknown_users": int(predicted.is_user_unknown.sum()),
        "ratings_of_unknown_items": int(predicted.is_item_unknown.sum()),
        "predicted_from_features": int(predicted.is_from_features.sum()),
    }
