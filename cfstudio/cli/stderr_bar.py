"""A progress bar on stderr: what every command's bar has in common."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, ProgressColumn, TaskID


class StderrBar:
    """One task's bar, if stderr is a terminal; nothing otherwise. A command's own bar says which columns it has."""

    def __init__(self, description: str, total: int | None = None, **fields: Any) -> None:  # noqa: ANN401
        self._description, self._total, self._fields = description, total, fields
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def columns(self) -> list[ProgressColumn]:
        """What stands behind the bar; rich is imported only here, where there is one."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            described = TextColumn("{task.description}", markup=False)
            self._bar = Progress(described, BarColumn(), *self.columns(), console=Console(stderr=True))
            self._task = self._bar.add_task(self._description, total=self._total, **self._fields)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    @property
    def is_shown(self) -> bool:
        """Whether anybody sees the bar."""
        return self._bar is not None

    def show(self, **state: Any) -> None:  # noqa: ANN401
        """Show `completed`, `total`, `description` or fields of one's own."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, **state)
