"""The status bar: messages, the size of the data, the selection, and how far the run is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

if TYPE_CHECKING:
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.training_control import TrainingControl

MESSAGE_MS = 8_000


class StatusBar(QStatusBar):
    """What is open, what is selected, what runs."""

    def __init__(self, workspace: Workspace, control: TrainingControl, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAccessibleName("Status bar")
        self._workspace, self._control = workspace, control
        self._size = QLabel()
        self._run = QLabel()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._progress.setFixedWidth(self.fontMetrics().averageCharWidth() * 18)
        self._progress.setFixedHeight(self.fontMetrics().height() // 2)
        self._progress.setAccessibleName("Progress of the run")
        self._busy = QLabel()
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAccessibleName("Cancel reading")
        self.cancel_button.hide()
        self.addWidget(self._size)
        # Permanent ones stay when a message hides the others.
        self.addPermanentWidget(self._busy)
        self.addPermanentWidget(self.cancel_button)
        self.addPermanentWidget(self._run)
        self.addPermanentWidget(self._progress)
        workspace.opened.connect(self._show_size)
        workspace.resized.connect(self._show_size)
        workspace.ratings_changed.connect(self._show_size)
        self._show_size()
        self.show_run()

    def say(self, text: str) -> None:
        """Show a message for a while."""
        self.showMessage(text, MESSAGE_MS)

    def show_busy(self, text: str) -> None:
        """Show what is being read; nothing when `text` is empty."""
        self._busy.setText(text)
        self.cancel_button.setVisible(bool(text))

    def show_run(self) -> None:
        """Show epoch, speed and time left."""
        worker, state = self._control.worker, self._control.state
        self._progress.setVisible(worker is not None and state in ("running", "paused", "starting"))
        if worker is None or state == "idle":
            self._run.setText("Space plays")
            return
        if state == "starting":
            self._run.setText("Getting ready; the first time, compiling takes some seconds…")
            return
        total = max(worker.total_steps, 1)
        self._progress.setValue(1000 * worker.steps_done // total)
        epochs = self._workspace.config.epochs
        text = f"epoch {worker.epoch:.1f} of {epochs} · step {worker.steps_done:,} of {total:,}"
        if state == "running":
            text += f" · {worker.steps_per_second:,.0f} steps/s"
            text += f" · {duration(worker.seconds_left)} left" if math.isfinite(worker.seconds_left) else ""
        else:
            text += f" · {state}"
        self._run.setText(text)

    def _show_size(self) -> None:
        ratings = self._workspace.ratings
        n_rated = ratings.n_rated
        density = n_rated / max(ratings.n_users * ratings.n_items, 1)
        self._size.setText(
            f"{ratings.name}: {ratings.n_users:,} users × {ratings.n_items:,} {ratings.item_label}s, "
            f"{n_rated:,} rated ({density:.2%})"
        )


def duration(seconds: float) -> str:
    """`41 s` or `3 min 5 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
