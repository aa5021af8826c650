"""The numbers of a step as a table: old, gradient, what the optimizer remembers, step, new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.zoom import fit_to_zoom
from cfstudio.learning.blackboard import number

if TYPE_CHECKING:
    from cfstudio.learning.blackboard import Blackboard

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
LONGEST = number(-0.000344)
"""As wide as numbers usually get."""
CELL_MARGIN = 4
"""Pixels that a table leaves free at either side of a text, a little more than Qt's."""
TIPS = {
    "number": "Factor or bias of the user or the item",
    "old": "Before the step",
    "gradient": "Derivative of the squared error by this number, after clipping",
    "+ L2": "What L2 decay adds to the gradient: decay × number",
    "m": "What the optimizer remembers of the gradients: their sum or mean",
    "s": "What the optimizer remembers of the squared gradients",
    "step": "What the optimizer's rule changes, learning rate included",
    "decay": "What decoupled weight decay takes off: learning rate × decay × number",
    "new": "After the step: old + step + decay; of a draw: mean + z / √precision",
    "α Σ q²": "What the user's ratings add to the precision: noise precision × sum of the movies' squared factors",
    "prior": "Precision of the number's distribution before the user's ratings",
    "precision": "Of the number's distribution, given everything else: prior + α Σ q²",
    "prior mean": "Mean of the number's distribution before the user's ratings",
    "mean": "Of the number's distribution, given everything else",
    "z": "A random number from normal(0, 1)",
}


class StepModel(QAbstractTableModel):
    """One row per number that the prediction is made of."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._header: list[str] = ["number", "old", "gradient", "step", "new"]
        self._rows: list[list[str | float]] = []

    def show(self, board: Blackboard | None) -> None:
        """Show another step."""
        self.beginResetModel()
        self._rows = [] if board is None else board.rows
        if board is not None:
            self._header = board.header
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Numbers of the user and of the item."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As many as the optimizer needs."""
        return 0 if parent.isValid() else len(self._header)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, and what a screen reader says."""
        value = self._rows[index.row()][index.column()]
        text = value if isinstance(value, str) else number(value)
        if role == Role.EditRole:
            return value
        if role == Role.DisplayRole:
            return text
        if role == Role.TextAlignmentRole and index.column():
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ToolTipRole:
            return TIPS[self._header[index.column()]]
        if role == Role.AccessibleTextRole:
            return f"{self._rows[index.row()][0]}, {self._header[index.column()]} {text}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return self._header[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return TIPS[self._header[section]]
        return None


class StepTable(CopyableTable):
    """The table; large letters."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("step.csv", parent)
        self.setObjectName("microscopeTable")
        self.setAccessibleName("Numbers of the step")
        self.numbers = StepModel(self)
        self.setModel(self.numbers)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.numbers.modelReset.connect(self._fit)
        fit_to_zoom(self, self._fit)

    def _fit(self) -> None:
        """Names are as wide as they are; numbers share the rest, and where that is too narrow the table scrolls."""
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        header.setMinimumSectionSize(metrics.horizontalAdvance(LONGEST) + 2 * CELL_MARGIN)
        if self.numbers.columnCount():
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
