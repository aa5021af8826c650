"""The page as a table model: start values above, one row per point below, blank where no row was run yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cfstudio.optimizer_lab.errors import LabError, parse_number
from cfstudio.optimizer_lab.numbers import written

if TYPE_CHECKING:
    from cfstudio.gui.optimizer_lab.session import LabSession
    from cfstudio.optimizer_lab.worksheet import Worksheet

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()
START_ROW = 0
"""The table's row with the start values; the page's rows follow."""
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class SheetModel(QAbstractTableModel):
    """Reads the session's worksheet; edits of points and of start values go back to it."""

    refused = Signal(str)
    """An edit was refused, with the reason."""

    def __init__(self, session: LabSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[tuple[str, ...], int] = self._shape()

    @property
    def sheet(self) -> Worksheet:
        """What is shown."""
        return self._session.sheet

    def show_anew(self) -> None:
        """Another page, or other numbers; selections stay where the columns are the same."""
        shape = self._shape()
        if shape != self._shown:
            self.beginResetModel()
            self._shown = shape
            self.endResetModel()
        else:
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """The start values and one row per point."""
        return 0 if parent.isValid() else self._shown[1] + 1

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """As many as the page has."""
        return 0 if parent.isValid() else len(self._shown[0])

    def place(self, row: int) -> int | None:
        """The page's row behind a row of the table, None for the start values and rows that were not run."""
        place = row - 1
        return place if 0 <= place < len(self.sheet.rows) else None

    def value(self, row: int, column: int) -> float | None:
        """The number in a cell, None where there is none."""
        sheet = self.sheet
        if row == START_ROW:
            name = self.start_name(column)
            return None if name is None else sheet.top[name]
        place = row - 1
        if place < len(sheet.rows):
            return sheet.rows[place][column]
        if column > 1:
            return None
        return sheet.page.points[column][sheet.order[place]]

    def shown_name(self, column: int) -> str:
        """The name of a column as it is shown."""
        return self._shown[0][column]

    def start_name(self, column: int) -> str | None:
        """What the start row holds in a column, by the name that the page's top has for it."""
        name = self._shown[0][column]
        if name in ("new_a", "new_b"):
            return name[-1]
        return name if name in self.sheet.page.memories else None

    def is_editable(self, row: int, column: int) -> bool:
        """Whether a person may type there: x and y of a point, and start values."""
        return self.start_name(column) is not None if row == START_ROW else column < 2

    def text(self, row: int, column: int) -> str:
        """The cell as it is shown."""
        value = self.value(row, column)
        return "" if value is None else written(value)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Qt's access to one cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.EditRole:
            return self.value(row, column)
        if role == Role.DisplayRole:
            return self.text(row, column)
        if role == Role.TextAlignmentRole:
            return RIGHT
        return self._describe(row, column) if role in (Role.ToolTipRole, Role.AccessibleTextRole) else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Take an edit: a number, or text that spells one."""
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            self._write(index.row(), index.column(), value)
        except LabError as error:
            self.refused.emit(str(error))
            return False
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Titles of columns with what they hold; numbers of rows, as the sheet counts them."""
        if orientation == Qt.Orientation.Vertical:
            if role == Role.ToolTipRole:
                return "What stands above the first row" if section == START_ROW else f"Row {section} of this epoch"
            return ("start" if section == START_ROW else str(section)) if role == Role.DisplayRole else None
        columns = self.sheet.page.columns
        if not 0 <= section < len(columns):
            return None
        if role == Role.DisplayRole:
            return columns[section].title
        return columns[section].words if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, some can be edited."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        usual = flag.ItemIsSelectable | flag.ItemIsEnabled
        return usual | flag.ItemIsEditable if self.is_editable(index.row(), index.column()) else usual

    def _write(self, row: int, column: int, value: Any) -> None:  # noqa: ANN401
        title = self.sheet.page.columns[column].title
        if not self.is_editable(row, column):
            raise LabError(f"{title} is calculated; change x, y, a start value or a setting instead.")
        number = parse_number(str(value), title if row else f"The start of {title}")
        if row == START_ROW:
            name = self.start_name(column)
            assert name is not None
            self._session.change_top(**{name: number})
            return
        index = self.sheet.order[row - 1]
        x, y = (points[index] for points in self.sheet.page.points)
        self._session.change_point(index, *((number, y) if column == 0 else (x, number)))

    def _describe(self, row: int, column: int) -> str:
        title, text = self.sheet.page.columns[column].title, self.text(row, column)
        if row == START_ROW:
            hint = "start value, can be edited" if self.is_editable(row, column) else "no start value"
        elif column < 2:
            hint = f"point {self.sheet.order[row - 1] + 1}, can be edited"
        else:
            hint = f"row {row}" if text else f"row {row}, not run yet"
        return f"{title}: {text or 'blank'} ({hint})"

    def _shape(self) -> tuple[tuple[str, ...], int]:
        page = self._session.page
        return page.names, len(page.data)
