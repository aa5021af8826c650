"""Add or change one constraint: which cells, each or their sum, the relation, the number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.dialog_buttons import explain_buttons
from cfstudio.gui.solver.objective_row import FARTHEST, FormulaChoice
from cfstudio.gui.theme import current_theme
from cfstudio.gui.training.number_box import NumberBox
from cfstudio.solver.cells import BLOCKS, Cells, block_of
from cfstudio.solver.constraints import BLOCK_NAMES, REFUSALS, CellConstraint, FormulaConstraint

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.solver.sheet_cells import SheetCells
    from cfstudio.solver.constraints import Constraint, Form, Relation
    from cfstudio.workspace.document import Workspace

CHANGING, SELECTED, KEPT, FORMULA = "changing", "selected", "kept", "formula"

FORMS: dict[Form, str] = {
    "each": "each cell",
    "sum": "the sum of all",
    "sums by row": "the sum of each row: one per user or {item}",
    "sums by factor": "the sum of each factor, over all of its users or {item}s",
}
RELATIONS: dict[Relation, str] = {
    "<=": "≤",
    "=": "=",
    ">=": "≥",
    "integer": "int (whole numbers)",
    "binary": "bin (0 or 1)",
    "all-different": "dif (all different)",
}


class ConstraintDialog(QDialog):
    """One constraint; what the Solver does not offer is refused here, with the reason."""

    def __init__(
        self,
        workspace: Workspace,
        sheet_cells: SheetCells,
        changing: Callable[[], Cells],
        constraint: Constraint | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("solverConstraintDialog")
        self.setWindowTitle("Add constraint" if constraint is None else "Change constraint")
        self._workspace, self._sheet_cells, self._changing = workspace, sheet_cells, changing
        self._kept = constraint.cells if isinstance(constraint, CellConstraint) else None
        self.cells, self.form, self.relation = QComboBox(), QComboBox(), QComboBox()
        self.formula = FormulaChoice(sheet_cells, workspace.ratings, "Formula cell")
        self.bound = NumberBox(-FARTHEST, FARTHEST, whole=False)
        self.reason = QLabel(wordWrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        explain_buttons(self.buttons)
        self._fill()
        self._arrange()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.cells.currentIndexChanged.connect(self._follow_cells)
        self.relation.currentIndexChanged.connect(self._follow_relation)
        self._show(constraint)
        self._follow_cells()
        self._follow_relation()

    def constraint(self) -> Constraint | None:
        """What the fields say; None, with the reason shown, if that is no constraint."""
        relation: Relation = self.relation.currentData()
        if relation in REFUSALS:
            self.reason.setText(REFUSALS[relation])
            return None
        if self.cells.currentData() == FORMULA:
            formula = self.formula.objective
            sentence = formula.problem_with(self._workspace.ratings, self._workspace.held_out)
            self.reason.setText(sentence or "")
            return FormulaConstraint(formula, relation, self.bound.value()) if sentence is None else None
        cells = self._chosen_cells()
        if cells is None or not cells.n:
            self.reason.setText("No cells are chosen; select factors or biases in the sheet, or choose a block.")
            return None
        return CellConstraint(cells, relation, self.bound.value(), self.form.currentData())

    def accept(self) -> None:
        """Close, if it is a constraint."""
        if self.constraint() is not None:
            super().accept()

    def _fill(self) -> None:
        label, factors = self._workspace.ratings.item_label, self._workspace.factors
        self.cells.addItem("All changing cells", CHANGING)
        for name in BLOCKS:
            if block_of(factors, name) is not None:
                text = BLOCK_NAMES[name].format(item=label)
                self.cells.addItem(text[0].upper() + text[1:], name)
        self.cells.addItem("The cells selected in the sheet", SELECTED)
        self.cells.addItem("A formula cell", FORMULA)
        if self._kept is not None:
            self.cells.insertItem(0, f"As it was: {self._sheet_cells.addresses(self._kept)}", KEPT)
        for form, text in FORMS.items():
            self.form.addItem(text.format(item=label), form)
        for relation, sign in RELATIONS.items():
            self.relation.addItem(sign, relation)

    def _arrange(self) -> None:
        names: dict[QWidget, tuple[str, str, str]] = {
            self.cells: ("&Cells", "constraintCells", "Which cells are constrained"),
            self.form: ("Co&nstrain", "constraintForm", "Every single cell, or sums of them"),
            self.formula: ("&Formula", "constraintFormula", "Which formula cell is constrained"),
            self.relation: ("&Relation", "constraintRelation", "At most, equal to, at least"),
            self.bound: ("&Number", "constraintNumber", "The right side of the constraint"),
        }
        form = QFormLayout()
        for widget, (text, object_name, tip) in names.items():
            widget.setObjectName(object_name)
            widget.setAccessibleName(text.replace("&", ""))
            widget.setToolTip(tip)
            form.addRow(text, widget)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        self.reason.setPalette(palette)
        self.reason.setAccessibleName("Why the constraint was refused")
        self.reason.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 76)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.reason)
        layout.addWidget(self.buttons)
        self._form = form

    def _show(self, constraint: Constraint | None) -> None:
        if constraint is None:
            return
        self.relation.setCurrentIndex(self.relation.findData(constraint.relation))
        self.bound.setValue(constraint.bound)
        if isinstance(constraint, FormulaConstraint):
            self.cells.setCurrentIndex(self.cells.findData(FORMULA))
            self.formula.show_objective(constraint.formula)
        else:
            self.cells.setCurrentIndex(self.cells.findData(KEPT))
            self.form.setCurrentIndex(self.form.findData(constraint.form))

    def _chosen_cells(self) -> Cells | None:
        wanted = self.cells.currentData()
        if wanted == KEPT:
            return self._kept
        if wanted == CHANGING:
            return self._changing()
        if wanted == SELECTED:
            return self._sheet_cells.selected_cells()
        return Cells.whole(self._workspace.factors, [wanted])

    def _follow_cells(self) -> None:
        is_formula = self.cells.currentData() == FORMULA
        self._form.setRowVisible(self.form, not is_formula)
        self._form.setRowVisible(self.formula, is_formula)
        self.reason.clear()

    def _follow_relation(self) -> None:
        relation: Relation = self.relation.currentData()
        self.bound.setEnabled(relation not in REFUSALS)
        self.reason.setText(REFUSALS.get(relation, ""))
