"""The progress bar of a training run on stderr."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cfstudio.cli.stderr_bar import StderrBar

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from cfstudio.learning.make_trainer import AnyTrainer as Trainer


class TrainingProgress(StderrBar):
    """Epoch, RMSE and time left."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__("", trainer.total_steps, rmse="")
        self._trainer = trainer

    def columns(self) -> list[ProgressColumn]:
        """What stands behind the bar."""
        from rich.progress import TextColumn, TimeRemainingColumn

        return [TextColumn("{task.fields[rmse]}"), TimeRemainingColumn()]

    def update(self) -> None:
        """Show where the trainer is now."""
        if not self.is_shown:
            return
        trainer = self._trainer
        n_epochs = -(-trainer.total_steps // trainer.steps_per_epoch)
        epoch = min(trainer.step // trainer.steps_per_epoch + 1, n_epochs)
        self.show(completed=trainer.step, description=f"Epoch {epoch}/{n_epochs}", rmse=self._rmse_text())

    def _rmse_text(self) -> str:
        rows = self._trainer.history.epoch_rows()
        if not rows:
            return ""
        train, valid = rows[-1]["train_rmse"], rows[-1]["valid_rmse"]
        return f"RMSE {train:.4f}" if valid is None or math.isnan(valid) else f"RMSE {train:.4f}, held out {valid:.4f}"
