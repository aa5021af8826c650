"""A slider that adds a multiple of a factor to a user, and what would then be recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from cfstudio.explore.recommendations import nudged_predictions, rated_by, recommend, user_predictions
from cfstudio.gui.fact_table import FactColumn, FactModel, FactTable, plain, signed, whole
from cfstudio.gui.optimizer_lab.lab_plot import named
from cfstudio.models.registry import needs_dot_product

if TYPE_CHECKING:
    from cfstudio.ratings.table import BoolArray, FloatArray
    from cfstudio.workspace.document import Workspace

N_SHOWN = 20
STEPS_PER_UNIT, MOST_UNITS = 20, 3
COLUMNS = (
    FactColumn("Recommended", "What has the highest prediction of all that the user has not rated"),
    FactColumn("Predicted", "With the nudge", plain, "0.00"),
    FactColumn("Change", "By how much the nudge moves the prediction", signed, "−0.00"),
    FactColumn("Was", "Its place without the nudge", whole, "00,000"),
)


class NudgePage(QWidget):
    """Changes nothing in the document: a look at what would be."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._direction: FloatArray | None = None
        self._candidates: BoolArray | None = None
        self.label, self.slider, self.back = QLabel(), QSlider(Qt.Orientation.Horizontal), QPushButton("Reset")
        self._model = FactModel(COLUMNS, self)
        self.table = FactTable("nudgeTable", "Recommendations after the nudge", "nudge.csv", self._model)
        self.slider.setObjectName("nudgeSlider")
        self.slider.setRange(-MOST_UNITS * STEPS_PER_UNIT, MOST_UNITS * STEPS_PER_UNIT)
        self.slider.setTickInterval(STEPS_PER_UNIT)
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        named(
            self.slider,
            "Nudge along the factor",
            "Adds so many standard deviations of this factor to the user; the document stays as it is",
        )
        named(self.back, "Reset the nudge", "Back to the user as it is")
        self.label.setWordWrap(True)
        self.label.setAccessibleName("Who is nudged")
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.back)
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        self.slider.valueChanged.connect(lambda _value: self.refresh())
        self.back.clicked.connect(lambda: self.slider.setValue(0))
        self.table.row_activated.connect(self._go_to)

    def show_direction(self, direction: FloatArray | None, candidates: BoolArray | None) -> None:
        """Nudge along this direction (n_factors,); recommend among the candidates (n_items,) bool."""
        self._direction, self._candidates = direction, candidates
        self.refresh()

    def refresh(self) -> None:
        """Recommend anew, for the selected user, or the first."""
        workspace, direction = self._workspace, self._direction
        factors = workspace.factors
        why_not = needs_dot_product("A nudge along a factor", factors)
        if why_not is not None or direction is None or len(direction) != factors.n_factors:
            self._model.put(np.empty(0, dtype=np.int64), [np.empty(0)] * len(COLUMNS))
            self.label.setText(why_not or "")
            return
        user = workspace.selection.user or 0
        units = self.slider.value() / STEPS_PER_UNIT
        spread = float((factors.user_factors.astype(np.float64) @ direction).std())
        before = user_predictions(factors, user)
        after = nudged_predictions(factors, user, direction, units * spread)
        rated = rated_by(workspace.ratings, user)
        shown = recommend(after, rated, N_SHOWN, self._candidates).codes
        rank = np.full(len(before), np.nan)
        old_order = recommend(before, rated, len(before), self._candidates).codes
        rank[old_order] = np.arange(1, len(old_order) + 1)
        titles = workspace.ratings.item_table.titles[shown]
        self._model.put(shown, (titles, after[shown], after[shown] - before[shown], rank[shown]))
        name = workspace.ratings.user_name(user)
        moved = f"{units:+.2f} standard deviations".replace("-", "−") if units else "as it is; move the slider"
        self.label.setText(f"{name}, {moved}")

    def _go_to(self, row: int) -> None:
        self._workspace.select(user=self._workspace.selection.user, item=int(self._model.codes()[row]))
