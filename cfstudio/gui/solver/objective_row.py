"""Set objective: which formula cell, and whether it is made large, small or equal to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QPushButton, QRadioButton, QWidget
from PySide6.QtWidgets import QVBoxLayout as Column

from cfstudio.gui.training.number_box import NumberBox
from cfstudio.solver.objective import NEEDS_ITEM, NEEDS_USER, Objective

if TYPE_CHECKING:
    from cfstudio.gui.solver.sheet_cells import SheetCells
    from cfstudio.ratings.table import Ratings
    from cfstudio.solver.objective import ObjectiveKind
    from cfstudio.solver.problem import Goal

KINDS: dict[ObjectiveKind, str] = {
    "rmse": "RMSE of the sheet",
    "sse": "Sum of squared errors",
    "mae": "Mean absolute error",
    "cell_error": "Error of the selected cell",
    "cell_prediction": "Prediction of the selected cell",
    "user_rmse": "RMSE of the selected user's row",
    "item_rmse": "RMSE of the selected {item}'s column",
}
GOALS: dict[Goal, tuple[str, str]] = {
    "max": ("Ma&x", "Make the objective as large as possible"),
    "min": ("Mi&n", "Make the objective as small as possible"),
    "value": ("&Value of", "Bring the objective to a number"),
}
FARTHEST = 1e12


class FormulaChoice(QWidget):
    """A combo box of formula cells with the address of the chosen one, and a button that takes it from the sheet."""

    changed = Signal()

    def __init__(self, sheet_cells: SheetCells, ratings: Ratings, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet_cells, self._ratings = sheet_cells, ratings
        self._objective = Objective()
        self.kind, self.address, self.pick_button = QComboBox(), QLabel(), QPushButton("From the s&heet")
        for kind, text in KINDS.items():
            self.kind.addItem(text.format(item=ratings.item_label), kind)
        self.kind.setAccessibleName(what)
        self.kind.setToolTip("The cell with the formula; for cells, rows and columns, the one selected in the sheet")
        self.address.setAccessibleName(f"Address of the {what.lower()}")
        self.address.setWordWrap(True)
        self.pick_button.setAccessibleName(f"{what} from the sheet")
        self.pick_button.setToolTip("Click a cell, a row's or a column's heading in the sheet, then here")
        self.pick_button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.kind)
        row.addWidget(self.address, 1)
        row.addWidget(self.pick_button)
        self.kind.activated.connect(lambda _index: self._choose(self.kind.currentData()))
        self.pick_button.clicked.connect(self._pick)
        self.show_objective(self._objective)

    @property
    def objective(self) -> Objective:
        """The chosen formula cell."""
        return self._objective

    def show_objective(self, objective: Objective) -> None:
        """Show a formula cell."""
        self._objective = objective
        self.kind.setCurrentIndex(self.kind.findData(objective.kind))
        self.refresh()

    def refresh(self) -> None:
        """Show the address, which moves with the sheet's order."""
        one = self._objective
        lacks = (one.kind in NEEDS_USER and one.user is None) or (one.kind in NEEDS_ITEM and one.item is None)
        if lacks:
            self.address.setText("select it in the sheet, then →")
            return
        address = self._sheet_cells.objective_address(one)
        named = one.named(self._ratings)
        self.address.setText(address if one.kind in ("rmse", "sse", "mae") else f"{address}: {named}")

    def _choose(self, kind: ObjectiveKind) -> None:
        self.show_objective(self._sheet_cells.selected_objective(kind, may_change=False))
        self.changed.emit()

    def _pick(self) -> None:
        self.show_objective(self._sheet_cells.selected_objective(self._objective.kind, may_change=True))
        self.changed.emit()


class ObjectiveRow(QWidget):
    """The formula cell and, below it, where it is to go."""

    changed = Signal()

    def __init__(self, sheet_cells: SheetCells, ratings: Ratings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formula = FormulaChoice(sheet_cells, ratings, "Objective")
        self.formula.kind.setObjectName("solverObjective")
        self.goals = {goal: QRadioButton(text) for goal, (text, _tip) in GOALS.items()}
        self.target = NumberBox(-FARTHEST, FARTHEST, whole=False)
        self.target.setObjectName("solverTarget")
        self.target.setAccessibleName("Value that the objective is to have")
        self.target.setToolTip("In the objective's unit: rating points")
        group = QButtonGroup(self)
        below = QHBoxLayout()
        below.addWidget(QLabel("To:"))
        for goal, button in self.goals.items():
            group.addButton(button)
            button.setObjectName(f"solverGoal{goal.capitalize()}")
            button.setAccessibleName(button.text().replace("&", ""))
            button.setToolTip(GOALS[goal][1])
            button.toggled.connect(self._follow_goal)
            below.addWidget(button)
        below.addWidget(self.target)
        below.addStretch(1)
        layout = Column(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.formula)
        layout.addLayout(below)
        self.formula.changed.connect(self.changed)
        self.target.valueChanged.connect(self.changed)
        self.show_goal("min", 0.0)

    @property
    def goal(self) -> Goal:
        """Max, min or value."""
        return next(goal for goal, button in self.goals.items() if button.isChecked())

    def show_goal(self, goal: Goal, target: float) -> None:
        """Show where the objective is to go."""
        self.goals[goal].setChecked(True)
        self.target.setValue(target)
        self._follow_goal()

    def _follow_goal(self) -> None:
        self.target.setEnabled(self.goals["value"].isChecked())
        self.changed.emit()
