"""How a workbook is told from other files, without the libraries that reading one takes."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = (".xlsx", ".xlsm")
"""Names of workbooks that can be read."""


def is_workbook(path: Path | str) -> bool:
    """Whether a file is meant to be a workbook, by its name."""
    return Path(path).suffix.lower() in SUFFIXES
