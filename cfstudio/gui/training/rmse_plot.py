"""RMSE of training and held-out cells over the steps of a run, live."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cfstudio.gui.still_place import StillPlace
from cfstudio.gui.training.curve import best_point
from cfstudio.gui.training.invitation import Invitation
from cfstudio.gui.training.measured import Measured
from cfstudio.gui.training.plot_choices import PlotChoices
from cfstudio.gui.training.plot_controls import PlotControls
from cfstudio.gui.training.plot_export import PlotExport
from cfstudio.gui.training.plot_lines import PlotLines
from cfstudio.gui.training.plot_marks import Overlay
from cfstudio.gui.training.rmse_canvas import RmseCanvas
from cfstudio.gui.training.side_plot import SidePlot
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.learning.diagnosis import overfitting
from cfstudio.learning.sweep import steps_per_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfstudio.learning.history import History
    from cfstudio.ratings.table import FloatArray
    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.run_log import Run

FLAT_LINES, GOOD_LINES = 7, 10
"""Heights of the curves' place in lines of text: what they can do with, and what shows them well."""
SETTLE_MS = 150
"""Pause after which the curves are drawn once more with smooth edges."""


class RmsePlot(QWidget):
    """The plot with its controls and a line of text that says what is under the cursor.

    `refresh` pulls from the workspace's history and costs next to nothing when that has not grown.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: History | None = None
        self.measured = Measured.of(workspace.history)
        """What the plot shows."""
        self._waits = False
        """Whether curves are to be drawn for which the axes have made room."""
        self._index: int | None = None
        self.canvas = RmseCanvas()
        self.canvas.setAccessibleName("RMSE over steps")
        self.canvas.setAccessibleDescription(
            "RMSE of training cells, solid, and of held-out cells, dashed. Left and right arrow read single points."
        )
        self._is_short = False
        fit_to_zoom(self, self._fit)
        self.lines = PlotLines(workspace, self)
        self.below = SidePlot(self.canvas)
        self.choices = PlotChoices(self)
        self.export = PlotExport(workspace, self.canvas, partial(self._read_step, None), self)
        self.controls = PlotControls(self.choices, self.export)
        self.reading = QLabel()
        self.reading.setAccessibleName("Values at the cursor")
        self.reading.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long sentence must not force the panel to be wide.
        self.reading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._invitation = Invitation("Press Space to train", self.canvas)
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.controls)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.below)
        layout.addWidget(StillPlace(self.reading))
        self.reading.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def _connect(self) -> None:
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._draw_fine)
        self.controls.smoothing_changed.connect(self.canvas.set_smoothing)
        self.controls.log_toggled.connect(self.canvas.set_log)
        self.controls.fit_clicked.connect(partial(self.canvas.follow, again=True))
        self.canvas.hovered.connect(self._read_step)
        self.canvas.cursor_moved.connect(self._move_cursor)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.canvas.customContextMenuRequested.connect(
            lambda place: self.controls.export.menu().popup(self.canvas.mapToGlobal(place))
        )
        shortcut = QShortcut(QKeySequence("L"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.controls.log.toggle)
        both = QShortcut(QKeySequence("Shift+L"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        both.activated.connect(self.choices.log_steps.toggle)
        self.choices.changed.connect(self._follow_choices)
        self.lines.changed.connect(self._show_lines)
        self._invitation.placed.connect(self._read)

    def ask_for_height(self, given: int, needed: int) -> None:
        """Take the height that shows a curve well where the panel, `needed` high, is `given` too little for that.

        It scrolls then anyway, to the settings; in a higher place these come first.
        """
        extra = self.fontMetrics().height() * (GOOD_LINES - FLAT_LINES)
        is_short = given < needed + (0 if self._is_short else extra)
        if is_short != self._is_short:
            self._is_short = is_short
            self._fit()

    def _fit(self) -> None:
        self.canvas.setMinimumHeight(self.fontMetrics().height() * (GOOD_LINES if self._is_short else FLAT_LINES))

    @property
    def baseline(self) -> float:
        """RMSE of always saying the mean rating, in rating points; NaN before it is known."""
        return math.nan if self.lines.known is None else self.lines.known.global_mean

    def show_overlays(self, runs: Sequence[Run]) -> None:
        """Draw the held-out curves of other runs, the training ones where nothing was held out."""
        overlays = []
        for run in runs:
            if run.history is not self._workspace.history and len(run.history):
                measured = Measured.of(run.history)
                rmse = measured.valid_rmse if np.isfinite(measured.valid_rmse).any() else measured.train_rmse
                overlays.append(Overlay(run.title, measured.steps, rmse))
        self.canvas.set_overlays(overlays)

    def _follow_choices(self) -> None:
        self.canvas.set_log_steps(self.choices.log_steps.isChecked())
        self.below.show_kind(self.choices.below)
        self._show_lines()
        self._draw(fine=True)

    def _show_lines(self) -> None:
        means, published = self.choices.means.isChecked(), self.choices.published.isChecked()
        self._refresh_plan()
        self.canvas.set_lines(self.lines.lines(means=means, published=published))
        self._invitation.place()

    def refresh_live(self) -> None:
        """Draw what the history has gained while it goes on: of new axes and new curves only the axes, then these."""
        self.refresh(at_once=False)

    def refresh(self, *, at_once: bool = True) -> None:
        """Draw what the history has gained; costs little when that is nothing."""
        history = self._workspace.history
        self.lines.refresh()
        if history is self._shown and len(history) == len(self.measured) and not self._waits:
            return
        is_same_run = history is self._shown
        if not is_same_run:
            self._index = None
            self.canvas.show_cursor(None)
            self.canvas.follow(again=True)
        self._shown, self.measured = history, Measured.of(history)
        self._settle.start()
        # Other axes cost half a frame and curves the other half.
        may_wait = is_same_run and not self._waits and not at_once
        self._waits = may_wait and self.canvas.make_room(self.measured.steps, self._points())
        if not self._waits:
            self._draw(fine=False)

    def _points(self) -> dict[str, FloatArray]:
        measured = self.measured
        points = {"train": measured.train_rmse, "valid": measured.valid_rmse}
        return points | {"batch": measured.batch_rmse} if self.choices.batch.isChecked() else points

    def _draw(self, *, fine: bool) -> None:
        measured = self.measured
        self._refresh_plan()
        self.canvas.show_curves(measured.steps, self._points(), fine=fine)
        found = overfitting(self._workspace.history)
        self.canvas.marks.set_overfit(None if found is None else found.step)
        self.below.show_measured(measured)
        self._invitation.want(not len(measured))
        self._read()

    def _draw_fine(self) -> None:
        self._draw(fine=True)

    def _refresh_plan(self) -> None:
        config = self._workspace.config
        steps_per_epoch = self.measured.steps_per_epoch
        if math.isnan(steps_per_epoch):
            n_train = int(np.count_nonzero(~self._workspace.held_out))
            steps_per_epoch = math.ceil(n_train / config.batch_size) if config.batch_size else 1
            if config.model == "bayes":
                steps_per_epoch = steps_per_sweep(config.n_factors)
        self.canvas.set_plan(config.epochs * steps_per_epoch, steps_per_epoch)

    def _read_step(self, step: float | None) -> None:
        """Put the cursor on the measured point nearest to a step."""
        steps = self.measured.steps
        self._index = None
        if step is not None and len(steps):
            after = int(np.searchsorted(steps, step))
            around = [index for index in (after - 1, after) if 0 <= index < len(steps)]
            self._index = min(around, key=lambda index: abs(steps[index] - step))
        self._show_cursor()

    def show_step(self, step: int | None) -> None:
        """Put the cursor on a step, or take it away."""
        self._read_step(step)

    def _move_cursor(self, move: int) -> None:
        last = len(self.measured) - 1
        if last >= 0:
            self._index = min(max((last if self._index is None else self._index) + move, 0), last)
            self._show_cursor()

    def _show_cursor(self) -> None:
        self.canvas.show_cursor(None if self._index is None else float(self.measured.steps[self._index]))
        self._read()

    def _read(self) -> None:
        """Say in words what is at the cursor; without one, where the best held-out value was."""
        measured = self.measured
        if self._index is not None:
            self.reading.setText(_sentence(measured, self._index))
            self.reading.setToolTip(self.reading.text())
            return
        if self._invitation.is_wanted:
            self.reading.setText("" if self._invitation.has_room else self._invitation.text())
            return
        best = best_point(measured.valid_rmse)
        self.reading.setText("" if best is None else f"◇ Best: {_sentence(measured, best)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw as many points as the new width shows."""
        super().resizeEvent(event)
        self._invitation.place()
        self._settle.start()


def _sentence(measured: Measured, index: int) -> str:
    parts = [f"step {measured.steps[index]:,.0f}", f"epoch {measured.epochs[index]:.4g}"]
    for label, rmse in (("train", measured.train_rmse[index]), ("held out", measured.valid_rmse[index])):
        if math.isfinite(rmse):
            parts.append(f"{label} {rmse:.4f}")
    if math.isfinite(measured.learning_rates[index]):
        parts.append(f"rate {measured.learning_rates[index]:.3g}")
    for label, number in (("batch", measured.batch_rmse[index]), ("gradient", measured.gradient_norms[index])):
        if math.isfinite(number):
            parts.append(f"{label} {number:.3g}")
    return " · ".join(parts)
