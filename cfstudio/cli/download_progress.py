"""The progress bar of a download on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cfstudio.cli.stderr_bar import StderrBar

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class DownloadProgress(StderrBar):
    """Bytes, speed and time left."""

    def columns(self) -> list[ProgressColumn]:
        """What stands behind the bar."""
        from rich.progress import DownloadColumn, TimeRemainingColumn, TransferSpeedColumn

        return [DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()]

    def update(self, done_bytes: int, total_bytes: int) -> None:
        """Show how far the download is; `total_bytes` 0 if nobody knows."""
        self.show(completed=done_bytes, total=total_bytes or None)
