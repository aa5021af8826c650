"""The tables of a session as Parquet: ratings, users, items, hold-out split."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cfstudio.ratings.table import ItemTable, Ratings, RatingScale
from cfstudio.workspace.session_archive import PartError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ROWS = 200_000_000
"""Most rows of a table; a few bytes of Parquet can claim to be any number of equal rows."""


def ratings_tables(ratings: Ratings) -> dict[str, bytes]:
    """Ratings as the Parquet files `ratings`, `users` and `items`; a row's place is its code."""
    rated: dict[str, NDArray[Any]] = {"user": ratings.users, "item": ratings.items, "rating": ratings.values}
    if ratings.timestamps is not None:
        rated["timestamp"] = ratings.timestamps
    items = ratings.item_table
    return {
        "ratings.parquet": to_parquet(rated),
        "users.parquet": to_parquet({"user_id": ratings.user_ids, **ratings.user_columns}),
        "items.parquet": to_parquet(
            {"item_id": items.ids, "title": items.titles, "genres": items.genres, "year": items.years}
        ),
    }


def ratings_facts(ratings: Ratings) -> dict[str, Any]:
    """What the tables cannot hold of the ratings, as JSON values."""
    scale = ratings.scale
    ids_by_side = {"user": ratings.user_ids, "item": ratings.item_table.ids}
    return {
        "name": ratings.name,
        "item_label": ratings.item_label,
        "scale": {"low": float(scale.low), "high": float(scale.high), "step": float(scale.step)},
        "notes": list(ratings.notes),
        "fixed_width_ids": [side for side, ids in ids_by_side.items() if ids.dtype.kind == "U"],
    }


def read_ratings(tables: dict[str, bytes], facts: dict[str, Any]) -> Ratings:
    """Ratings from `ratings_tables` and `ratings_facts`, not yet checked."""
    users, items = from_parquet(tables["users.parquet"]), from_parquet(tables["items.parquet"])
    rated = from_parquet(tables["ratings.parquet"])
    ids = {"user": users["user_id"], "item": items["item_id"]}
    for side in facts["fixed_width_ids"]:
        ids[side] = ids[side].astype(np.str_)
    scale = facts["scale"]
    return Ratings(
        name=str(facts["name"]),
        users=rated["user"],
        items=rated["item"],
        values=rated["rating"],
        user_ids=ids["user"],
        item_table=ItemTable(ids["item"], items["title"], items["genres"], items["year"]),
        scale=RatingScale(float(scale["low"]), float(scale["high"]), float(scale["step"])),
        timestamps=rated.get("timestamp"),
        item_label=str(facts["item_label"]),
        notes=tuple(str(note) for note in facts["notes"]),
        user_columns={name: column for name, column in users.items() if name != "user_id"},
    )


def check_ratings(ratings: Ratings) -> None:
    """Raise PartError unless columns have the types that `Ratings` and `ItemTable` promise and codes name rows."""
    items = ratings.item_table
    _check_ids("user", ratings.user_ids)
    _check_ids("item", items.ids)
    if [items.titles.dtype, items.genres.dtype, items.years.dtype] != [np.object_, np.object_, np.int16]:
        raise PartError("titles, genres and years of its items are not text, text and int16")
    if any(column.dtype != np.object_ or len(column) != ratings.n_users for column in ratings.user_columns.values()):
        raise PartError("what it knows of users is not text for each of them")
    if len({len(column) for column in (items.ids, items.titles, items.genres, items.years)}) > 1:
        raise PartError("its item columns differ in length")
    _check_cells(ratings)
    scale = ratings.scale
    if not (np.isfinite([scale.low, scale.high, scale.step]).all() and scale.low <= scale.high):
        raise PartError("its rating scale is no range")


def to_parquet(columns: dict[str, NDArray[Any]]) -> bytes:
    """Columns of equal length as one Parquet file. Raises PartError for an object column that is not all text."""
    try:
        table = pa.table({name: _to_arrow(column) for name, column in columns.items()})
    except (pa.ArrowException, UnicodeEncodeError) as error:
        raise PartError(f"one of its columns {', '.join(columns)} is not all text or all numbers") from error
    if any(column.null_count for column in table.columns):
        raise PartError(f"one of its columns {', '.join(columns)} has a missing value")
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def from_parquet(content: bytes) -> dict[str, NDArray[Any]]:
    """The columns of a Parquet file as writable arrays, text as objects. Raises PartError where values are missing."""
    file = pq.ParquetFile(pa.BufferReader(content))
    if file.metadata.num_rows > MAX_ROWS:
        raise PartError(f"one of its tables has more than {MAX_ROWS:,} rows")
    table = file.read()
    if any(column.null_count for column in table.columns):
        raise PartError(f"one of its columns {', '.join(table.column_names)} has a missing value")
    return {name: np.array(column.to_numpy()) for name, column in zip(table.column_names, table.columns, strict=True)}


def _to_arrow(column: NDArray[Any]) -> pa.Array:
    return pa.array(column.tolist(), pa.string()) if column.dtype.kind in "OU" else pa.array(column)


def _check_ids(side: str, ids: NDArray[Any]) -> None:
    if ids.dtype.kind not in "iuUO" or len(set(ids.tolist())) != len(ids):
        raise PartError(f"its {side} ids are not all different whole numbers or texts")


def _check_cells(ratings: Ratings) -> None:
    users, items, timestamps = ratings.users, ratings.items, ratings.timestamps
    if [users.dtype, items.dtype, ratings.values.dtype] != [np.int32, np.int32, np.float64]:
        raise PartError("users, items and values of its ratings are not int32, int32 and float64")
    if timestamps is not None and timestamps.dtype != np.int64:
        raise PartError("the timestamps of its ratings are not int64")
    for side, codes, known in (("user", users, ratings.n_users), ("item", items, ratings.n_items)):
        if len(codes) and not 0 <= codes.min() <= codes.max() < known:
            raise PartError(f"its ratings name {side}s that it does not have")
    if len(np.unique(users.astype(np.int64) * ratings.n_items + items)) != len(users):
        raise PartError("it rates the same cell twice")
