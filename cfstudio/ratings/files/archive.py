"""A file on disk, in a zip or under gzip, read as a stream: never extracted, never longer than its limit."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from typing import Any

    from _typeshed import WriteableBuffer

UNPACKED_LIMIT = 2 << 30
"""Most bytes one compressed file may unpack to; the ratings of MovieLens 32M, the largest known set, are 0.9 GB."""

BUFFER_BYTES = 1 << 20

DAMAGES = (
    OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, lzma.LZMAError, zipfile.BadZipFile,
)  # fmt: skip
"""What unpacking damaged or foreign content raises."""


@dataclass(frozen=True)
class Source:
    """A file that can be read from its beginning as often as needed; `member` is its place inside a zip, or empty."""

    path: Path
    member: str = ""

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"{self.path}, {self.member}" if self.member else str(self.path)

    @property
    def file_name(self) -> str:
        """Its name without folders, without `.gz`, in lower case."""
        return PurePosixPath(self.member or self.path.name).name.lower().removesuffix(".gz")

    @property
    def suffix(self) -> str:
        """The ending of `file_name`, with its dot."""
        return PurePosixPath(self.file_name).suffix

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return str(PurePosixPath(self.member).parent) if self.member else str(self.path.parent)

    def open(self) -> io.BufferedReader:
        """Open for reading bytes. Raises DataError here or while reading if it is damaged, locked or too large."""
        is_packed = self.path.name.lower().endswith(".gz") or bool(self.member)
        raw = _LimitedReader(self._open(), self.label, UNPACKED_LIMIT if is_packed else None)
        return io.BufferedReader(raw, BUFFER_BYTES)

    def _open(self) -> IO[bytes] | gzip.GzipFile:
        try:
            if not self.member:
                return _ungzipped(self.path.open("rb"), self.path.name)
            with zipfile.ZipFile(self.path) as archive:
                if archive.getinfo(self.member).flag_bits & 1:
                    raise DataError(f"{self.label} is locked with a password; unpack it and open the folder.")
                # The member stays readable after its archive is closed.
                return _ungzipped(archive.open(self.member), self.member)
        except DataError:
            raise
        except PermissionError as error:
            raise DataError(f"{self.path} may not be read by you; change its permissions or copy it.") from error
        except DAMAGES as error:
            raise damaged(self.label) from error


def sources_in_zip(path: Path) -> list[Source]:
    """The files in a zip, in its order. Raises DataError if it is damaged or no zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except PermissionError as error:
        raise DataError(f"{path} may not be read by you; change its permissions or copy it.") from error
    except DAMAGES as error:
        raise damaged(str(path)) from error
    # macOS puts a shadow of every file beside it.
    return [Source(path, name) for name in names if not PurePosixPath(name).name.startswith("._")]


def damaged(label: str) -> DataError:
    """What is said of a file that cannot be unpacked."""
    return DataError(f"{label} is damaged, incomplete or not what its name says; get a fresh copy of it.")


def _ungzipped(file: IO[bytes], name: str) -> IO[bytes] | gzip.GzipFile:
    return _Unzipped(file) if name.lower().endswith(".gz") else file


class _Unzipped(gzip.GzipFile):
    """Unpacks gzip and closes the packed file with itself."""

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__(fileobj=packed, mode="rb")
        self._packed = packed

    def close(self) -> None:
        super().close()
        self._packed.close()


class _LimitedReader(io.RawIOBase):
    """Reads until a limit and turns every failure to unpack into a DataError."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, label: str, limit: int | None) -> None:
        super().__init__()
        self._file, self._label, self._limit, self._n_read = file, label, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view: memoryview[Any] = memoryview(buffer).cast("B")
        try:
            content = self._file.read(len(view))
        except DAMAGES as error:
            raise damaged(self._label) from error
        self._n_read += len(content)
        if self._limit is not None and self._n_read > self._limit:
            # The size that a zip's directory declares need not be true: only what is read counts.
            limit = f"{self._limit / (1 << 30):.3g} GB"
            raise DataError(f"{self._label} unpacks to more than {limit}; unpack it yourself if that is right.")
        view[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()
