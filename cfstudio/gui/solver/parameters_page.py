"""Solver Parameters, arranged as in Excel: objective, goal, changing cells, constraints, method."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.solver.changing_choice import ChangingChoice
from cfstudio.gui.solver.constraint_list import ConstraintList
from cfstudio.gui.solver.objective_row import ObjectiveRow
from cfstudio.gui.solver.options_dialog import OptionsDialog
from cfstudio.gui.theme import current_theme
from cfstudio.models.registry import needs_dot_product
from cfstudio.solver.options import SolverOptions
from cfstudio.solver.outcome import Outcome
from cfstudio.solver.problem import METHOD_NAMES, Problem

if TYPE_CHECKING:
    from cfstudio.gui.solver.sheet_cells import SheetCells
    from cfstudio.solver.problem import Method
    from cfstudio.workspace.document import Workspace

ABOUT: dict[Method, str] = {
    "grg": "Follows the slope downhill: for smooth formulas such as these. One gradient costs {cost}.",
    "evolutionary": "Breeds solutions at random, without a slope, for formulas with steps.{many}",
    "als": "Solves users, then {item}s, each exactly, in turn. Excel lacks it; for errors without constraints.",
    "simplex": Outcome.NOT_LINEAR.sentence.replace(" Nothing was changed;", ""),
}

MOST_EVOLVING = 30
"""Changing cells up to which a search at random finds what a gradient finds, in about as long as people wait."""
TOO_MANY = " With {n:,} cells it ends far from the best; GRG Nonlinear, with multistart in Options, does better here."


class ParametersPage(QWidget):
    """Everything that makes a problem; it follows the sheet, which can be used meanwhile."""

    changed = Signal()

    def __init__(self, workspace: Workspace, sheet_cells: SheetCells, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._options = SolverOptions()
        self.objective = ObjectiveRow(sheet_cells, workspace.ratings)
        self.changing = ChangingChoice(workspace, sheet_cells)
        self.constraints = ConstraintList(workspace, sheet_cells, self.changing.cells)
        self.non_negative = QCheckBox("Ma&ke unconstrained variables non-negative")
        self.method, self.about, self.reason = QComboBox(), QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.options_button = QPushButton("O&ptions…")
        self.other_model = QPushButton("&Use “With biases”")
        self._name_controls()
        self._arrange()
        self.recolor()
        self.method.currentIndexChanged.connect(self._tell)
        self.options_button.clicked.connect(self._ask_options)
        for part in (self.objective, self.changing, self.constraints):
            part.changed.connect(self._tell)
        self.non_negative.toggled.connect(self._tell)
        self.other_model.clicked.connect(self._use_other_model)

    @property
    def why_never(self) -> str | None:
        """Why no search of the document's model can start, whatever is asked; None where one can."""
        return needs_dot_product("The Solver", self._workspace.factors)

    def problem(self) -> Problem:
        """What the fields ask for, of the document as it is now."""
        workspace = self._workspace
        return Problem(
            workspace.ratings,
            workspace.held_out,
            workspace.factors,
            self.changing.cells(),
            self.objective.formula.objective,
            self.objective.goal,
            self.objective.target.value(),
            self.constraints.constraints,
            self.non_negative.isChecked(),
            self.method.currentData(),
            self._options,
        )

    def show_problem(self, problem: Problem) -> None:
        """Show what a problem asks for."""
        self._options = problem.options
        self.objective.formula.show_objective(problem.objective)
        self.objective.show_goal(problem.goal, problem.target)
        self.changing.show_cells(problem.changing)
        self.constraints.show_constraints(problem.constraints)
        self.non_negative.setChecked(problem.non_negative)
        self.method.setCurrentIndex(self.method.findData(problem.method))
        self._tell()

    def reset(self) -> None:
        """Ask again for the smallest RMSE by changing everything."""
        workspace = self._workspace
        self.show_problem(Problem.ready_for(workspace.ratings, workspace.held_out, workspace.factors))

    def refresh(self) -> None:
        """Show the addresses of now: the sheet was sorted, or the model changed."""
        self.objective.formula.refresh()
        self.changing.refresh()
        self.constraints.refresh()
        self._describe_method()
        self._say_what_is_wrong_with_the_model()

    def say(self, reason: str) -> None:
        """Say why the search cannot start."""
        self.reason.setText(reason)

    def recolor(self) -> None:
        """Give warnings the theme's color."""
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.reason.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the warning's color that of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "reason"):
            self.recolor()

    def _name_controls(self) -> None:
        self.method.setObjectName("solverMethod")
        self.method.setAccessibleName("Solving method")
        self.method.setToolTip("How the solution is searched")
        for method, name in METHOD_NAMES.items():
            self.method.addItem(name, method)
        self.options_button.setObjectName("solverOptions")
        self.options_button.setAccessibleName("Options")
        self.options_button.setToolTip("Precision, limits, derivatives, population, seed …")
        self.options_button.setAutoDefault(False)
        self.non_negative.setObjectName("solverNonNegative")
        self.non_negative.setAccessibleName("Make unconstrained variables non-negative")
        self.non_negative.setToolTip("Changing cells without a lower bound stay at 0 or above")
        self.about.setAccessibleName("What the method does")
        self.about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.about.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.reason.setAccessibleName("Why the search cannot start")
        self.reason.setObjectName("solverReason")
        self.other_model.setObjectName("solverOtherModel")
        self.other_model.setAccessibleName("Use the model with biases")
        self.other_model.setToolTip("Choose a model that the Solver can work on; Undo brings this one back")
        self.other_model.setAutoDefault(False)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        parts = (
            ("Set objective:", self.objective),
            ("By changing cells:", self.changing),
            ("Subject to the constraints:", self.constraints),
        )
        for title, widget in parts:
            heading = QLabel(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            layout.addWidget(heading)
            layout.addWidget(widget, int(widget is self.constraints))
            layout.addSpacing(self.fontMetrics().height() // 3)
        layout.addWidget(self.non_negative)
        row = QHBoxLayout()
        label = QLabel("Solving &method:")
        label.setBuddy(self.method)
        row.addWidget(label)
        row.addWidget(self.method, 1)
        row.addWidget(self.options_button)
        layout.addLayout(row)
        layout.addWidget(self.about)
        layout.addWidget(self.reason)
        layout.addWidget(self.other_model, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask_options(self) -> None:
        dialog = OptionsDialog(self._options, self.window())
        dialog.accepted.connect(lambda: self._take_options(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_options(self, dialog: OptionsDialog) -> None:
        self._options = dialog.options()
        self._tell()

    def _tell(self) -> None:
        self.reason.clear()
        self._describe_method()
        self._say_what_is_wrong_with_the_model()
        self.changed.emit()

    def _say_what_is_wrong_with_the_model(self) -> None:
        why = self.why_never
        if why is not None:
            self.say(why)
        elif self.other_model.isVisibleTo(self):
            self.say("")
        self.other_model.setVisible(why is not None)

    def _use_other_model(self) -> None:
        workspace = self._workspace
        workspace.configure(replace(workspace.config, model="dot-bias"), "model with biases")

    def _describe_method(self) -> None:
        n = self.changing.cells().n
        costs = {"analytic": 1, "forward": n + 1, "central": 2 * n + 1}
        cost = costs[self._options.derivatives]
        spoken = f"{cost:,} recalculation{'' if cost == 1 else 's'} of the sheet ({self._options.derivatives})"
        text = ABOUT[self.method.currentData()]
        many = TOO_MANY.format(n=n) if n > MOST_EVOLVING else ""
        self.about.setText(text.format(cost=spoken, item=self._workspace.ratings.item_label, many=many))
