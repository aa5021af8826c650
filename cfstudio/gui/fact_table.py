"""A table of facts about users, movies or factors: an array per column, sorted by any, the same rows while it moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from cfstudio.gui.copyable_table import CopyableTable
from cfstudio.gui.zoom import fit_to_zoom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cfstudio.ratings.table import IntArray

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
TITLE_SHARE = 0.62
"""Part of the width left by the numbers that the first text gets, where there are several."""
LEAST_TITLE, LEAST_TEXT = 22, 14
"""Characters that texts shall have room for before spare columns are shown."""
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class FactColumn:
    """A column: its title, what it means, how its numbers are written (None for texts), the widest it has to show.

    In a narrow panel the columns with the highest `spare` above 0 make room for the titles; copies have them all.
    """

    title: str
    tip: str
    write: Callable[[float], str] | None = None
    widest: str = ""
    spare: int = 0


def signed(value: float) -> str:
    """Two digits with their sign."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def plain(value: float) -> str:
    """Two digits."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def whole(value: float) -> str:
    """A number of things."""
    return f"{value:,.0f}"


class FactModel(QAbstractTableModel):
    """Rows that go by a code; selection and current row follow the code when the numbers move."""

    def __init__(self, columns: Sequence[FactColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._codes: IntArray = np.empty(0, dtype=np.int64)
        self._values: list[np.ndarray[Any, Any]] = [np.empty(0, dtype=object) for _ in columns]
        self._order: IntArray = self._codes
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def codes(self) -> IntArray:
        """(n_rows,) whose rows they are, from top to bottom."""
        return self._codes[self._order]

    def put(self, codes: IntArray, values: Sequence[np.ndarray[Any, Any]]) -> None:
        """Show these rows: (n,) codes, and (n,) texts or numbers of each column."""
        if len(codes) != len(self._codes):
            self.beginResetModel()
            self._take(codes, values)
            self.endResetModel()
            return
        self._moving(lambda: self._take(codes, values))
        if len(codes):
            self.dataChanged.emit(self.index(0, 0), self.index(len(codes) - 1, len(self.columns) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and whenever the numbers move; by none with −1."""
        self._sorted_by = (column, order) if column >= 0 else None
        self._moving(lambda: self._take(self._codes, self._values))

    def _take(self, codes: IntArray, values: Sequence[np.ndarray[Any, Any]]) -> None:
        self._codes, self._values = codes, list(values)
        self._order = np.arange(len(codes))
        if self._sorted_by is None:
            return
        column, order = self._sorted_by
        keys = self._values[column]
        if self.columns[column].write is None:
            keys = np.unique([str(one).casefold() for one in keys], return_inverse=True)[1]
        keys = np.asarray(keys, dtype=np.float64)
        descending = order == Qt.SortOrder.DescendingOrder
        # What has no number comes last either way.
        self._order = np.argsort(np.where(np.isnan(keys), np.inf, -keys if descending else keys), kind="stable")

    def _moving(self, change: Callable[[], None]) -> None:
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        old_codes = [int(self._codes[self._order[index.row()]]) for index in old]
        change()
        row_of = {code: row for row, code in enumerate(self.codes().tolist())} if old else {}
        new = [
            self.index(row_of[code], index.column()) if code in row_of else QModelIndex()
            for index, code in zip(old, old_codes, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._codes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, what it means, and what a screen reader says."""
        column = self.columns[index.column()]
        if role == Role.TextAlignmentRole:
            return RIGHT if column.write is not None else None
        if role == Role.ToolTipRole and column.write is not None:
            return column.tip
        if role not in (Role.DisplayRole, Role.EditRole, Role.AccessibleTextRole, Role.ToolTipRole):
            return None
        value = self._values[index.column()][self._order[index.row()]]
        if column.write is None:
            return f"{column.title} {value}" if role == Role.AccessibleTextRole else str(value)
        number = float(value)
        if role == Role.EditRole:
            return None if math.isnan(number) else int(number) if column.write is whole else number
        text = "" if math.isnan(number) else column.write(number)
        return f"{column.title} {text or 'none'}" if role == Role.AccessibleTextRole else text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called and mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            # Not to the right: the arrow of the sorted column stands there.
            side = Qt.AlignmentFlag.AlignHCenter if self.columns[section].write else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ToolTipRole:
            return self.columns[section].tip
        return self.columns[section].title if role in (Role.DisplayRole, Role.EditRole) else None


class FactTable(CopyableTable):
    """Shows a `FactModel`: numbers as wide as they need, texts share the rest, the first text most of it."""

    def __init__(self, name: str, title: str, file_name: str, model: FactModel, parent: QWidget | None = None) -> None:
        super().__init__(file_name, parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setModel(model)
        self._columns = model.columns
        self.setSelectionMode(self.SelectionMode.ExtendedSelection)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerItem)
        fit_to_zoom(self, self._share_width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        needed = {place: self._needed_width(place) for place in range(len(self._columns))}
        room = self.viewport().width()
        for place in sorted(needed, key=lambda place: -self._columns[place].spare):
            is_spare = self._columns[place].spare > 0
            hidden = is_spare and sum(needed.values()) > room
            if hidden:
                needed.pop(place)
            if self.isColumnHidden(place) != hidden and (is_spare or not hidden):
                self.setColumnHidden(place, hidden)
        texts = [place for place in needed if self._columns[place].write is None]
        for place, width in needed.items():
            self.setColumnWidth(place, width)
        rest = room - sum(width for place, width in needed.items() if place not in texts)
        share = 1.0 if len(texts) < 2 else TITLE_SHARE
        for number, place in enumerate(texts):
            part = share if number == 0 else (1 - share) / (len(texts) - 1)
            self.setColumnWidth(place, max(round(rest * part), needed[place] // 2))

    def _needed_width(self, place: int) -> int:
        metrics, column = self.fontMetrics(), self._columns[place]
        if column.write is None:
            return metrics.averageCharWidth() * (LEAST_TITLE if place == 0 else LEAST_TEXT)
        widest = max((column.widest, f"{column.title} ▾"), key=metrics.horizontalAdvance)
        return metrics.horizontalAdvance(widest) + metrics.height() // 2
