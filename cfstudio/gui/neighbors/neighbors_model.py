"""The table of neighbors: sortable, and the same rows stay the same rows while their numbers move."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cfstudio.gui.neighbors.neighbor_query import NeighborRows

if TYPE_CHECKING:
    from collections.abc import Callable

    from cfstudio.ratings.table import IntArray

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADERS = ("Title", "Similarity", "Genres", "Bias", "Ratings", "Year", "Mean", "Agreement")
TITLE, SIMILARITY, GENRES, BIAS, RATINGS, YEAR, MEAN, AGREEMENT = range(8)
NUMBERS = (SIMILARITY, BIAS, RATINGS, YEAR, MEAN, AGREEMENT)
ANSWERED = frozenset(
    int(role)
    for role in (
        Role.DisplayRole,
        Role.EditRole,
        Role.TextAlignmentRole,
        Role.ToolTipRole,
        Role.AccessibleTextRole,
    )
)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
TIPS = (
    "Double-click or Enter goes there in the sheet",
    "Cosine of the angle between the two factor vectors: 1 the same direction, 0 unrelated, −1 opposite",
    "What the data set says of it; the model knows nothing of genres",
    "How much better (or worse) it is rated than its factors explain, in the model's own units",
    "Number of ratings: the fewer, the more its factors still are chance",
    "The year of the movie",
    "The plain mean of its ratings",
    "Without any model: correlation of its ratings with those of the one asked about, over all who rated both",
)


class NeighborsModel(QAbstractTableModel):
    """Rows in the order a person has chosen; selection and current row follow a code, not a place."""

    def __init__(self, name: Callable[[int], str], genres: Callable[[int], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name, self._genres = name, genres
        self._rows = NeighborRows.none()
        self._order: IntArray = self._rows.codes
        self._sorted_by = (SIMILARITY, Qt.SortOrder.DescendingOrder)
        self.similarity_tip = TIPS[SIMILARITY]

    @property
    def rows(self) -> NeighborRows:
        """What is listed."""
        return self._rows

    def code(self, row: int) -> int:
        """Whose row it is."""
        return int(self._rows.codes[self._order[row]])

    def codes(self) -> IntArray:
        """(n_rows,) whose rows they are, from top to bottom."""
        return self._rows.codes[self._order]

    def replace_rows(self, rows: NeighborRows) -> None:
        """Answer another question: nothing of the old rows stays."""
        self.beginResetModel()
        self._put(rows)
        self.endResetModel()

    def update_rows(self, rows: NeighborRows) -> None:
        """Answer the same question anew."""
        n_old, n_new = len(self._rows.codes), len(rows.codes)
        if n_old != n_new:
            self.replace_rows(rows)
            return
        old_codes = self.codes()
        self._keeping_indexes(lambda: self._put(rows), moved=not np.array_equal(old_codes, self._sorted_codes(rows)))
        if n_new:
            self.dataChanged.emit(self.index(0, 0), self.index(n_new - 1, len(HEADERS) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now and at every update."""
        self._sorted_by = (column, order)
        self._keeping_indexes(lambda: self._put(self._rows), moved=True)

    def _keeping_indexes(self, change: Callable[[], None], *, moved: bool) -> None:
        """Make a change after which persistent indexes stay with their code."""
        if not moved:
            change()
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        old_codes = [self.code(index.row()) for index in old]
        change()
        row_of = {int(code): row for row, code in enumerate(self.codes())}
        new = [
            self.index(row_of[code], index.column()) if code in row_of else QModelIndex()
            for index, code in zip(old, old_codes, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _put(self, rows: NeighborRows) -> None:
        self._rows, self._order = rows, self._sort_order(rows)

    def _sorted_codes(self, rows: NeighborRows) -> IntArray:
        return rows.codes[self._sort_order(rows)]

    def _sort_order(self, rows: NeighborRows) -> IntArray:
        """Where the rows go; equals stay by similarity, as they come."""
        column, order = self._sorted_by
        keys: Any = _numbers(rows, column)
        if keys is None:
            spell = self._name if column == TITLE else self._genres
            keys = np.unique([spell(int(code)).casefold() for code in rows.codes], return_inverse=True)[1]
        descending = order == Qt.SortOrder.DescendingOrder
        keys = np.asarray(keys, dtype=np.float64)
        # What has no number comes last either way.
        return np.argsort(np.where(np.isnan(keys), np.inf, -keys if descending else keys), kind="stable")

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of neighbors."""
        return 0 if parent.isValid() else len(self._rows.codes)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Title, similarity, genres, bias, ratings, year, mean, agreement."""
        return 0 if parent.isValid() else len(HEADERS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, and what a screen reader says."""
        # Qt asks for seven roles per cell; the fewer lines for those not answered, the smoother a running list.
        if role not in ANSWERED:
            return None
        column = index.column()
        if role == Role.DisplayRole:
            return _text(self._value(index.row(), column), column)
        if role == Role.EditRole:
            return self._value(index.row(), column)
        if role == Role.TextAlignmentRole and column in NUMBERS:
            return RIGHT
        if role == Role.ToolTipRole:
            return self._value(index.row(), column) if column in (TITLE, GENRES) else self._tip(column)
        if role == Role.AccessibleTextRole:
            return f"{HEADERS[column]} {_text(self._value(index.row(), column), column) or 'none'}"
        return None

    def _value(self, row: int, column: int) -> str | float | int | None:
        place = self._order[row]
        if column == TITLE:
            return self._name(int(self._rows.codes[place]))
        if column == GENRES:
            return self._genres(int(self._rows.codes[place]))
        numbers = _numbers(self._rows, column)
        assert numbers is not None
        if column in (RATINGS, YEAR):
            return int(numbers[place]) or (0 if column == RATINGS else None)
        number = float(numbers[place])
        return None if math.isnan(number) else number

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called and mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            # Not to the right: the arrow of the sorted column stands there.
            side = Qt.AlignmentFlag.AlignHCenter if section in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ToolTipRole:
            return self._tip(section)
        return HEADERS[section] if role == Role.DisplayRole else None

    def _tip(self, column: int) -> str:
        return self.similarity_tip if column == SIMILARITY else TIPS[column]


def _numbers(rows: NeighborRows, column: int) -> Any:  # noqa: ANN401 - an array of the column's numbers, or None
    columns = {SIMILARITY: rows.similarities, BIAS: rows.biases, RATINGS: rows.counts, YEAR: rows.years}
    return {**columns, MEAN: rows.means, AGREEMENT: rows.agreement}.get(column)


def _text(value: str | float | int | None, column: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if column == RATINGS:
        return f"{value:,}"
    if column == YEAR:
        return str(value)
    if column == MEAN:
        return f"{value:.2f}"
    text = f"{value:.3f}" if column == SIMILARITY else f"{round(value, 2) + 0.0:+.2f}"
    return text.replace("-", "−")
