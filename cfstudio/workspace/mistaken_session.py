"""What to say to somebody who gave ratings, a workbook or the name of a data set where a session belongs."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from cfstudio.ratings.catalog import known_data_sets
from cfstudio.workspace.session_name import SUFFIX, is_session

if TYPE_CHECKING:
    from pathlib import Path


def not_a_session(path: Path) -> str | None:
    """A sentence for somebody who gave ratings, a workbook or a data set's name where a session belongs, else None."""
    made = f"`cfstudio train {path} --out {path.stem or path.name}{SUFFIX}`"
    if not path.exists():
        if str(path) in {one.name for one in known_data_sets()}:
            return f"{path} is a data set and no session; {made} makes one of it."
        return None
    if path.is_dir() or is_session(path) or not path.stat().st_size:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        members = set()
    if "manifest.json" in members:
        return None
    if "xl/workbook.xml" in members:
        return (
            f"{path} is a workbook and no session; {made} makes one of a list of ratings, "
            f"and `cfstudio {path}` opens a crosstab with its factors in the window, from where it can be saved as one."
        )
    return f"{path} is no session; if it holds ratings, {made} makes one of it."
