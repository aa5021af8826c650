"""Ratings from files: MovieLens folders and zips, CSV and its relatives, Parquet, plain or gzip-compressed."""

from __future__ import annotations

from cfstudio.ratings.files.reading import read_path

__all__ = ["read_path"]
