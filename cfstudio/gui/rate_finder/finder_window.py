"""The finder's window: sweep, look at the curve, use the suggested rate or one's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.exports import ask_and_save, copy_rows, write_csv
from cfstudio.gui.rate_finder.rate_canvas import RateCanvas
from cfstudio.gui.rate_finder.sweep import Sweep
from cfstudio.gui.training.plot_picture import write_png, write_svg
from cfstudio.gui.zoom import enlarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.learning.rate_finder import RateCurve
    from cfstudio.workspace.document import Workspace

HELP = (
    "Every step uses a larger rate than the one before. Where the error falls steadily, the rate is good; before, it "
    "crawls; where it turns upward, steps overshoot. The document does not change."
)


class FinderWindow(QDialog):
    """Begins a sweep when it is opened; the rate becomes a setting only by its button."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rateFinder")
        self.setWindowTitle("Find a learning rate")
        self.setAccessibleName(self.windowTitle())
        self._workspace = workspace
        self._curve: RateCurve | None = None
        self.rate: float | None = None
        """The rate that the button would use."""
        self.canvas, self.sweep = RateCanvas(), Sweep(workspace, self)
        self.words = QLabel(HELP, wordWrap=True)
        self.words.setAccessibleName("What the curve says")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("Progress of the sweep")
        self.use = self._button(
            "Use this rate", "rateUse", "Make it the learning rate; Undo takes it back", self.use_rate
        )
        self.again = self._button("Again", "rateAgain", "Sweep once more with the present settings", self.begin)
        self.cancel = self._button(
            "Cancel", "rateCancel", "End the sweep and show what it has found", self.sweep.cancel
        )
        self.export = self._button("Export", "rateExport", "Copy or save the curve", None)
        self.export.setMenu(self._make_menu())
        self._arrange()
        # Left alone, Qt opens dialogs no larger than two thirds of the screen.
        self.resize(self.sizeHint().boundedTo(parent.size()))
        self.sweep.progressed.connect(lambda part: self.progress.setValue(round(1000 * part)))
        self.sweep.found.connect(self._show)
        self.sweep.failed.connect(self._fail)
        self.canvas.chosen.connect(self._choose)
        workspace.opened.connect(self._forget)
        self._follow()

    def sizeHint(self) -> QSize:
        """Wide enough to read six decades."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 100, metrics.height() * 32)

    def _arrange(self) -> None:
        enlarge(self.words, 1.1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.progress, 1)
        for button in (self.cancel, self.again, self.export, self.use):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(buttons)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy the numbers", lambda: copy_rows(self.rows()))
        save = partial(ask_and_save, self)
        csv, png, svg = "CSV files (*.csv)", "PNG pictures (*.png)", "SVG drawings (*.svg)"
        title = self.windowTitle()
        menu.addAction("Save as CSV…", lambda: save("rates.csv", csv, lambda path: write_csv(path, self.rows())))
        menu.addAction("Save as PNG…", lambda: save("rates.png", png, lambda path: write_png(self.canvas, path)))
        menu.addAction("Save as SVG…", lambda: save("rates.svg", svg, lambda path: write_svg(self.canvas, path, title)))
        return menu

    def begin(self) -> None:
        """Sweep with the present numbers and settings."""
        if self._workspace.config.model == "bayes":
            self._fail("A Bayesian model has no learning rate; choose another model.")
            return
        self.words.setText(HELP)
        self.sweep.start()
        self._follow()

    def use_rate(self) -> None:
        """Make the chosen rate a setting of the document."""
        if self.rate is not None:
            rate = float(f"{self.rate:.2g}")
            config = replace(self._workspace.config, learning_rate=rate)
            self._workspace.configure(config, f"learning rate {rate:g}")
            self.close()

    def rows(self) -> list[list[object]]:
        """The curve as a table, its header first."""
        rows: list[list[object]] = [["learning_rate", "mean_squared_error"]]
        if self._curve is not None:
            pairs = zip(self._curve.rates.tolist(), self._curve.losses.tolist(), strict=True)
            rows += [list(pair) for pair in pairs]
        return rows

    def _show(self, curve: RateCurve) -> None:
        self._curve = curve
        self.canvas.show_curve(curve)
        self._choose(curve.valley or curve.steepest)
        self.canvas.show_rate(self.rate)
        if self.rate is None:
            self.words.setText("The error falls nowhere: reset the factors, or sweep with other settings.")
        else:
            steepest = "" if curve.steepest is None else f", most steeply at {curve.steepest:.2g} (triangle)"
            ended = "" if curve.is_complete else " The sweep was cancelled."
            self.words.setText(
                f"The error falls steadily around {self.rate:.2g}{steepest}. Drag the line, or move it with the arrow "
                f"keys, to choose another rate.{ended}"
            )
        self._follow()

    def _choose(self, rate: float | None) -> None:
        self.rate = rate
        self.use.setText("Use this rate" if rate is None else f"Use {rate:.2g}")
        self.use.setEnabled(rate is not None and not self.sweep.is_running)

    def _fail(self, reason: str) -> None:
        self.words.setText(reason)
        self._follow()

    def _forget(self) -> None:
        self.sweep.forget()
        self.close()

    def _follow(self) -> None:
        is_running = self.sweep.is_running
        self.progress.setVisible(is_running)
        self.cancel.setEnabled(is_running)
        self.again.setEnabled(not is_running)
        self.export.setEnabled(self._curve is not None)
        self._choose(self.rate)

    def _button(self, text: str, name: str, tip: str, slot: Callable[[], None] | None) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        if slot is not None:
            button.clicked.connect(lambda _checked=False: slot())
        return button

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the sweep."""
        self.sweep.forget()
        super().closeEvent(event)
