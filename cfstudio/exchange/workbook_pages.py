"""The pages of a workbook as cells, read so that neither a damaged nor a malicious file does harm.

python-calamine reads what openpyxl refuses (pivot caches) and lays every page out as a full rectangle; a file of a few
bytes can claim cells in opposite corners of a page, so the extent is looked at first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook

from cfstudio.exchange.cell_names import parse_block
from cfstudio.exchange.grid import Grid
from cfstudio.ratings.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

MEGABYTE = 1 << 20

UNPACKED_LIMIT = 1024 * MEGABYTE
"""Most bytes that a workbook may unpack to: five times one of 100,004 ratings and 50 factors."""

MOST_CELLS = 20_000_000
"""Most cells of the rectangle that a page spans."""

CHUNK = 1 << 20

# Attributes such as r="H2"; in whatever way XML and calamine allow them to be written.
CELL_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
LONGEST_PLACE = 64


class WorkbookPages:
    """An opened workbook; pages are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Open a workbook. Raises DataError with a sentence if it is missing, damaged, too large or no workbook."""
        self.path = path
        check_size(path)
        self._workbook = _guarded(path, lambda: CalamineWorkbook.from_path(path))
        self.names: list[str] = list(self._workbook.sheet_names)
        self._grids: dict[str, Grid] = {}

    def __getitem__(self, name: str) -> Grid:
        """The cells of a page. Raises DataError if it is damaged."""
        if name not in self._grids:
            sheet = _guarded(self.path, lambda: self._workbook.get_sheet_by_name(name))
            self._grids[name] = Grid(_guarded(self.path, lambda: sheet.to_python(skip_empty_area=False)))
        return self._grids[name]


def check_size(path: Path) -> None:
    """Raise DataError unless `path` is a zip with a workbook in it, sound, and not too large to be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise DataError(f"{path} is no Excel workbook (.xlsx); save it as one and open that.")
            n_left = UNPACKED_LIMIT
            for info in archive.infolist():
                with archive.open(info) as file:
                    n_left -= _scan(file, n_left, path)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise DataError(f"{path} cannot be opened: {error.strerror}.") from error
    except DataError:
        raise
    except zipfile.BadZipFile as error:
        raise DataError(
            f"{path} is damaged or no Excel workbook (.xlsx); a workbook with a password or in the old format .xls "
            "must be saved as .xlsx without one first."
        ) from error
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise _damaged(path) from error


def _scan(file: IO[bytes], limit: int, path: Path) -> int:
    """Unpack a member without keeping it; returns its size in bytes."""
    size, rest, n_rows, columns = 0, b"", 0, {b"A"}
    while chunk := file.read(CHUNK):
        # The size that a zip's directory declares need not be true: only what is read counts.
        size += len(chunk)
        if size > limit:
            raise DataError(
                f"{path} unpacks to more than {UNPACKED_LIMIT // MEGABYTE:,} MB, which is more than a crosstab needs; "
                "copy the page with the crosstab into a workbook of its own."
            )
        found = CELL_PLACE.findall(rest + chunk)
        rest = chunk[-LONGEST_PLACE:]
        if not found:
            continue
        columns.update({one[0] for one in found})
        n_rows = max(n_rows, *{int(one[1]) for one in found})
        n_columns = max(parse_block(f"{name.decode()}1").right for name in columns)
        if n_rows * n_columns > MOST_CELLS:
            raise DataError(
                f"{path} has a page of {n_rows:,} rows × {n_columns:,} columns, more than {MOST_CELLS:,} cells; "
                "copy the crosstab into a workbook of its own."
            )
    return size


def _guarded(path: Path, read: Any) -> Any:  # noqa: ANN401 - whatever is read
    """Call calamine; whatever goes wrong in it becomes a DataError."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError as error:
        raise DataError(f"{path} needs more memory than there is.") from error
    except BaseException as error:
        # Damaged content can make it panic, and Rust's panics are no Exceptions in Python.
        raise _damaged(path) from error


def _damaged(path: Path) -> DataError:
    return DataError(f"{path} is damaged or no Excel workbook (.xlsx).")
