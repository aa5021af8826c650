"""The table of a run's epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from cfstudio.gui.copyable_table import CopyableTable

if TYPE_CHECKING:
    from cfstudio.learning.history import History

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

KEYS = ("epoch", "train_rmse", "valid_rmse", "seconds")
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
        self._rows: list[tuple[float | None, ...]] = []
        self._shown: History | None = None

    def show_history(self, history: History) -> bool:
        """Show a run, or what it has gained; returns whether there are new rows."""
        rows = [tuple(row[key] for key in KEYS) for row in history.epoch_rows()]
        n_old = len(self._rows)
        if history is not self._shown or len(rows) < n_old:
            self.beginResetModel()
            self._rows, self._shown = rows, history
            self.endResetModel()
            return True
        if len(rows) > n_old:
            self.beginInsertRows(QModelIndex(), n_old, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
            return True
        return False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of finished epochs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Epoch, two errors, time."""
        return 0 if parent.isValid() else len(KEYS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, and what a screen reader says."""
        value = self._rows[index.row()][index.column()]
        if value is not None and value != value:  # noqa: PLR0124
            value = None
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

    def show_history(self, history: History) -> None:
        """Show a run, or what it has gained."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() == bar.maximum()
        if self.epochs.show_history(history) and was_at_end:
            self.scrollToBottom()
