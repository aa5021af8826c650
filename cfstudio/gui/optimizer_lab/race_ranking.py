"""Who is first in a race, as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt

from cfstudio.gui.optimizer_lab.method_box import line_sample
from cfstudio.optimizer_lab.catalog import METHODS
from cfstudio.optimizer_lab.numbers import written

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ICON = QSize(22, 12)


class RankingModel(QAbstractTableModel):
    """Place, method, error."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, float]] = []
        self._n_steps = 0

    def show_ranking(self, rows: list[tuple[str, float]], n_steps: int) -> None:
        """Names of methods and their errors, the lowest first."""
        is_resized = len(rows) != len(self._rows)
        if is_resized:
            self.beginResetModel()
        self._rows, self._n_steps = rows, n_steps
        if is_resized:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 1)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """One row per runner."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """Method and error."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """One cell."""
        if not index.isValid():
            return None
        name, loss = self._rows[index.row()]
        if index.column() == 0:
            if role == Role.DecorationRole:
                return line_sample(name, ICON)
            text = f"{index.row() + 1}. {METHODS[name].title}"
            return text if role in (Role.DisplayRole, Role.EditRole) else None
        if role == Role.EditRole:
            return loss
        if role == Role.DisplayRole:
            return written(loss)
        return RIGHT if role == Role.TextAlignmentRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Titles; the second says after how many steps."""
        if orientation != Qt.Orientation.Horizontal or role != Role.DisplayRole:
            return None
        return ("Method", f"Error, step {self._n_steps:,}")[section]
