"""The status bar: messages, the size of the data, the selection, and how far the run is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QStatusBar, QWidget

from cfstudio.gui.sheet.selection_facts import SelectionFacts
from cfstudio.gui.shortened_label import ShortenedLabel
from cfstudio.gui.shortened_message import WAY_BACK, shortened_message
from cfstudio.gui.still_place import StillPlace
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.gui.zoom_control import ZoomControl
from cfstudio.workspace.told_state import told_state

if TYPE_CHECKING:
    from cfstudio.gui.sheet.sheet import Sheet
    from cfstudio.workspace.training_control import TrainingControl

MESSAGE_MS = 8_000
MARGINS = 6 + 2
"""Pixels that Qt leaves free before and behind a message."""
SELECTION_MS = 40
"""Pause in selecting after which the numbers are added up."""


class StatusBar(QStatusBar):
    """What is open, what is selected, what runs."""

    def __init__(self, sheet: Sheet, control: TrainingControl, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAccessibleName("Status bar")
        workspace = sheet.workspace
        self._workspace, self._control, self._sheet = workspace, control, sheet
        self._said = self._shown = ""
        """The message and as much of it as there is room for."""
        self._size = ShortenedLabel("Size of the data")
        self._selection = ShortenedLabel("Facts of the selection", least=8)
        self._selection.setObjectName("selectionFacts")
        self._selection.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._run = ShortenedLabel("State of the run", least=20)
        self._place_of_run = StillPlace(self._run)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        fit_to_zoom(self, self._fit)
        self._progress.setAccessibleName("Progress of the run")
        self._busy = ShortenedLabel("What is being read")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAccessibleName("Cancel reading")
        self.cancel_button.setToolTip("Stop reading; the open document stays")
        self.cancel_button.hide()
        self.addWidget(self._size)
        # Permanent ones stay when a message hides the others.
        self.addPermanentWidget(self._selection)
        self.addPermanentWidget(self._busy)
        self.addPermanentWidget(self.cancel_button)
        self.addPermanentWidget(self._place_of_run)
        self.addPermanentWidget(self._progress)
        self._zoom = ZoomControl(self)
        self.addPermanentWidget(self._zoom)
        workspace.opened.connect(self._show_size)
        workspace.resized.connect(self._show_size)
        workspace.ratings_changed.connect(self._show_size)
        self._timer = QTimer(self, singleShot=True, interval=SELECTION_MS)
        self._timer.timeout.connect(self.show_selection)
        sheet.selection_moved.connect(self._await_rest)
        sheet.layer_changed.connect(self._await_rest)
        workspace.ratings_changed.connect(self._await_rest)
        workspace.factors_changed.connect(self._await_rest)
        self.messageChanged.connect(self._make_room)
        self._show_size()
        self.show_run()

    def _make_room(self, message: str) -> None:
        """A sentence is worth more than the numbers beside it; a wide window has room for both."""
        if not message or message != self._shown:
            self._said = message
        message = self._said
        room = self.width() - self.fontMetrics().horizontalAdvance(message)
        beside = sum(one.sizeHint().width() for one in (self._selection, self._run))
        has_room = not message or room > beside + self._zoom.width() + self._progress.width()
        self._selection.setVisible(has_room)
        self._run.setVisible(has_room)
        self.setToolTip(message)
        self._shorten()

    def _shorten(self) -> None:
        """Show as much of the message as there is room for; the tooltip has all of it."""
        layout = self.layout()
        if not self._said or layout is None:
            return
        layout.activate()
        beside = (self._busy, self.cancel_button, self._selection, self._place_of_run, self._progress, self._zoom)
        end = min([self.width(), *(one.x() for one in beside if one.isVisible())])
        shown = shortened_message(self._said, self.fontMetrics(), end - MARGINS)
        if shown != self.currentMessage():
            self._shown = shown
            self.showMessage(shown, MESSAGE_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of a message as the new width has room for."""
        super().resizeEvent(event)
        self._make_room(self.currentMessage())

    def _fit(self) -> None:
        # Qt would show the texts under a message again when sizes change.
        self.clearMessage()
        self._progress.setFixedWidth(self.fontMetrics().averageCharWidth() * 18)
        self._progress.setFixedHeight(self.fontMetrics().height() // 2)

    def say(self, text: str) -> None:
        """Show a message for a while."""
        self.showMessage(text, MESSAGE_MS)

    def add(self, text: str) -> None:
        """Show a message behind the one that is shown, its way back only where that does not tell it."""
        if WAY_BACK in self._said:
            text = text.replace(f", {WAY_BACK}", "")
        self.say(f"{self._said} {text}".strip())

    def say_why_finished(self) -> None:
        """Say which rule has ended the run, or that a device failed; that all epochs are done can be seen anyhow."""
        worker = self._control.worker
        if worker is not None and worker.remark and not worker.remark.startswith("All epochs"):
            self.say(worker.remark)

    def _await_rest(self) -> None:
        self._timer.start()

    def show_selection(self) -> None:
        """Show count, sum, mean, smallest and largest of the selected numbers."""
        # Of a single cell the formula bar tells all.
        text = str(SelectionFacts.of(self._sheet)) if self._sheet.last_grid.selected_cells() > 1 else ""
        self._selection.setText(text)

    def show_busy(self, text: str) -> None:
        """Show what is being read; nothing when `text` is empty."""
        self._busy.setText(text)
        self.cancel_button.setVisible(bool(text))
        self._shorten()

    def show_run(self) -> None:
        """Show epoch, speed and time left."""
        worker, state = self._control.worker, told_state(self._workspace, self._control)
        self._progress.setVisible(worker is not None and state in ("running", "paused", "starting"))
        self._shorten()
        if worker is None or state == "idle":
            self._run.setText("Space plays")
            return
        if state == "starting":
            self._run.setText("Getting ready; the first time, compiling takes some seconds…")
            return
        total = max(worker.total_steps, 1)
        self._progress.setValue(1000 * worker.steps_done // total)
        text = f"epoch {worker.epoch:.1f} of {worker.total_epochs} · step {worker.steps_done:,} of {total:,}"
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
