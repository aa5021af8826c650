"""The table of a run's epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from cfstudio.gui.copyable_table import CopyableTable

if TYPE_CHECKING:
    from cfstudio.gui.training.measured import Measured
    from cfstudio.learning.history import History
    from cfstudio.ratings.table import FloatArray

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADERS = ("Epoch", "Train RMSE", "Held-out RMSE", "Seconds")
TIPS = (
    "Passes over the training ratings",
    "RMSE of the training cells at the end of the epoch, in rating points",
    "RMSE of the held-out cells at the end of the epoch, in rating points",
    "Seconds of training since the run began",
)
FORMATS = ("{:g}", "{:.4f}", "{:.4f}", "{:.3g}")


class HistoryModel(QAbstractTableModel):
    """One row per finished epoch, the last one at the bottom."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[FloatArray, ...] = (np.empty(0),) * len(HEADERS)
        self._shown: History | None = None

    def show_history(self, history: History, measured: Measured) -> bool:
        """Show a run, or what it has gained; returns whether there are new rows."""
        ends = measured.ends_of_epochs()
        n_old, n_new = self.rowCount(), len(ends)
        if history is not self._shown:
            self.beginResetModel()
            self._columns, self._shown = _columns(ends), history
            self.endResetModel()
            return True
        if n_new <= n_old:
            return False
        self.beginInsertRows(QModelIndex(), n_old, n_new - 1)
        self._columns = _columns(ends)
        self.endInsertRows()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of finished epochs."""
        return 0 if parent.isValid() else len(self._columns[0])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Epoch, two errors, time."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, and what a screen reader says."""
        number = float(self._columns[index.column()][index.row()])
        value = None if math.isnan(number) else number
        if role == Role.EditRole:
            return value
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        text = "–" if value is None else FORMATS[index.column()].format(value)
        if role == Role.DisplayRole:
            return text
        if role == Role.ToolTipRole:
            return TIPS[index.column()]
        if role == Role.AccessibleTextRole:
            return f"{HEADERS[index.column()]} {'none' if value is None else text}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return HEADERS[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return TIPS[section]
        return None


def _columns(measured: Measured) -> tuple[FloatArray, ...]:
    return measured.epochs, measured.train_rmse, measured.valid_rmse, measured.seconds


class HistoryTable(CopyableTable):
    """The table of epochs; stays at its end while a run adds to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("epochs.csv", parent)
        self.setObjectName("lossHistory")
        self.setAccessibleName("Epochs of the run")
        self.setAccessibleDescription("RMSE of training and held-out cells at the end of every epoch")
        self.epochs = HistoryModel(self)
        self.setModel(self.epochs)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_history(self, history: History, measured: Measured) -> None:
        """Show a run, or what it has gained."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() == bar.maximum()
        if self.epochs.show_history(history, measured) and was_at_end:
            self.scrollToBottom()
