"""`cfstudio predict`: a prediction for every pair of user and item in a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cfstudio.cli.output import finite_or_none, force_option, json_option, print_json, refuse_to_overwrite

if TYPE_CHECKING:
    from cfstudio.explore.strangers import StrangerPredictions

USERS, ITEMS = "userId", "movieId"


@click.command()
@click.argument("session", type=click.Path(path_type=Path))
@click.argument("pairs", type=click.Path(path_type=Path), metavar="PAIRS.csv")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The CSV file to write.")
@click.option("--user-column", default=USERS, show_default=True, help="What the column of the users is called.")
@click.option("--item-column", default=ITEMS, show_default=True, help="What the column of the items is called.")
@force_option
@json_option
def command(
    session: Path, pairs: Path, out: Path, user_column: str, item_column: str, force: bool, as_json: bool
) -> None:
    """Predict a rating for every row of PAIRS.csv, which has a column of users and one of items.

    The file written has the same pairs in the same order and a column "prediction". Users and items that the session
    does not know are predicted as the average ones.
    """
    import numpy as np

    from cfstudio.explore.strangers import Strangers
    from cfstudio.workspace.session import open_session

    refuse_to_overwrite(out, force=force)
    opened = open_session(session)
    users, items = _read_pairs(pairs, user_column, item_column)
    predicted = Strangers(opened.factorization, opened.ratings, opened.held_out).predict(
        np.array(users, dtype=object), np.array(items, dtype=object)
    )
    _write(out, (user_column, item_column, "prediction"), users, items, predicted)
    if as_json:
        print_json(_summary(predicted, out))
        return
    for sentence in predicted.sentences(opened.ratings.item_label):
        click.echo(sentence)
    click.echo(f"{len(users):,} predictions saved to {out}.")


def _read_pairs(path: Path, user_column: str, item_column: str) -> tuple[list[str], list[str]]:
    """Ids of users and items, row by row. Raises click.ClickException with the line that cannot be used."""
    users: list[str] = []
    items: list[str] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(path, reader.fieldnames, user_column, item_column)
            for row in reader:
                user, item = (row[user_column] or "").strip(), (row[item_column] or "").strip()
                if not user or not item:
                    raise click.ClickException(
                        f"{path}, line {reader.line_num} has no {item_column if user else user_column}; fill it in."
                    )
                users.append(user)
                items.append(item)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not text in UTF-8; save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise click.ClickException(f"{path} is no CSV that can be read: {error}.") from error
    if not users:
        raise click.ClickException(f"{path} has no rows below its header; add the pairs to predict.")
    return users, items


def _check_columns(path: Path, names: Any, user_column: str, item_column: str) -> None:  # noqa: ANN401 - as csv has it
    for name, option in ((user_column, "--user-column"), (item_column, "--item-column")):
        if not names or name not in names:
            found = f"its columns are {', '.join(names)}" if names else "it is empty"
            raise click.ClickException(f"{path} has no column {name}: {found}; name it with {option}.")


def _write(
    out: Path, header: tuple[str, str, str], users: list[str], items: list[str], predicted: StrangerPredictions
) -> None:
    from cfstudio.workspace.atomic_write import atomic_write

    with atomic_write(out) as file:
        file.write((",".join(header) + "\n").encode())
        rows = zip(users, items, predicted.predictions.tolist(), strict=True)
        for user, item, prediction in rows:
            file.write(f"{_quoted(user)},{_quoted(item)},{prediction:.6f}\n".encode())


def _quoted(text: str) -> str:
    """A field as CSV has it."""
    return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',"\n\r') else text


def _summary(predicted: StrangerPredictions, out: Path) -> dict[str, Any]:
    """The result as JSON values."""
    values = predicted.predictions
    return {
        "out": str(out),
        "n": len(values),
        "mean": finite_or_none(float(values.mean())),
        "unknown_users": predicted.n_unknown_users,
        "unknown_items": predicted.n_unknown_items,
        "rows_of_unknown_users": int(predicted.is_user_unknown.sum()),
        "rows_of_unknown_items": int(predicted.is_item_unknown.sum()),
    }
