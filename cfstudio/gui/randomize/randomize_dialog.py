"""The window that draws other starting numbers and shows, before that, what they imply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.randomize.number_fields import NumberFields
from cfstudio.gui.randomize.start_histogram import StartHistogram
from cfstudio.gui.randomize.start_preview import StartPreviewer
from cfstudio.gui.randomize.start_sentences import against_ratings, drawn_sentence, implied_sentences, warning
from cfstudio.gui.theme import current_theme
from cfstudio.learning.history import History
from cfstudio.models.start_statistics import normal_for_sd, sum_for, uniform_for_mean, with_new_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.models.start_distribution import StartDistribution
    from cfstudio.workspace.document import Workspace

PAUSE_MS = 30
"""Pause after which a change is drawn: a held arrow key must not wait for each preview."""
READOUT_LINES = 4
"""Lines of text that the readout has room for, so that nothing moves while numbers change."""


class RandomizeDialog(QDialog):
    """OK puts the new numbers into the document as one undoable edit; until then nothing changes."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("randomizeDialog")
        self.setWindowTitle("Randomize the starting numbers")
        self.setAccessibleName("Randomize the starting numbers")
        self._workspace = workspace
        self._previewer = StartPreviewer(workspace)
        self.fields = NumberFields(workspace)
        self.histogram = StartHistogram(workspace.ratings.scale, self._previewer.ratings.mean)
        self.readout, self.drawn, self.warning = QLabel(), QLabel(), QLabel()
        self.mean_button = QPushButton("Start at the &mean rating")
        self.spread_button = QPushButton("Spread &like the ratings")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        explain_buttons(self._buttons, Ok="Start from such numbers; Ctrl+Z brings the old ones back")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._arrange()
        self._connect()
        self.refresh()

    def _arrange(self) -> None:
        self._explain_solving()
        solving = QHBoxLayout()
        solving.addWidget(self.mean_button)
        solving.addWidget(self.spread_button)
        solving.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.fields)
        layout.addLayout(solving)
        layout.addSpacing(self.fontMetrics().height() // 2)
        layout.addWidget(self.histogram, 1)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        for label, name in (
            (self.readout, "What this start implies"),
            (self.drawn, "What this seed gives"),
            (self.warning, "Warning"),
        ):
            label.setAccessibleName(name)
            label.setWordWrap(True)
            layout.addWidget(label)
        self.readout.setMinimumHeight(self.fontMetrics().lineSpacing() * READOUT_LINES)
        layout.addWidget(self._buttons)

    def _explain_solving(self) -> None:
        texts = {
            self.mean_button: "Find the upper bound for which the predictions lie around the mean rating",
            self.spread_button: "Find the σ for which the predictions are spread as the ratings are",
        }
        for button, text in texts.items():
            button.setAutoDefault(False)
            button.setToolTip(text)
            button.setAccessibleName(button.text().replace("&", ""))
            button.setAccessibleDescription(text)
            button.setEnabled(self._previewer.n_train > 0)
        if self._workspace.factors.rating_range is not None:
            self.spread_button.setEnabled(False)
            self.spread_button.setToolTip("The sigmoid decides how far predictions are spread; take a model without it")

    def _connect(self) -> None:
        self._pause.timeout.connect(self.refresh)
        self.fields.changed.connect(self._pause.start)
        self.fields.refused.connect(lambda text: self._warn(f"“{text.strip()}” is no number that fits there."))
        self.mean_button.clicked.connect(lambda: self._solve(self._for_mean_rating))
        self.spread_button.clicked.connect(lambda: self._solve(self._for_spread_of_ratings))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    @property
    def ok_button(self) -> QPushButton:
        """The button that draws the numbers into the document."""
        return self._buttons.button(QDialogButtonBox.StandardButton.Ok)

    def refresh(self) -> None:
        """Draw the start that the fields describe, and say what it is like."""
        self._pause.stop()
        blocks = self.fields.chosen_blocks()
        try:
            numbers = self.fields.distribution()
        except ValueError as reason:
            self.readout.clear()
            self.drawn.clear()
            self._warn(str(reason))
            self.ok_button.setEnabled(False)
            return
        preview = self._previewer.preview(numbers, blocks)
        implied = implied_sentences(preview, numbers, blocks)
        self.readout.setText(f"{implied}\n{against_ratings(preview, self._previewer.ratings)}")
        self.drawn.setText(drawn_sentence(preview, numbers.seed, self._previewer.n_train))
        self.histogram.show_predictions(preview.predictions)
        self._warn(warning(numbers, blocks))
        self.ok_button.setEnabled(bool(blocks))

    def _warn(self, text: str) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.warning.setPalette(palette)
        self.warning.setText(text)

    def _solve(self, find: Callable[[StartDistribution], StartDistribution]) -> None:
        try:
            found = find(self.fields.distribution())
        except ValueError as reason:
            self.refresh()
            self._warn(str(reason))
            return
        self.fields.show_distribution(found)
        self.refresh()

    def _for_mean_rating(self, numbers: StartDistribution) -> StartDistribution:
        factors = self._workspace.factors
        wanted = sum_for(factors, self._previewer.ratings.mean)
        return uniform_for_mean(factors, numbers, self.fields.chosen_blocks(), wanted)

    def _for_spread_of_ratings(self, numbers: StartDistribution) -> StartDistribution:
        blocks = self.fields.chosen_blocks()
        return normal_for_sd(self._workspace.factors, numbers, blocks, self._previewer.ratings.sd)

    def accept(self) -> None:
        """Start the document from the drawn numbers."""
        self.refresh()
        if not self.ok_button.isEnabled():
            return
        workspace = self._workspace
        workspace.about_to_change.emit()
        start = with_new_numbers(workspace.factors, self.fields.distribution(), self.fields.chosen_blocks())
        state = replace(workspace.state, start=start, factors=start.copy(), history=History())
        workspace.exchange_state("re-randomize", state)
        super().accept()
