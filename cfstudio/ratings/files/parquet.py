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

ROLES = ("user", "item", "rating", "time", "title", "genres", "year")


def read_parquet(source: Source, columns: Mapping[str, str] | None = None) -> Observed:
    """Read a table of ratings; rows are counted from 1. Raises DataError with the row or column it cannot use."""
    try:
        return _read(source, columns)
    except (DataError, MemoryError):
        raise
    except Exception as error:
        # Arrow has many ways to stumble over damaged content, some of them not its own exceptions.
        raise damaged(source.label) from error


def _read(source: Source, columns: Mapping[str, str] | None) -> Observed:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.open() as content, pq.ParquetFile(pa.BufferReader(content.read())) as file:
        if file.metadata.num_rows > MAX_ROWS:
            raise DataError(f"{source.label} has more than {MAX_ROWS:,} rows; split it.")
        layout = find_layout(file.schema_arrow.names, columns, source.label)
        places = {role: getattr(layout, role) for role in ROLES}
        names = {role: layout.names[place] for role, place in places.items() if place is not None}
        table = file.read(columns=sorted(set(names.values())))
    return _observed({role: _Column(table.column(name), role, name, source) for role, name in names.items()}, layout)


def _observed(columns: dict[str, _Column], layout: Layout) -> Observed:
    items = columns["item"].coded()
    observed = Observed(
        users=columns["user"].coded(),
        items=items,
        values=columns["rating"].ratings(),
        timestamps=None,
        item_label=layout.item_label,
        details=_details(columns, items) if layout.has_details else None,
    )
    if "time" in columns:
        observed.timestamps, note = columns["time"].times(is_given=layout.is_time_given)
        observed.notes += [note] if note else []
    return observed


def _details(columns: dict[str, _Column], items: Coded) -> list[ItemDetails]:
    """Title, genres and year by item code, from each item's first row."""
    first = np.unique(items.codes, return_index=True)[1]
    nothing = [""] * len(first)
    titles, genres, years = (
        columns[role].texts(first) if role in columns else nothing for role in ("title", "genres", "year")
    )
    return [ItemDetails(title, genre, as_year(year)) for title, genre, year in zip(titles, genres, years, strict=True)]


class _Column:
    """One column of the table and what it is read for."""

    def __init__(self, column: Any, role: str, name: str, source: Source) -> None:  # noqa: ANN401 - Arrow has no types
        import pyarrow.types as kinds

        self._kinds = kinds
        is_dictionary = kinds.is_dictionary(column.type)
        self._column = column.cast(column.type.value_type) if is_dictionary else column
        self._role, self._name, self._source = role, name, source
        if not len(column):
            raise DataError(f"{source.label} has columns but no ratings; export it anew.")

    def coded(self) -> Coded:
        """Codes of ids by first appearance."""
        import pyarrow as pa

        self._refuse_missing()
        column, kind = self._column, self._column.type
        if self._kinds.is_floating(kind):
            try:
                column = column.cast(pa.int64())
            except pa.ArrowInvalid:
                raise self._failure("holds numbers that are not whole, which are no ids; store whole numbers") from None
        elif not self._kinds.is_integer(kind) and not self._is_text():
            raise self._failure(f"holds {kind} and not ids; store whole numbers or text")
        # Arrow numbers the values in the order in which they first appear.
        encoded = pa.concat_arrays(column.chunks).dictionary_encode()
        texts = [str(one).strip() for one in encoded.dictionary.to_pylist()]
        if "" in texts:
            row = encoded.indices.index(texts.index("")).as_py() + 1
            raise self._failure(f"is blank in row {row:,}; fill it in or delete the row")
        return _merged(np.asarray(encoded.indices, dtype=np.int32), texts)

    def ratings(self) -> FloatArray:
        """(n_rows,) float64, all finite."""
        import pyarrow as pa

        self._refuse_missing()
        kind = self._column.type
        if self._is_text():
            values = np.array([_number(text) for text in self._column.to_pylist()])
        elif self._kinds.is_integer(kind) or self._kinds.is_floating(kind) or self._kinds.is_decimal(kind):
            values = np.array(self._column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
        else:
            raise self._failure(f"holds {kind} and not ratings; store numbers")
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            text = quoted(str(self._column[int(wrong[0])].as_py()))
            raise self._failure(f"has {text} in row {wrong[0] + 1:,}, which is no rating; write a number")
        return values

    def times(self, *, is_given: bool) -> tuple[IntArray | None, str]:
        """(n_rows,) int64 seconds since 1970; None and a sentence if they cannot be read and nobody asked for them."""
        import pyarrow as pa

        column, kind = self._column, self._column.type
        if not column.null_count:
            if self._kinds.is_timestamp(kind) or self._kinds.is_date(kind):
                column = column.cast(pa.timestamp("s", getattr(kind, "tz", None)), safe=False).cast(pa.int64())
            if self._kinds.is_integer(column.type):
                return np.array(column.cast(pa.int64()).to_numpy()), ""
        collected = TimeColumn()
        for row, value in enumerate(column.to_pylist(), 1):
            collected.add("" if value is None else str(value), row)
        if collected.unreadable is None:
            return collected.seconds(), ""
        row, text = collected.unreadable
        if is_given:
            raise self._failure(
                f"has {quoted(text)} in row {row:,}, which is no time; store seconds since 1970 or timestamps"
            )
        return None, f"Times are left out, because row {row:,} has {quoted(text)} in the column {quoted(self._name)}."

    def texts(self, rows: IntArray) -> list[str]:
        """The texts in some rows, empty where missing."""
        return ["" if one is None else str(one).strip() for one in self._column.take(rows).to_pylist()]

    def _is_text(self) -> bool:
        kind = self._column.type
        return any(is_kind(kind) for is_kind in (self._kinds.is_string, self._kinds.is_large_string))

    def _refuse_missing(self) -> None:
        if self._column.null_count:
            row = self._column.is_null().index(True).as_py() + 1
            raise self._failure(f"has no value in row {row:,}; fill it in or delete the row")

    def _failure(self, reason: str) -> DataError:
        return DataError(f"{self._source.label}: its column {quoted(self._name)} for the {self._role} {reason}.")


def _merged(codes: np.ndarray[Any, np.dtype[np.int32]], texts: list[str]) -> Coded:
    """Codes of texts of which some may be the same once blanks around them are gone."""
    code_of: dict[str, int] = {}
    new_codes = np.array([code_of.setdefault(text, len(code_of)) for text in texts], dtype=np.int32)
    return Coded(new_codes[codes], as_ids(list(code_of)))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
