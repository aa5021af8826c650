"""The progress bar of a training run on stderr."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

    from cfstudio.learning.trainer import Trainer


class TrainingProgress:
    """Epoch, RMSE and time left, if stderr is a terminal; nothing otherwise."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _make_bar()
            self._task = self._bar.add_task("", total=self._trainer.total_steps, rmse="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self) -> None:
        """Show where the trainer is now."""
        if self._bar is None or self._task is None:
            return
        trainer = self._trainer
        n_epochs = -(-trainer.total_steps // trainer.steps_per_epoch)
        epoch = min(trainer.step // trainer.steps_per_epoch + 1, n_epochs)
        self._bar.update(
            self._task, completed=trainer.step, description=f"Epoch {epoch}/{n_epochs}", rmse=self._rmse_text()
        )

    def _rmse_text(self) -> str:
        rows = self._trainer.history.epoch_rows()
        if not rows:
            return ""
        train, valid = rows[-1]["train_rmse"], rows[-1]["valid_rmse"]
        return f"RMSE {train:.4f}" if valid is None or math.isnan(valid) else f"RMSE {train:.4f}, held out {valid:.4f}"


def _make_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rmse]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
