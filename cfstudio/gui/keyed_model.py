"""Rows of plain values in a table: sortable, and a row stays the same row while its numbers move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from cfstudio.gui.theme import current_theme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
CENTER = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)

LOOKS = frozenset(int(role) for role in (Role.FontRole, Role.ForegroundRole))
WORDS = (Role.DisplayRole, Role.EditRole, Role.TextAlignmentRole, Role.ToolTipRole, Role.AccessibleTextRole)
ANSWERED = LOOKS | frozenset(int(role) for role in WORDS)


@dataclass(frozen=True)
class Column:
    """A column: its header, what that means, how a number is written; `show` None for texts.

    `widest` is the widest text of a column that is only as wide as it needs; columns without share what is left, by
    their `share`.
    """

    header: str
    tip: str
    show: Callable[[float], str] | None = None
    widest: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Row:
    """One row: whose it is, and a value for each column, None or NaN for nothing."""

    key: int
    values: tuple[Any, ...]
    is_struck: bool = False
    """Crossed out: it was rated already."""
    tip: str = ""
    """What the pointer finds on its first column; the text itself if empty."""


class KeyedModel(QAbstractTableModel):
    """Rows in the order they come, or in that of a column; selection and current row follow the key, not the place."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._given: list[Row] = []
        self._rows: list[Row] = []
        self._sorted_by: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def row(self, number: int) -> Row:
        """One row, counted from the top as it is shown."""
        return self._rows[number]

    def keys(self) -> list[int]:
        """Whose rows they are, from top to bottom."""
        return [row.key for row in self._rows]

    def put(self, rows: Sequence[Row]) -> None:
        """Show these rows; those with a key that was there before keep selection and place of the keyboard."""
        self._given = list(rows)
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and whenever rows come; −1 for the order in which they come."""
        self._sorted_by = (column, order)
        self._arrange()

    def _arrange(self) -> None:
        rows = self._in_order()
        if [row.key for row in rows] == self.keys():
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))
            return
        if len(rows) != len(self._rows):
            self._resize(rows)
            return
        self.layoutAboutToBeChanged.emit()
        self._move(rows)
        self.layoutChanged.emit()

    def _resize(self, rows: list[Row]) -> None:
        """Rows are added or taken away at the end, where no view looks; then they find their places."""
        n_old, n_new = len(self._rows), len(rows)
        kept = {row.key for row in rows}
        # Those that stay come first, so that a view keeps what was selected.
        self.layoutAboutToBeChanged.emit()
        self._move(sorted(self._rows, key=lambda row: row.key not in kept))
        self.layoutChanged.emit()
        if n_new > n_old:
            known = set(self.keys())
            more = [row for row in rows if row.key not in known][: n_new - n_old]
            self.beginInsertRows(QModelIndex(), n_old, n_new - 1)
            self._rows = [*self._rows, *more]
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), n_new, n_old - 1)
            self._rows = self._rows[:n_new]
            self.endRemoveRows()
        self.layoutAboutToBeChanged.emit()
        self._move(rows)
        self.layoutChanged.emit()

    def _move(self, rows: list[Row]) -> None:
        old = self.persistentIndexList()
        old_keys = [self._rows[index.row()].key for index in old]
        self._rows = rows
        place = {row.key: number for number, row in enumerate(rows)}
        new = [
            self.index(place[key], index.column()) if key in place else QModelIndex()
            for index, key in zip(old, old_keys, strict=True)
        ]
        self.changePersistentIndexList(old, new)

    def _in_order(self) -> list[Row]:
        column, order = self._sorted_by
        if column < 0:
            return list(self._given)
        down = order == Qt.SortOrder.DescendingOrder
        known = [row for row in self._given if not _is_nothing(row.values[column])]
        blank = [row for row in self._given if _is_nothing(row.values[column])]

        def key(row: Row) -> Any:  # noqa: ANN401 - texts and numbers, never both in one column
            value = row.values[column]
            return value.casefold() if isinstance(value, str) else value

        return [*sorted(known, key=key, reverse=down), *blank]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, value, and what a screen reader says."""
        # Qt asks for seven roles per cell, and painting waits for each answer.
        if role not in ANSWERED:
            return None
        if role in LOOKS:
            return self._look(index.row(), role)
        column, row = self.columns[index.column()], self._rows[index.row()]
        value = row.values[index.column()]
        if role == Role.EditRole:
            return None if _is_nothing(value) else value
        if role == Role.TextAlignmentRole:
            return LEFT if column.show is None else RIGHT
        if role == Role.ToolTipRole:
            return (row.tip if index.column() == 0 and row.tip else None) or (
                value if isinstance(value, str) else column.tip
            )
        text = self.text(index.row(), index.column())
        if role == Role.AccessibleTextRole:
            struck = ", already rated" if row.is_struck and index.column() == 0 else ""
            return f"{column.header} {text or 'none'}{struck}"
        return text

    def _look(self, row: int, role: int) -> QFont | QColor | None:
        """Crossed out, in gray, what is rated already."""
        if not self._rows[row].is_struck:
            return None
        if role == Role.ForegroundRole:
            return current_theme().color("muted_text")
        font = QFont()
        font.setStrikeOut(True)
        return font

    def text(self, row: int, column: int) -> str:
        """What a cell shows."""
        value, show = self._rows[row].values[column], self.columns[column].show
        if _is_nothing(value):
            return ""
        return str(value) if show is None or isinstance(value, str) else show(value)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called and mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Role.TextAlignmentRole:
            return LEFT if column.show is None else CENTER
        return {Role.DisplayRole: column.header, Role.ToolTipRole: column.tip}.get(Role(role))


def points(number: float) -> str:
    """A rating or a spread, two decimals."""
    return f"{number:.2f}".replace("-", "−")


def signed(number: float) -> str:
    """A difference with its sign."""
    return f"{round(number, 2) + 0.0:+.2f}".replace("-", "−")


def stars(number: float) -> str:
    """A rating as people give it: 4, 4.5."""
    return f"{number:g}".replace("-", "−")


def whole(number: float) -> str:
    """A count."""
    return f"{number:,.0f}"


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
