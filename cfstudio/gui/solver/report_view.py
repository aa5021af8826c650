"""One of the Solver's reports as a sheet: its tables one below the other, to copy and to save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from cfstudio.gui.copyable_table import CopyableTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cfstudio.solver.reports import ReportTable, Value

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

HEADING_ROWS = 3
"""A blank row, the title and the names of the columns come before each table's rows."""
SAMPLE = 200
"""Rows that are measured for the widths of the columns."""
MOST_CHARACTERS = 34
"""Width of a column at first; a long title is read by widening it, or in its tool tip."""


class ReportModel(QAbstractTableModel):
    """Tables one below the other; the rows of large ones stay where they are and are asked for one by one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tables: list[ReportTable] = []
        self._starts: list[int] = []
        self._n_rows, self._n_columns = 0, 0

    def show_tables(self, tables: Sequence[ReportTable]) -> None:
        """Show others, of which those without rows are left out."""
        self.beginResetModel()
        self._tables = [table for table in tables if table.rows]
        self._starts, n = [], -1
        for table in self._tables:
            self._starts.append(n)
            n += HEADING_ROWS + len(table.rows)
        self._n_rows = max(n, 0)
        self._n_columns = max((len(table.columns) for table in self._tables), default=0)
        self.endResetModel()

    def value(self, row: int, column: int) -> Value:
        """What stands in a cell of the sheet, None where it is blank."""
        table, place = self._table_at(row)
        if place == 1:
            return table.title if column == 0 else None
        line: Sequence[Value] = table.columns if place == HEADING_ROWS - 1 else ()
        if place >= HEADING_ROWS:
            line = table.rows[place - HEADING_ROWS]
        return line[column] if column < len(line) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """All rows, with those of the headings."""
        return 0 if parent.isValid() else self._n_rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns of the widest table."""
        return 0 if parent.isValid() else self._n_columns

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Text, number, looks."""
        value = self.value(index.row(), index.column())
        if role == Role.EditRole:
            return value
        if role == Role.ToolTipRole:
            return value if isinstance(value, str) else None
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
        if role == Role.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if isinstance(value, float) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.FontRole and self._table_at(index.row())[1] < HEADING_ROWS:
            font = QFont(QGuiApplication.font())
            font.setBold(True)
            return font
        return None

    def title_rows(self) -> list[int]:
        """Rows that hold a table's title."""
        return [start + 1 for start in self._starts]

    def _table_at(self, row: int) -> tuple[ReportTable, int]:
        number = max(place for place, start in enumerate(self._starts) if start <= row)
        return self._tables[number], row - self._starts[number]


class ReportView(CopyableTable):
    """A report; Ctrl+C copies the selected rows, the menu saves it alone or all reports as a workbook."""

    def __init__(self, name: str, save_workbook: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(f"{name.lower()} report.csv", parent)
        self.setObjectName(f"solver{name}")
        self.setAccessibleName(f"{name} report")
        self._save_workbook = save_workbook
        self.report = ReportModel(self)
        self.setModel(self.report)
        self.horizontalHeader().hide()

    def show_tables(self, tables: Sequence[ReportTable]) -> None:
        """Show a report."""
        self.clearSpans()
        self.report.show_tables(tables)
        header = self.horizontalHeader()
        for row in self.report.title_rows():
            if self.report.columnCount() > 1:
                self.setSpan(row, 0, 1, self.report.columnCount())
        header.setResizeContentsPrecision(SAMPLE)
        self.resizeColumnsToContents()
        widest = self.fontMetrics().averageCharWidth() * MOST_CHARACTERS
        for column in range(self.report.columnCount()):
            header.resizeSection(column, min(header.sectionSize(column), widest))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    def rows(self, numbers: Iterable[int] | None = None) -> list[list[object]]:
        """Rows as plain values, all by default; the names of the columns are among them."""
        columns = range(self.report.columnCount())
        wanted = range(self.report.rowCount()) if numbers is None else numbers
        return [[self.report.value(row, column) for column in columns] for row in wanted]

    def menu(self) -> QMenu:
        """What can be done with the report."""
        menu = super().menu()
        menu.addAction("Save all reports as a workbook…", self._save_workbook)
        return menu
