"""Jacobian, Hessian, eigenvalues, and what they say about learning rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.zoom import enlarge
from cfstudio.optimizer_lab.curvature import LINEAR_METHODS, curvature, jacobian
from cfstudio.optimizer_lab.numbers import written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.gui.optimizer_lab.stability import Stability

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class MatrixModel(QAbstractTableModel):
    """A matrix with titles, read-only."""

    def __init__(self, titles: tuple[str, ...], row_titles: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._titles, self._row_titles = titles, row_titles
        self._numbers: NDArray[np.float64] = np.zeros((0, len(titles)))

    def show_numbers(self, numbers: NDArray[np.float64]) -> None:
        """Take another matrix of as many columns."""
        self.beginResetModel()
        self._numbers = numbers
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """The matrix's rows."""
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """The matrix's columns."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """One number."""
        if not index.isValid():
            return None
        value = float(self._numbers[index.row(), index.column()])
        if role == Role.EditRole:
            return value
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return written(value)
        return RIGHT if role == Role.TextAlignmentRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Titles of columns, and of rows where there are any."""
        if role != Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        return self._row_titles[section] if self._row_titles else str(section + 1)


class CurvaturePage(QWidget):
    """The second derivatives of the mean squared error of the present points."""

    def __init__(self, session: LabSession, stability: Stability) -> None:
        super().__init__()
        self._session, self._stability = session, stability
        self.jacobian = MatrixModel(("d pred / da = x", "d pred / db = 1"))
        self.hessian = MatrixModel(("a", "b"), ("a", "b"))
        self.eigen = MatrixModel(("eigenvalue", "along a", "along b"), ("steepest", "flattest"))
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What the curvature says")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout, right = QHBoxLayout(self), QVBoxLayout()
        left = self._titled("Jacobian: how each prediction moves", self.jacobian, "jacobian.csv", 0)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)
        right.addLayout(self._titled("Hessian: 2/n · JᵀJ", self.hessian, "hessian.csv", 2))
        right.addLayout(self._titled("Eigenvalues and directions", self.eigen, "eigenvalues.csv", 2))
        right.addWidget(self.words)
        right.addStretch(1)
        stability.found.connect(self.refresh)

    def refresh(self) -> None:
        """Show the matrices of the present points."""
        if not self.isVisible():
            return
        found = curvature(self._session.data)
        self.jacobian.show_numbers(jacobian(self._session.data))
        self.hessian.show_numbers(found.hessian)
        self.eigen.show_numbers(np.column_stack([found.eigenvalues, found.directions.T]))
        a, b = found.minimum
        self.words.setText(
            f"The least error is at a = {written(a)}, b = {written(b)}.\n\n"
            f"Steepest through flattest: {written(found.condition)}. 1 is a round bowl; the larger, the narrower the "
            f"canyon, and as a rule of thumb as many steps are needed. Scaling x (on the Data tab) makes it 1.\n\n"
            f"All rows in one batch, plain descent diverges from 2 / {written(float(found.eigenvalues[0]))} = "
            f"{written(found.stable_rate)} on.\n\n{self._words_of_page()}"
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Show what was not kept up to date unseen."""
        super().showEvent(event)
        self.refresh()

    def _words_of_page(self) -> str:
        page, stability = self._session.page, self._stability
        if page.method.name not in LINEAR_METHODS:
            return f"{page.method.title} divides by the size of its derivatives, or changes its rate: no one limit."
        if not stability.is_known or stability.rate is None:
            return "The limit of this page, with its batches and momentum, is being calculated…"
        return (
            f"This page, with its batches of {page.settings.batch_size}, order and momentum, diverges from "
            f"{written(stability.rate)} on: the mark on the learning-rate slider. The learning rate is "
            f"{written(page.settings.learning_rate)}."
        )

    def _titled(self, title: str, model: MatrixModel, file_name: str, n_rows: int) -> QVBoxLayout:
        layout, label, table = QVBoxLayout(), QLabel(title), CopyableTable(file_name)
        enlarge(label, 1.0, label.font().Weight.DemiBold)
        table.setModel(model)
        table.setAccessibleName(title)
        table.setToolTip(f"{title}. Right-click to copy or save.")
        table.verticalHeader().show()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        if n_rows:
            height = table.horizontalHeader().sizeHint().height() + n_rows * table.verticalHeader().defaultSectionSize()
            table.setFixedHeight(height + 2 * table.frameWidth() + 2)
        layout.addWidget(label)
        layout.addWidget(table, 0 if n_rows else 1)
        return layout
