"""Data sets from the network: into one folder, checked against their SHA-256."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER_VARIABLE = "CFSTUDIO_DATA_DIR"
"""The environment variable that names another folder for downloads."""

TIMEOUT_SECONDS = 30.0
CHUNK_BYTES = 1 << 16


def path_of(file_name: str) -> Path:
    """Where a downloaded file is, or would be."""
    return _folder() / file_name


def download(url: str, sha256: str, file_name: str, progress: Callable[[int, int], None] | None = None) -> Path:
    """Download a file unless it is here and whole; returns its path.

    `progress` is told bytes done and bytes in all, 0 in all if the server does not say. A file gets its name only
    once it is complete and its SHA-256 is right. Raises DataError with the address and the folder for a copy by hand.
    """
    import pooch
    import requests

    # It would announce itself on stderr.
    pooch.get_logger().setLevel("ERROR")
    path = path_of(file_name)
    bar = _Bar(progress) if progress is not None else False
    fetch = pooch.HTTPDownloader(progressbar=bar, chunk_size=CHUNK_BYTES, timeout=TIMEOUT_SECONDS)
    by_hand = f"download {url} with a browser and put it into {path.parent} as {file_name}"
    try:
        pooch.retrieve(url, f"sha256:{sha256}", fname=file_name, path=path.parent, downloader=fetch)
    except requests.RequestException as error:
        raise DataError(f"{file_name} cannot be downloaded ({_reason(error)}); try again, or {by_hand}.") from error
    except OSError as error:
        raise DataError(
            f"{file_name} cannot be saved in {path.parent} ({error.strerror or error}); "
            f"free or allow that folder, or name another one in the variable {FOLDER_VARIABLE}."
        ) from error
    except ValueError as error:
        raise DataError(
            f"{file_name} is not what was expected, because its SHA-256 differs; try again later, or {by_hand}."
        ) from error
    return path


def _folder() -> Path:
    import platformdirs

    chosen = os.environ.get(FOLDER_VARIABLE)
    return (Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cfstudio")) / "datasets").absolute()


def _reason(error: Exception) -> str:
    """Why the network failed, in words."""
    import requests

    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code} {response.reason}"
    if isinstance(error, requests.Timeout):
        return f"the server did not answer for {TIMEOUT_SECONDS:.0f} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "the server cannot be reached"


class _Bar:
    """What pooch takes for a progress bar; it counts in chunks, so the last one may go beyond the end."""

    def __init__(self, progress: Callable[[int, int], None]) -> None:
        self._progress = progress
        self._done = 0
        self.total = 0

    def update(self, n_bytes: int) -> None:
        self._done += n_bytes
        if n_bytes:
            self._progress(min(self._done, self.total) if self.total else self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass
