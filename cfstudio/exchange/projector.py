"""Factors for TensorFlow's Embedding Projector: vectors and metadata as tab-separated text, by item and by user.

The Projector's Load button takes a file of vectors (one per line, no header) and one of metadata (a header where there
is more than one column, then one line per vector). Its texts are labels and not cells of a spreadsheet: they stay as
they are, but for tabs and line ends, which become blanks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cfstudio.exchange.file_set import paths_of, written_together
from cfstudio.exchange.part import Watch

if TYPE_CHECKING:
    from typing import IO

    from numpy.typing import NDArray

    from cfstudio.exchange.part import DocumentPart, IsCancelled, Progress

SIDES: tuple[Literal["item"], Literal["user"]] = ("item", "user")
PIECE = 1000
"""Lines made and written at once."""


def projector_paths(out: Path) -> dict[str, Path]:
    """The files that a path stands for: `item-vectors.tsv` and three more in a folder, or `x-item-vectors.tsv` …."""
    contents = [f"{side}_{kind}" for side in SIDES for kind in ("vectors", "metadata")]
    return paths_of(out, ".tsv", {content: f"{content.replace('_', '-')}.tsv" for content in contents})


def export_projector(
    document: DocumentPart,
    out: Path | str,
    *,
    progress: Progress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> dict[str, Path]:
    """Write vectors and metadata of items and users; returns the files, see `projector_paths`.

    Metadata: id, title, genres, year, number of ratings, bias if the model has one; of users id, number of ratings and
    bias. Raises DataError with a sentence if a file cannot be written, ExportCancelled once `is_cancelled` says so;
    then and after any other exception no file is there, or the old ones whole.
    """
    paths = projector_paths(Path(out))
    watch = Watch(document.ratings.n_users + document.ratings.n_items, progress, is_cancelled)
    with written_together(paths) as files:
        for side in SIDES:
            _write(document, side, files[f"{side}_vectors"], files[f"{side}_metadata"], watch)
        watch.check()
    return paths


def _write(
    document: DocumentPart, side: Literal["item", "user"], vectors: IO[bytes], metadata: IO[bytes], watch: Watch
) -> None:
    model = document.factors
    factors = model.item_factors if side == "item" else model.user_factors
    columns = _metadata(document, side)
    metadata.write(_lines([list(columns)]))
    for start in range(0, len(factors), PIECE):
        piece = slice(start, start + PIECE)
        # The shortest text that reads back as the same number of its type.
        vectors.write(_lines([str(number) for number in row] for row in factors[piece]))
        metadata.write(_lines(zip(*(values[piece].tolist() for values in columns.values()), strict=True)))
        watch.advance(len(factors[piece]))


def _metadata(document: DocumentPart, side: Literal["item", "user"]) -> dict[str, NDArray[Any]]:
    ratings, table = document.ratings, document.ratings.item_table
    if side == "item":
        columns: dict[str, NDArray[Any]] = {
            # The Projector labels points by the first column.
            "title": table.titles,
            "item_id": table.ids,
            "genres": table.genres,
            "year": table.years,
            "n_ratings": ratings.counts_by_item(),
        }
        bias = document.factors.item_bias
    else:
        columns = {"user_id": ratings.user_ids, "n_ratings": ratings.counts_by_user()}
        bias = document.factors.user_bias
    return columns if bias is None else columns | {"bias": bias}


def _lines(rows: Any) -> bytes:  # noqa: ANN401 - rows of whatever a column holds
    return "".join("\t".join(_field(value) for value in row) + "\n" for row in rows).encode("utf-8", "replace")


def _field(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)
