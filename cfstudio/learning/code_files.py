"""The files that a script reads: ratings, what is known of movies and users, and a start that no seed gives."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.learning.code_facts import feature_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cfstudio.learning.code_facts import CodeFacts
    from cfstudio.models.factorization import Factorization, Side
    from cfstudio.models.features import FeatureColumn
    from cfstudio.ratings.table import BoolArray, Ratings

TABLES: dict[Side, str] = {"user": "users.csv", "item": "movies.csv"}
"""What is known of users and of movies, a row for each in the order of their codes."""


def code_files(
    ratings: Ratings, held_out: BoolArray, start: Factorization, facts: CodeFacts
) -> dict[str, Callable[[], bytes]]:
    """What makes each file, by name: it may take seconds."""
    files = data_files(ratings, facts.columns, has_ids=facts.has_ids)
    if facts.reads_start:
        files["start.npz"] = partial(_start_file, ratings, held_out, start, facts)
    return files


def data_files(
    ratings: Ratings, columns: tuple[FeatureColumn, ...], *, has_ids: bool
) -> dict[str, Callable[[], bytes]]:
    """What makes the files of the data; codes stand for ids that a script could not number by itself."""
    files: dict[str, Callable[[], bytes]] = {"ratings.csv": partial(_ratings_csv, ratings, has_ids)}
    for side, name in TABLES.items():
        mine = tuple(column for column in columns if column.side == side)
        if mine:
            ids = ratings.user_ids if side == "user" else ratings.item_table.ids
            known = ids if has_ids else np.arange(len(ids))
            files[name] = partial(_table_csv, "userId" if side == "user" else "movieId", known, mine)
    return files


def _ratings_csv(ratings: Ratings, has_ids: bool) -> bytes:
    rated = ratings.rated
    users, items = ratings.users[rated], ratings.items[rated]
    if has_ids:
        users, items = ratings.user_ids[users], ratings.item_table.ids[items]
    rows = zip(users.tolist(), items.tolist(), ratings.values[rated].tolist(), strict=True)
    return ("userId,movieId,rating\n" + "".join(f"{u},{i},{r!r}\n" for u, i, r in rows)).encode()


def _table_csv(id_name: str, ids: NDArray[Any], columns: tuple[FeatureColumn, ...]) -> bytes:
    """A row per id; a cell has its labels with `|` between them, as MovieLens writes genres."""
    texts = [
        ["|".join(column.labels[place] for place in column.members[begin:end].tolist())
         for begin, end in zip(column.starts[:-1].tolist(), column.starts[1:].tolist(), strict=True)]
        for column in columns
    ]  # fmt: skip
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([id_name, *(column.name for column in columns)])
    writer.writerows(zip(ids.tolist(), *texts, strict=True))
    return file.getvalue().encode()


def _start_file(ratings: Ratings, held_out: BoolArray, start: Factorization, facts: CodeFacts) -> bytes:
    arrays: dict[str, NDArray[Any]] = {}
    if not facts.split_from_seed:
        arrays["held_out"] = held_out[ratings.rated]
    if not facts.start_from_seed:
        arrays |= _start_arrays(start, facts)
    arrays = {name: one.astype(np.float32) if one.dtype.kind == "f" else one for name, one in arrays.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type] # the stub takes the names for `allow_pickle`
    return file.getvalue()


def _start_arrays(start: Factorization, facts: CodeFacts) -> dict[str, NDArray[Any]]:
    """The start by the names of the script: rows as torch's embeddings have them, layers in a line."""
    arrays: dict[str, NDArray[Any]] = dict(start.arrays())
    for name in ("user_bias", "item_bias"):
        if name in arrays:
            arrays[name] = arrays[name][:, None]
    if not facts.is_net:
        return arrays
    for side, width in zip(("user", "item"), facts.widths, strict=True):
        arrays[f"{side}_factors"] = arrays[f"{side}_factors"][:, :width]
    arrays = {name: one for name, one in arrays.items() if not name.startswith("layers.")}
    for place in range(len(facts.layer_widths) - 1):
        arrays[f"weight {place}"] = start.arrays()[f"layers.{1 + 3 * place}.weight"]
        arrays[f"offset {place}"] = start.arrays()[f"layers.{1 + 3 * place}.bias"]
    for column, part in feature_parts(start, facts.columns):
        arrays[f"labels {column.name}"] = column.table_for(part)
        arrays[f"beside {column.name}"] = part - column.summed(arrays[f"labels {column.name}"])
    return arrays
