"""The numbers of a search while it goes on: objective large, the rest as a small table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.zoom import enlarge

if TYPE_CHECKING:
    from cfstudio.solver.watch import Trial

FACTS = {
    "iteration": ("Trial solution", "How many solutions have been tried since the start"),
    "evaluations": (
        "Evaluations",
        "How often the method has asked for the objective, and its gradient",
    ),
    "recalculations": (
        "Sheet recalculations",
        "What it cost: an analytic gradient is one, differences cost one or two for each changing cell",
    ),
    "gradient_norm": (
        "Steepest slope",
        "The objective's largest slope in a cell that can still move; 0 at an optimum",
    ),
    "feasibility": ("Constraints missed by", "How far the worst constraint is missed; 0 where all are met"),
    "seconds": ("Time", "Seconds of searching, pauses left out"),
    "held_out_rmse": ("Held-out RMSE", "RMSE of the cells that the Solver does not see"),
}
N_COLUMNS = 3


class RunFacts(QWidget):
    """Where a search has got to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.objective = QLabel("Objective", wordWrap=True), QLabel("–")
        self.name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.objective.setObjectName("solverObjectiveNow")
        self.objective.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.objective.setToolTip("The objective at the latest trial solution")
        enlarge(self.objective, 1.75, QFont.Weight.DemiBold)
        self.values: dict[str, QLabel] = {}
        self._headings: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.name)
        layout.addWidget(self.objective)
        layout.addSpacing(self.fontMetrics().height() // 3)
        layout.addLayout(self._grid())

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.fontMetrics().averageCharWidth() * 2)
        grid.setVerticalSpacing(0)
        for place, (name, (title, tip)) in enumerate(FACTS.items()):
            row, column = divmod(place, N_COLUMNS)
            heading, value = QLabel(title), QLabel("–")
            heading.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            value.setObjectName(f"solverFact_{name}")
            for label in (heading, value):
                label.setToolTip(tip)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(heading, 2 * row, column)
            grid.addWidget(value, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self.values[name], self._headings[name] = value, heading
        return grid

    def show_name(self, name: str) -> None:
        """Say which cell the objective is."""
        self.name.setText(name)

    def show_trial(self, trial: Trial | None) -> None:
        """Show where the search is, None before the first trial solution."""
        self.objective.setText("–" if trial is None else f"{trial.objective:.6g}")
        self.objective.setAccessibleName(f"{self.name.text()} {self.objective.text()}")
        has_held_out = trial is not None and math.isfinite(trial.held_out_rmse)
        for label in (self.values["held_out_rmse"], self._headings["held_out_rmse"]):
            label.setVisible(has_held_out)
        for name, label in self.values.items():
            text = "–" if trial is None else _text(name, getattr(trial, name))
            label.setText(text)
            label.setAccessibleName(f"{FACTS[name][0]} {text}")


def _text(name: str, value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return "–"
    return f"{value:.2f} s" if name == "seconds" else f"{value:.4g}"
