"""How a session file is told from other files, without the libraries that reading one takes."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".cfstudio"


def is_session(path: Path | str) -> bool:
    """Whether a file is meant to be a session, by its name."""
    return Path(path).suffix.lower() == SUFFIX
