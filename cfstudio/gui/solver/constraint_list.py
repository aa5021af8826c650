"""Subject to the constraints: the list, with Add, Change and Delete beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from cfstudio.gui.solver.constraint_dialog import ConstraintDialog
from cfstudio.solver.constraints import SIGNS, CellConstraint

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.gui.solver.sheet_cells import SheetCells
    from cfstudio.solver.cells import Cells
    from cfstudio.solver.constraints import Constraint
    from cfstudio.workspace.document import Workspace

ROWS = 4
"""Constraints that can be seen without scrolling."""


class ConstraintList(QWidget):
    """The constraints of a problem."""

    changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        sheet_cells: SheetCells,
        changing: Callable[[], Cells],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._sheet_cells, self._changing = workspace, sheet_cells, changing
        self._constraints: list[Constraint] = []
        self.list = QListWidget()
        self.list.setObjectName("solverConstraints")
        self.list.setAccessibleName("Constraints")
        self.list.setToolTip("What the solution must meet; double-click to change")
        self.add_button, self.change_button = QPushButton("&Add…"), QPushButton("&Change…")
        self.delete_button = QPushButton("&Delete")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange()
        self.add_button.clicked.connect(lambda: self._ask(None))
        self.change_button.clicked.connect(lambda: self._ask(self.list.currentRow()))
        self.delete_button.clicked.connect(self._delete)
        self.list.itemDoubleClicked.connect(lambda: self._ask(self.list.currentRow()))
        self.list.currentRowChanged.connect(self._enable)
        self._enable()

    def _arrange(self) -> None:
        column = QVBoxLayout()
        tips = {
            self.add_button: "Add a constraint on cells, sums of cells or a formula cell",
            self.change_button: "Change the selected constraint",
            self.delete_button: "Delete the selected constraint",
        }
        for button, tip in tips.items():
            button.setAutoDefault(False)
            button.setToolTip(tip)
            button.setAccessibleName(f"{button.text().strip('&…').replace('&', '')} constraint")
            column.addWidget(button)
        column.addStretch(1)
        self.list.setMinimumHeight(round(self.fontMetrics().lineSpacing() * 1.2 * ROWS))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(column)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """What is in the list."""
        return tuple(self._constraints)

    def show_constraints(self, constraints: tuple[Constraint, ...]) -> None:
        """Put others into the list."""
        self._constraints = list(constraints)
        self.refresh()
        self.changed.emit()

    def refresh(self) -> None:
        """Show the constraints with the addresses of now."""
        row = self.list.currentRow()
        self.list.clear()
        self.list.addItems([self._text(one) for one in self._constraints])
        for place in range(self.list.count()):
            self.list.item(place).setToolTip(self.list.item(place).text())
        self.list.setCurrentRow(min(max(row, 0), len(self._constraints) - 1))
        self._enable()

    def _text(self, constraint: Constraint) -> str:
        if isinstance(constraint, CellConstraint) and constraint.cells.fits(self._workspace.factors):
            address = self._sheet_cells.addresses(constraint.cells)
            named = constraint.described(self._workspace.ratings).rpartition(f" {SIGNS[constraint.relation]} ")[0]
            return f"{address} {SIGNS[constraint.relation]} {constraint.bound:g}  ({named})"
        return constraint.described(self._workspace.ratings)

    def _ask(self, row: int | None) -> None:
        old = None if row is None else self._constraints[row]
        dialog = ConstraintDialog(self._workspace, self._sheet_cells, self._changing, old, self.window())
        # Not modal: the cells are picked in the sheet meanwhile.
        dialog.accepted.connect(lambda: self._take(dialog, row))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def _take(self, dialog: ConstraintDialog, row: int | None) -> None:
        constraint = dialog.constraint()
        if constraint is None:
            return
        if row is None or row >= len(self._constraints):
            self._constraints.append(constraint)
            row = len(self._constraints) - 1
        else:
            self._constraints[row] = constraint
        self.refresh()
        self.list.setCurrentRow(row)
        self.changed.emit()

    def _delete(self) -> None:
        del self._constraints[self.list.currentRow()]
        self.refresh()
        self.changed.emit()

    def _enable(self) -> None:
        has_one = self.list.currentRow() >= 0
        self.change_button.setEnabled(has_one)
        self.delete_button.setEnabled(has_one)
