"""What the sheet's three tables share as Qt models: what a cell holds, says and accepts."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cfstudio.gui.sheet.cells import NO_TEXT, CellBlock, Ramp
from cfstudio.workspace.edits import Refusal
from cfstudio.workspace.typed_number import parse_number

if TYPE_CHECKING:
    from cfstudio.gui.sheet.addresses import SheetAddresses
    from cfstudio.gui.sheet.axes import SheetAxes
    from cfstudio.gui.sheet.look import SheetLook
    from cfstudio.ratings.table import BoolArray, FloatArray, IntArray
    from cfstudio.workspace.document import Workspace

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_PARENT = QModelIndex()
NOT_BLANK = "A factor cannot be blank; type a number, 0 for none."


class GridModel(QAbstractTableModel):
    """What the three grids share: editable numbers that can be painted block by block."""

    refused = Signal(str)
    """An edit was refused, with the reason."""

    def __init__(
        self, workspace: Workspace, axes: SheetAxes, addresses: SheetAddresses, look: SheetLook, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.workspace, self.axes = workspace, axes
        self.addresses, self.look = addresses, look

    @abstractmethod
    def block(self, rows: slice, columns: slice) -> CellBlock:
        """Many cells at once, for painting."""

    @abstractmethod
    def value(self, row: int, column: int) -> float | None:
        """The number in a cell, None where blank."""

    @abstractmethod
    def describe(self, row: int, column: int) -> str:
        """A cell in words, for tooltips and screen readers."""

    @abstractmethod
    def numbers(self, rows: slice, columns: slice) -> FloatArray:
        """The exact numbers that a rectangle of cells shows, NaN where blank: what is copied and summed up."""

    @abstractmethod
    def stored(self, rows: slice, columns: slice) -> FloatArray:
        """The exact numbers that can be changed in a rectangle of cells, whatever they show; NaN where blank."""

    @abstractmethod
    def put(self, rows: IntArray, columns: IntArray, values: FloatArray, label: str) -> None:
        """Put numbers into different cells, (n,) arrays, in one edit; NaN blanks.

        Raises Refusal with a sentence when one is not taken; then nothing is changed.
        """

    @abstractmethod
    def refused_in(self, values: FloatArray) -> int:
        """The place, among numbers that `put` has refused, of the first that it does not take."""

    @abstractmethod
    def filled(self, row: int | None, column: int | None) -> BoolArray:
        """Which cells of a row, or of a column, hold a number: where Ctrl with an arrow key stops."""

    @property
    @abstractmethod
    def noun(self) -> str:
        """What many of its numbers are called: ratings, user factors."""

    @abstractmethod
    def address(self, row: int, column: int) -> str:
        """The cell's address in the spreadsheet that the document would be: H25."""

    @property
    @abstractmethod
    def ramp(self) -> Ramp:
        """Name of the theme's color ramp that the shades of `block` index."""

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Qt's access to one cell."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Role.EditRole:
            return self.value(row, column)
        if role == Role.DisplayRole:
            block = self.block(slice(row, row + 1), slice(column, column + 1))
            key = int(block.keys[0, 0])
            return "" if key == NO_TEXT else block.text_of(key)
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return self.describe(row, column)
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Take an edit: a number, text that spells one, or nothing to blank the cell."""
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            number = parse_number(value, self.addresses)
            self.put_one(index.row(), index.column(), number)
        except Refusal as error:
            self.refused.emit(str(error))
            return False
        self.dataChanged.emit(index, index)
        return True

    @abstractmethod
    def put_one(self, row: int, column: int, value: float | None) -> None:
        """Put a number into a cell; raises Refusal with a sentence when it is not taken."""

    def blank(self, ranges: list[tuple[slice, slice]]) -> None:  # noqa: ARG002 - for grids whose cells may be blank
        """Blank all cells of some rectangles of rows and columns, in one edit; factors refuse."""
        self.refused.emit(NOT_BLANK)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """What a row or column is called, for copies and screen readers; `NamedHeader` paints it."""
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return self.row_name(section) if orientation is Qt.Orientation.Vertical else self.column_name(section)
        return None

    def row_name(self, row: int) -> str:
        """Whose row it is."""
        return self.user_name(row)

    def column_name(self, column: int) -> str:
        """Whose column it is."""
        return self.item_name(column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected and edited."""
        flag = Qt.ItemFlag
        return flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsEditable if index.isValid() else flag.NoItemFlags

    def user_name(self, row: int) -> str:
        """`User 15` for the user in a row."""
        return self.workspace.ratings.user_name(self.axes.users[row])

    def item_name(self, column: int) -> str:
        """The title of the item in a column."""
        return str(self.workspace.ratings.item_table.titles[self.axes.items[column]])
