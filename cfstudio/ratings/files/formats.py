"""Which kind of file a path is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["folder", "zip", "parquet", "text"]

TEXT_SUFFIXES = (".csv", ".tsv", ".dat", ".data")
SPLIT_SUFFIXES = (".base", ".train", ".test")
"""Parts of a MovieLens set that somebody has split for all: each is a table, but none the table of its folder."""
TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".parquet")

FORMAT_NAMES = {
    ".csv": "comma-separated text (CSV)",
    ".tsv": "tab-separated text",
    ".dat": "MovieLens text (.dat)",
    ".data": "MovieLens text (.data)",
    **dict.fromkeys(SPLIT_SUFFIXES, "MovieLens text (a part of a split)"),
    ".parquet": "Parquet",
    ".zip": "zip",
}


def kind_of(path: Path) -> Kind:
    """What a path holds, by its name. Raises DataError if there is nothing or nothing that can be read."""
    if not path.exists():
        raise DataError(f"{path} does not exist; check its name and folder.")
    if path.is_dir():
        return "folder"
    if not path.is_file():
        raise DataError(f"{path} is neither a file nor a folder; copy its content into a file first.")
    suffix = _suffix(path)
    if suffix == ".zip":
        return "zip"
    if suffix == ".parquet" and not _is_gzip(path):
        return "parquet"
    if suffix in (*TEXT_SUFFIXES, *SPLIT_SUFFIXES):
        return "text"
    raise DataError(
        f"{path} is of no kind that ratings can be read from; give a MovieLens folder or zip, "
        f"or a file that ends in {', '.join(TABLE_SUFFIXES)} (text also .gz)."
    )


def format_name(path: Path) -> str:
    """The format of a file or folder as a person calls it."""
    if path.is_dir():
        return "folder"
    name = FORMAT_NAMES.get(_suffix(path), "unknown")
    return f"{name}, gzip-compressed" if _is_gzip(path) else name


def _suffix(path: Path) -> str:
    """The ending in lower case, the one before `.gz` if there is that."""
    return (path.with_suffix("") if _is_gzip(path) else path).suffix.lower()


def _is_gzip(path: Path) -> bool:
    return path.suffix.lower() == ".gz"
