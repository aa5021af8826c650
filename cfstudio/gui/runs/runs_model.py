"""The runs of the document as a table: best held-out RMSE on top until another column is chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cfstudio.gui.training.setting_field import SPOKEN
from cfstudio.workspace.run_log import RunTextEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.workspace.document import Workspace
    from cfstudio.workspace.run_log import Run, Text

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

NAME, BEST, MODEL, TRAIN, EPOCHS, SECONDS, SETTINGS, NOTE = range(8)
HEADERS = ("Run", "Held out", "Model", "Train", "Epochs", "Seconds", "Settings", "Note")
TIPS = (
    "Double-click to give it a name; checked runs are drawn in the plot beside the present one",
    "Lowest held-out RMSE of the run, in rating points; the lowest of all is on top, marked ★",
    "What predicts",
    "Training RMSE at the run's end, in rating points",
    "Epochs done",
    "Seconds of training, without pauses and evaluations",
    "Factors, optimizer, learning rate, weight decay, features",
    "Double-click to write a note",
)
FORMATS = {BEST: "{:.4f}", TRAIN: "{:.4f}", EPOCHS: "{:.4g}", SECONDS: "{:.3g}"}
TEXT_COLUMNS: dict[int, Text] = {NAME: "name", NOTE: "note"}
FLAGS = Qt.ItemFlag


class RunsModel(QAbstractTableModel):
    """One row per run. Names and notes are edited in place, which can be undone."""

    overlays_changed = Signal()
    """Other runs are checked."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._rows: list[Run] = []
        self._best: int | None = None
        self._sort = (BEST, Qt.SortOrder.AscendingOrder)
        self.checked: set[int] = set()
        """Numbers of the runs that the plot shows beside the present one."""
        self.refresh()

    def refresh(self) -> None:
        """Show the runs as they are now."""
        runs = sorted(self._workspace.runs.runs, key=self._key())
        if self._sort[1] == Qt.SortOrder.DescendingOrder:
            runs.reverse()
        best = self._workspace.runs.best()
        self._best = None if best is None else best.number
        self.checked &= {run.number for run in runs}
        if [run.number for run in runs] == [run.number for run in self._rows]:
            self._rows = runs
            if runs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(HEADERS) - 1))
            return
        self.beginResetModel()
        self._rows = runs
        self.endResetModel()

    def run(self, row: int) -> Run:
        """The run of a row."""
        return self._rows[row]

    def row_of(self, number: int) -> int | None:
        """The row of a run, None if it is not there."""
        return next((row for row, run in enumerate(self._rows) if run.number == number), None)

    def value(self, row: int, column: int) -> str | float | None:
        """What stands in a cell, as number or text."""
        run = self._rows[row]
        score, numbers = (run.best_valid, model_name(run)), (run.last_train, run.epochs, run.seconds)
        return (run.title, *score, *numbers, summary(run), run.note)[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of runs."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See `HEADERS`."""
        return 0 if parent.isValid() else len(HEADERS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names and notes can be written, runs can be checked."""
        flags = FLAGS.ItemIsEnabled | FLAGS.ItemIsSelectable
        if index.column() in TEXT_COLUMNS:
            flags |= FLAGS.ItemIsEditable
        return flags | FLAGS.ItemIsUserCheckable if index.column() == NAME else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, check mark, and what a screen reader says."""
        row, column = index.row(), index.column()
        value = self.value(row, column)
        if role == Role.EditRole:
            return self._rows[row].name if column == NAME and not self._rows[row].name else value
        if role == Role.CheckStateRole and column == NAME:
            return Qt.CheckState.Checked if self._rows[row].number in self.checked else Qt.CheckState.Unchecked
        if role == Role.TextAlignmentRole and column in FORMATS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.DisplayRole:
            return self._text(row, column, value)
        if role == Role.ToolTipRole:
            return f"{self._text(row, column, value)}\n{TIPS[column]}".strip()
        if role == Role.AccessibleTextRole:
            return f"{HEADERS[column]} {self._text(row, column, value) or 'none'}"
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Check a run, or write its name or note."""
        run = self._rows[index.row()]
        if role == Role.CheckStateRole and index.column() == NAME:
            self.checked ^= {run.number}
            self.dataChanged.emit(index, index)
            self.overlays_changed.emit()
            return True
        field = TEXT_COLUMNS.get(index.column())
        if role != Role.EditRole or field is None:
            return False
        text = str(value).strip()
        if text != getattr(run, field):
            self._workspace.edits.apply(RunTextEdit(self._workspace.runs, run.number, field, text))
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return HEADERS[section]
        if orientation == Qt.Orientation.Horizontal and role == Role.ToolTipRole:
            return TIPS[section]
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the runs into another order; runs without a number come last."""
        self._sort = (column, order)
        self.beginResetModel()
        self._rows = []
        self.endResetModel()
        self.refresh()

    def _key(self) -> Callable[[Run], Any]:
        column, order = self._sort
        last = math.inf if order == Qt.SortOrder.AscendingOrder else -math.inf
        keys: dict[int, Callable[[Run], Any]] = {
            NAME: lambda run: run.number,
            BEST: lambda run: (last if run.best_valid is None else run.best_valid, run.last_train or last),
            MODEL: model_name,
            TRAIN: lambda run: run.last_train or last,
            EPOCHS: lambda run: run.epochs,
            SECONDS: lambda run: run.seconds,
            SETTINGS: summary,
            NOTE: lambda run: run.note,
        }
        return keys[column]

    def _text(self, row: int, column: int, value: str | float | None) -> str:
        if value is None:
            return "–"
        if isinstance(value, str):
            return value
        star = "★ " if column == BEST and self._rows[row].number == self._best and len(self._rows) > 1 else ""
        return star + FORMATS[column].format(value)


def model_name(run: Run) -> str:
    """What the settings call the run's model."""
    return SPOKEN.get(run.config.model, run.config.model)


def summary(run: Run) -> str:
    """The settings that matter most, short."""
    config = run.config
    parts = [f"{config.n_factors} factors"]
    if config.model != "bayes":
        parts.append(f"{SPOKEN.get(config.optimizer, config.optimizer)} {config.learning_rate:g}")
        parts.append(f"decay {config.weight_decay:g}")
    return ", ".join([*parts, *([config.features] if config.features else [])])
