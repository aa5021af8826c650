"""Ratings from Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cfstudio.ratings.errors import DataError
from cfstudio.ratings.files.archive import damaged
from cfstudio.ratings.files.columns import find_layout
from cfstudio.ratings.files.ids import as_ids
from cfstudio.ratings.files.observed import Coded, ItemDetails, Observed
from cfstudio.ratings.files.rows import as_year
from cfstudio.ratings.files.times import TimeColumn
from cfstudio.ratings.files.wording import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.ratings.files.archive import Source
    from cfstudio.ratings.files.columns import Layout
    from cfstudio.ratings.table import FloatArray, IntArray

MAX_ROWS = 200_000_000
"""Most rows of a table; a few bytes of Parquet can claim to be any number of equal rows."""


def read_parquet(source: Source, columns: Mapping[str, str] | None = None) -> Observed:
    """Read a table of ratings; rows are counted from 1. Raises DataError with the row or column it cannot use."""
    layout, table = _read_table(source, columns)
    if not table.num_rows:
        raise DataError(f"{source.label} has columns but no ratings; export it anew.")
    roles = {role: table.column(getattr(layout, role)) for role in ("user", "item", "rating")}
    for role, column in roles.items():
        _refuse_missing(column, role, source)
    items = _coded(roles["item"], "item", source)
    observed = Observed(
        users=_coded(roles["user"], "user", source),
        items=items,
        values=_values(roles["rating"], layout, source),
        timestamps=None,
        item_label=layout.item_label,
        details=_details(table, layout, items),
    )
    if layout.time is not None:
        observed.timestamps, note = _times(table.column(layout.time), layout, source)
        observed.notes += [note] if note else []
    return observed


def _read_table(source: Source, columns: Mapping[str, str] | None) -> tuple[Layout, Any]:
    """The columns that are needed as an Arrow table, and their places in it."""
    import pyarrow.parquet as pq

    content = source.open()
    try:
        with content:
            file = pq.ParquetFile(content if source.member else source.path)
            layout = find_layout(file.schema_arrow.names, columns, source.label)
            if file.metadata.num_rows > MAX_ROWS:
                raise DataError(f"{source.label} has more than {MAX_ROWS:,} rows; split it.")
            return layout, _narrowed(file, layout)
    except DataError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        # Arrow has many ways to stumble over damaged content, some of them not its own exceptions.
        raise damaged(source.label) from error


def _narrowed(file: Any, layout: Layout) -> Any:  # noqa: ANN401
    """The whole table where it is needed; the columns nobody asked for are empty instead of read."""
    import pyarrow as pa

    places = [layout.user, layout.item, layout.rating, layout.time, layout.title, layout.genres, layout.year]
    wanted = {layout.names[place] for place in places if place is not None}
    read = file.read(columns=sorted(wanted))
    blank = pa.nulls(read.num_rows)
    return pa.table([read.column(name) if name in wanted else blank for name in layout.names], names=list(layout.names))
