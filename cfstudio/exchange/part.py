"""What is exported of a document, and how a long export is watched and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.factorization import Factorization
    from cfstudio.ratings.table import BoolArray, Ratings

    Progress = Callable[[int, int], None]
    """Called with rows done and rows in all."""
    IsCancelled = Callable[[], bool]

ROWS_AT_ONCE = 1000
"""Rows written between two looks at cancel and progress: a few milliseconds."""


class ExportCancelled(Exception):  # noqa: N818 - it is no error
    """The export was stopped on request; no file was written and none replaced."""


@dataclass(frozen=True)
class DocumentPart:
    """The part of a document that other programs get.

    `held_out` (n_rows,) bool, True where a rating of `ratings` is held out.
    """

    ratings: Ratings
    held_out: BoolArray
    factors: Factorization


class Watch:
    """Counts rows, tells the progress now and then, and ends the work by an exception once it is cancelled."""

    def __init__(self, total: int, progress: Progress | None, is_cancelled: IsCancelled | None) -> None:
        self._total = total
        self._done = 0
        self._told = 0
        self._progress = progress
        self._is_cancelled = is_cancelled
        self.check()

    def advance(self, n_rows: int = 1) -> None:
        """Count rows that are done. Raises ExportCancelled."""
        self._done += n_rows
        if self._done - self._told >= ROWS_AT_ONCE or self._done >= self._total:
            self.check()

    def check(self) -> None:
        """Tell how far the work is. Raises ExportCancelled if it is not wanted any more."""
        self._told = self._done
        if self._is_cancelled is not None and self._is_cancelled():
            raise ExportCancelled
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)
