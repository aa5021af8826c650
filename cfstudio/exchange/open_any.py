"""Opening whatever can be a document, by name or path: known data sets, files of ratings, sessions, workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cfstudio.exchange.workbook_name import is_workbook
from cfstudio.ratings.catalog import open_ratings
from cfstudio.ratings.errors import DataError
from cfstudio.ratings.table import Ratings
from cfstudio.workspace.session_name import is_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cfstudio.exchange.found_crosstab import FoundCrosstab
    from cfstudio.workspace.session import Session


def open_document(source: str, columns: Mapping[str, str] | None = None) -> Ratings | Session | FoundCrosstab:
    """Read a session, a workbook, or ratings by the name of a known data set or by their path.

    A workbook is what was understood of its crosstab, or ratings where its first page lists them row by row.
    `columns` says what the columns of such a list or of a file are called. Raises DataError with a sentence.
    """
    if is_session(source):
        # pyarrow and safetensors take time and memory that plain ratings do not need.
        from cfstudio.workspace.session import open_session

        return open_session(Path(source))
    if is_workbook(source):
        return _open_workbook(Path(source), columns)
    return open_ratings(source, columns)


def open_document_ratings(source: str, columns: Mapping[str, str] | None = None) -> Ratings:
    """The ratings of whatever `open_document` reads, without the factors and held-out cells that may come with them."""
    if is_workbook(source):
        opened = _open_workbook(Path(source), columns)
        return opened if isinstance(opened, Ratings) else opened.to_ratings()
    if is_session(source):
        from cfstudio.workspace.session import open_session

        return open_session(Path(source)).ratings
    return open_ratings(source, columns)


def _open_workbook(path: Path, columns: Mapping[str, str] | None) -> Ratings | FoundCrosstab:
    from cfstudio.exchange.long_page import listed_ratings
    from cfstudio.exchange.read_workbook import read_workbook
    from cfstudio.exchange.workbook_pages import WorkbookPages

    def of_first_page() -> Ratings | None:
        pages = WorkbookPages(path)
        return listed_ratings(pages[pages.names[0]], path, columns)

    if columns and (listed := of_first_page()) is not None:
        return listed
    try:
        found = read_workbook(path)
    except DataError:
        if (listed := of_first_page()) is None:
            raise
        return listed
    # Few rows under "user, item, rating" have the shape of a crosstab of users × {item, rating}.
    listed = None if found.is_own else listed_ratings(found.page_grid(), path, columns)
    return found if listed is None else listed
