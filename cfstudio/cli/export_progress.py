"""The progress bar of an export on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.cli.stderr_bar import StderrBar

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class ExportProgress(StderrBar):
    """Rows written and time left."""

    def columns(self) -> list[ProgressColumn]:
        """What stands behind the bar."""
        from rich.progress import MofNCompleteColumn, TimeRemainingColumn

        return [MofNCompleteColumn(), TimeRemainingColumn()]

    def update(self, done: int, total: int) -> None:
        """Show how many rows of how many are written."""
        self.show(completed=done, total=total)
