r"""Factors, biases and predictions as CSV or Parquet tables that any program reads.

CSV is for spreadsheets too, and those run a text that starts with = + - @, a tab or a line break as a formula, quoted
or not. Such texts get a single quote in front, and so do those that start with single quotes before such a character:
taking one quote away from any text that matches `'+[=+@\t\r\n-]` gives the text back. Numbers are never touched.
Parquet keeps types, nothing can run there, and texts stay as they are.
"""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from cfstudio.exchange.part import Watch
from cfstudio.ratings.errors import DataError
from cfstudio.workspace.atomic_write import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cfstudio.exchange.part import DocumentPart, IsCancelled, Progress

TableFormat = Literal["csv", "parquet"]

PIECE = 65_536
"""Rows made and written at once."""

RUNS_AS_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def table_paths(path: Path, kind: TableFormat) -> dict[str, Path]:
    """The files that a path stands for, by what is in them: `predictions`, `user_factors`, `item_factors`.

    `x.csv` is the table of predictions, with `x-user-factors.csv` and `x-item-factors.csv` beside it; a path without
    that ending is a folder of `predictions.csv`, `user-factors.csv` and `item-factors.csv`.
    """
    suffix = f".{kind}"
    names = {"predictions": "", "user_factors": "-user-factors", "item_factors": "-item-factors"}
    if path.suffix.lower() == suffix:
        return {table: path.with_name(f"{path.stem}{name}{path.suffix}") for table, name in names.items()}
    return {table: path / f"{table.replace('_', '-')}{suffix}" for table in names}


def export_tables(
    document: DocumentPart,
    path: Path | str,
    kind: TableFormat,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> dict[str, Path]:
    """Write the three tables; returns the files that were written, see `table_paths`.

    `predictions` has one row per rated cell: user, item, title, rating, prediction, error, held out. The factor tables
    have one row per user or item: id, (title, genres,) number of ratings, bias if the model has one, factors.
    Raises DataError with a sentence if a file cannot be written, ExportCancelled once `is_cancelled` says so; then and
    after any other exception none of the three is there, or the old ones whole.
    """
    paths = table_paths(Path(path), kind)
    ratings = document.ratings
    watch = Watch(ratings.n_rated + ratings.n_users + ratings.n_items, progress, is_cancelled)
    pieces = {
        "predictions": _predictions(document),
        "user_factors": _factors(document, "user"),
        "item_factors": _factors(document, "item"),
    }
    try:
        with ExitStack() as stack:
            folder = _folder_for(stack, paths["predictions"])
            # They take their names together, after the last one is complete.
            for table, batches in pieces.items():
                file = stack.enter_context(atomic_write(folder / paths[table].name))
                _write(batches, file, kind, watch)
            watch.check()
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}.") from error
    return paths


def _folder_for(stack: ExitStack, first: Path) -> Path:
    """The folder to write into: that of the files, or one in the making that takes its name at the end."""
    target = first.parent
    if target.is_dir():
        return target
    if target.exists():
        raise DataError(f"{target} is a file; give another name for the folder of tables.")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    draft.mkdir()

    def finish(kind: type[BaseException] | None, *_rest: Any) -> None:  # noqa: ANN401 - as ExitStack calls it
        if kind is None:
            draft.rename(target)
        else:
            shutil.rmtree(draft, ignore_errors=True)

    stack.push(finish)
    return draft


def _write(batches: Iterator[dict[str, Any]], file: IO[bytes], kind: TableFormat, watch: Watch) -> None:
    """Write pieces of a table; the first one says which columns there are."""
    writer: Any = None
    try:
        for columns in batches:
            piece = pa.table({name: _column(values, kind) for name, values in columns.items()})
            if writer is None:
                make: Callable[..., Any] = pa_csv.CSVWriter if kind == "csv" else pq.ParquetWriter
                writer = make(file, piece.schema)
            writer.write_table(piece)
            watch.advance(piece.num_rows)
    finally:
        if writer is not None:
            writer.close()


def _column(values: NDArray[Any], kind: TableFormat) -> pa.Array:
    if values.dtype.kind not in "OU":
        return pa.array(values)
    texts = [str(one).encode("utf-8", "replace").decode() for one in values.tolist()]
    return pa.array([harmless(text) for text in texts] if kind == "csv" else texts, pa.string())


def harmless(text: str) -> str:
    """A text that no spreadsheet runs as a formula."""
    return f"'{text}" if RUNS_AS_FORMULA.match(text) else text


def _predictions(document: DocumentPart) -> Iterator[dict[str, NDArray[Any]]]:
    ratings = document.ratings
    rows = np.flatnonzero(ratings.rated)
    for piece in _pieces(len(rows)):
        at = rows[piece]
        users, items, values = ratings.users[at], ratings.items[at], ratings.values[at]
        predictions = document.factors.predict(users, items)
        yield {
            "user_id": ratings.user_ids[users],
            "item_id": ratings.item_table.ids[items],
            "title": ratings.item_table.titles[items],
            "rating": values,
            "prediction": predictions,
            "error": predictions - values,
            "held_out": document.held_out[at],
        }


def _factors(document: DocumentPart, side: Literal["user", "item"]) -> Iterator[dict[str, NDArray[Any]]]:
    ratings, model, table = document.ratings, document.factors, document.ratings.item_table
    if side == "user":
        facts: dict[str, NDArray[Any]] = {"user_id": ratings.user_ids, "n_ratings": ratings.counts_by_user()}
        factors, bias = model.user_factors, model.user_bias
    else:
        facts = {"item_id": table.ids, "title": table.titles, "genres": table.genres}
        facts |= {"n_ratings": ratings.counts_by_item()}
        factors, bias = model.item_factors, model.item_bias
    if bias is not None:
        facts["bias"] = bias
    for piece in _pieces(len(factors)):
        columns = {name: values[piece] for name, values in facts.items()}
        yield columns | {f"factor_{place + 1}": factors[piece, place] for place in range(model.width(side))}


def _pieces(n_rows: int) -> Iterator[slice]:
    """Slices of `PIECE` rows; an empty one for an empty table, so that its columns are written."""
    for start in range(0, max(n_rows, 1), PIECE):
        yield slice(start, start + PIECE)
