"""A Qt model whose cells are computed for many rows at once, for a view that paints them so."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cfstudio.gui.sheet.look import SheetLook
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_number import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cfstudio.gui.pages.columns import Column, Part

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()


class PaintedModel(QAbstractTableModel):
    """What the tables of the pages share: columns that say what they are, and edits that may be refused."""

    refused = Signal(str)
    """An edit was refused, with the reason."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self.look = SheetLook()
        """How numbers are spelled and cells colored; pages put the sheet's own in its place."""

    @abstractmethod
    def parts(self, rows: slice) -> list[Part]:
        """The cells of some rows, ready to paint, from the first column to the last."""

    @abstractmethod
    def value(self, row: int, column: int) -> str | float | int | None:
        """What a cell holds, exactly; None where blank."""

    @abstractmethod
    def describe(self, row: int, column: int) -> str:
        """A cell in words, for tooltips and screen readers."""

    def write(self, row: int, column: int, value: float | None) -> None:
        """Put a number into an editable cell. Raises Refusal with a sentence."""
        raise NotImplementedError

    def exact_rows(self, rows: Iterable[int]) -> list[list[object]]:
        """What the cells of some rows hold, for other programs."""
        columns = range(len(self.columns))
        return [[self.value(row, column) for column in columns] for row in rows]

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """As many as are described."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Qt's access to one cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.EditRole:
            return self.value(row, column)
        if role == Role.DisplayRole:
            part = next(p for p in self.parts(slice(row, row + 1)) if p.first <= column < p.first + p.n_columns)
            return part.text(0, column - part.first)
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return self.describe(row, column)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Take an edit: a number, text that spells one, or nothing to blank the cell."""
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            if not self.columns[index.column()].is_editable:
                raise Refusal("This number is calculated; change a rating or a factor instead.")
            self.write(index.row(), index.column(), parse_number(value))
        except Refusal as error:
            self.refused.emit(str(error))
            return False
        self.dataChanged.emit(index, index)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What the columns are called and mean."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.header
        if role == Role.AccessibleTextRole:
            return column.name
        return column.tip if role == Role.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, some can be edited."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        usual = flag.ItemIsSelectable | flag.ItemIsEnabled
        return usual | flag.ItemIsEditable if self.columns[index.column()].is_editable else usual
