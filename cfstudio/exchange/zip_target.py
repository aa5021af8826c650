"""A file that a zip is written into, and that may be taken away from it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class ZipTarget:
    """Passes on what a zip writes; after an exception it swallows the rest.

    XlsxWriter leaves its zip open when its work is interrupted, and the zip, once it is collected, wants to write its
    directory into a file that is long closed and removed.
    """

    def __init__(self, file: IO[bytes], check: Callable[[], None]) -> None:
        self._file: IO[bytes] | None = file
        self._check = check

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file = None

    def write(self, content: bytes) -> int:
        """Write bytes; returns how many. Raises what `check` raises: packing can be stopped, too."""
        if self._file is None:
            return len(content)
        self._check()
        return self._file.write(content)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return 0 if self._file is None else self._file.seek(place, whence)

    def tell(self) -> int:
        """The place in the file."""
        return 0 if self._file is None else self._file.tell()

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        if self._file is not None:
            self._file.flush()
